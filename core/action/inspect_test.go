package action_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	imagespec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/slipway-build/slipway/core/action"
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/engine"
	"github.com/slipway-build/slipway/core/registry"
	"github.com/slipway-build/slipway/core/registry/registrytest"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A pier is a registry with one image for two platforms, and one for neither.
type pier struct {
	*registrytest.Server
	t *testing.T
}

// send puts something into the registry.
func (p pier) send(method, path, kind string, body []byte) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, "http://"+p.Addr+path, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		p.t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}

// blob puts a blob into the repository web.
func (p pier) blob(content []byte) imagespec.Descriptor {
	p.t.Helper()
	d := imagespec.Descriptor{Digest: digest.FromBytes(content), Size: int64(len(content))}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, _ := http.NewRequestWithContext(p.t.Context(), http.MethodPost, "http://"+p.Addr+"/v2/web/blobs/uploads/", nil)
	resp, err := client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	resp.Body.Close()
	at, err := resp.Location()
	if err != nil {
		p.t.Fatal(err)
	}
	q := at.Query()
	q.Set("digest", d.Digest.String())
	p.send(http.MethodPut, at.Path+"?"+q.Encode(), "application/octet-stream", content)
	return d
}

// manifest puts a manifest under a tag or its digest.
func (p pier) manifest(name, kind string, m any) imagespec.Descriptor {
	p.t.Helper()
	raw, err := json.Marshal(m)
	if err != nil {
		p.t.Fatal(err)
	}
	d := imagespec.Descriptor{MediaType: kind, Digest: digest.FromBytes(raw), Size: int64(len(raw))}
	if name == "" {
		name = d.Digest.String()
	}
	p.send(http.MethodPut, "/v2/web/manifests/"+name, kind, raw)
	return d
}

// image puts the image for one platform.
func (p pier) image(platform imagespec.Platform) imagespec.Descriptor {
	p.t.Helper()
	layer := p.blob([]byte("layer of " + platform.Architecture))
	layer.MediaType = imagespec.MediaTypeImageLayerGzip
	config, err := json.Marshal(imagespec.Image{
		Platform: platform,
		Config: imagespec.ImageConfig{
			User: "1000", Env: []string{"A=b=c"}, Labels: map[string]string{"l": "v"}, Cmd: []string{"run"},
			ExposedPorts: map[string]struct{}{"80/tcp": {}}, Volumes: map[string]struct{}{"/data": {}},
		},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	of := p.blob(config)
	of.MediaType = imagespec.MediaTypeImageConfig
	d := p.manifest("", imagespec.MediaTypeImageManifest, imagespec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: imagespec.MediaTypeImageManifest, Config: of, Layers: []imagespec.Descriptor{layer},
		Annotations: map[string]string{"org.opencontainers.image.base.name": "base:1", "org.opencontainers.image.base.digest": "sha256:0"},
	})
	d.Platform = &platform
	return d
}

func (p pier) index(tag string, images ...imagespec.Descriptor) imagespec.Descriptor {
	p.t.Helper()
	return p.manifest(tag, imagespec.MediaTypeImageIndex, imagespec.Index{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: imagespec.MediaTypeImageIndex, Manifests: images,
	})
}

func (p pier) inspect(ref string) (engine.Result, error) {
	p.t.Helper()
	f := newFleet(p.t, "api")
	a := &action.Inspect{Inspector: &action.Inspector{Shelf: &action.Shelf{Decider: f.decider, Client: registry.New(registry.Options{})}}}
	args := document.Of(map[string]any{"image": p.Addr + "/" + ref}, diag.Pos{})
	return a.Run(p.t.Context(), engine.Step{Image: f.images[0], Args: args})
}

func TestInspectSeveralPlatforms(t *testing.T) {
	p := pier{registrytest.New(t), t}
	here := p.image(imagespec.Platform{OS: "linux", Architecture: runtime.GOARCH})
	other := p.image(imagespec.Platform{OS: "linux", Architecture: "s390x"})
	both := p.index("1.0", other, here)
	p.index("sw-last", here)
	p.index("foreign", other)

	got, err := p.inspect("web:1.0")
	if err != nil {
		t.Fatal(err)
	}
	layer := []byte("layer of " + runtime.GOARCH)
	want := map[string]any{
		"reference": p.Addr + "/web:1.0", "digest": both.Digest.String(), "image_id": got.Values["image_id"], "created": "",
		"platforms": []any{"linux/s390x", "linux/" + runtime.GOARCH}, "size": len(layer), "tags": []any{"1.0", "foreign"},
		"layers": []any{map[string]any{"digest": fmt.Sprintf("sha256:%x", sha256.Sum256(layer)), "size": len(layer)}},
		"labels": map[string]any{"l": "v"}, "env": map[string]any{"A": "b=c"},
		"base": map[string]any{"name": "base:1", "digest": "sha256:0", "image_id": ""},
		"config": map[string]any{
			"user": "1000", "workdir": "", "entrypoint": []any{}, "command": []any{"run"},
			"ports": []any{"80/tcp"}, "volumes": []any{"/data"}, "stop_signal": "",
		},
	}
	if diff := cmp.Diff(want, got.Values); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Changed || got.Digest != both.Digest.String() {
		t.Errorf("the result is %+v", got)
	}
	got, err = p.inspect("web:foreign")
	if err != nil || got.Values["size"] != len("layer of s390x") || got.Detail != "linux/s390x, 1 layer, 14 bytes" {
		t.Errorf("of what is not for this machine: %+v, %v", got, err)
	}
}
