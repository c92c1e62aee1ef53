package gate

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// prefix begins every annotation of ours.
const prefix = "build.slipway."

// annotations returns the verdict without its scenarios as annotations: a
// manifest is read in one request, a blob takes another.
func (v Verdict) annotations() (map[string]string, error) {
	reasons, err := json.Marshal(v.Reasons)
	out := map[string]string{
		prefix + "image":      v.Image,
		prefix + "repository": v.Repository,
		prefix + "digest":     v.Digest,
		prefix + "image-id":   v.ImageID,
		prefix + "state":      string(v.State),
		prefix + "planned":    strconv.Itoa(v.Planned),
		prefix + "executed":   strconv.Itoa(v.Executed),
		prefix + "passed":     strconv.Itoa(v.Passed),
		prefix + "features":   v.FeaturesDigest,
		prefix + "tags":       v.TagExpression,
		prefix + "vocabulary": v.Vocabulary,
		prefix + "deployment": v.DeploymentDigest,
		prefix + "started":    v.Started.UTC().Format(time.RFC3339Nano),
		prefix + "finished":   v.Finished.UTC().Format(time.RFC3339Nano),
		prefix + "run":        v.RunID,
		prefix + "actor":      v.Actor,
		prefix + "reasons":    string(reasons),
	}
	if v.Platform != "" {
		out[prefix+"platform"] = v.Platform
	}
	return out, err
}

// readVerdict is the reverse of annotations.
func readVerdict(a map[string]string) (Verdict, error) {
	r := reader{annotations: a}
	v := Verdict{
		Image: r.text("image"), Repository: r.text("repository"), Digest: r.text("digest"), ImageID: r.text("image-id"),
		Platform: a[prefix+"platform"],
		State:    State(r.text("state")), Planned: r.number("planned"), Executed: r.number("executed"), Passed: r.number("passed"),
		Binding: Binding{
			FeaturesDigest: r.text("features"), TagExpression: r.text("tags"),
			Vocabulary: r.text("vocabulary"), DeploymentDigest: r.text("deployment"),
		},
		Started: r.time("started"), Finished: r.time("finished"),
		RunID: r.text("run"), Actor: r.text("actor"),
	}
	r.json("reasons", &v.Reasons)
	if r.err == nil && !v.State.Conclusive() && v.State != Errored {
		r.fail("state", fmt.Errorf("%q is no outcome of a smoke run", v.State))
	}
	return v, r.err
}

// A reader reads annotations and keeps the first error.
type reader struct {
	annotations map[string]string
	err         error
}

func (r *reader) fail(key string, err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("annotation %s: %w", prefix+key, err)
	}
}

func (r *reader) text(key string) string {
	s, ok := r.annotations[prefix+key]
	if !ok {
		r.fail(key, fmt.Errorf("missing"))
	}
	return s
}

func (r *reader) number(key string) int {
	n, err := strconv.Atoi(r.text(key))
	if err == nil && n < 0 {
		err = fmt.Errorf("%d is negative", n)
	}
	r.fail(key, err)
	return n
}

func (r *reader) flag(key string) bool {
	b, err := strconv.ParseBool(r.text(key))
	r.fail(key, err)
	return b
}

func (r *reader) time(key string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, r.text(key))
	r.fail(key, err)
	return t
}

func (r *reader) json(key string, v any) {
	r.fail(key, json.Unmarshal([]byte(r.text(key)), v))
}
