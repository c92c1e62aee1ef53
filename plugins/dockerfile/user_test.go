package dockerfile_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/slipway-build/slipway/plugins/dockerfile"
	"github.com/slipway-build/slipway/plugins/internal/buildtest"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// nobody is an ordinary user; the IDs from subordinate on are those that
// newuidmap would map for it.
const nobody, subordinate = 65534, 100_000

// userNamespace is what main enters for nobody.
func userNamespace() *syscall.SysProcAttr {
	ids := []syscall.SysProcIDMap{{HostID: nobody, Size: 1}, {ContainerID: 1, HostID: subordinate, Size: 65536}}
	return &syscall.SysProcAttr{
		Cloneflags:                 syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings:                ids,
		GidMappings:                ids,
		GidMappingsEnableSetgroups: true,
		Credential:                 &syscall.Credential{},
	}
}

// imageVariable holds the image that [everywhere] is for root.
const imageVariable = "SLIPWAY_TEST_IMAGE"

// everywhere asks for an image that is the same for everybody: of two stages,
// with files copied, made and taken from another stage, arguments and labels.
func everywhere(t *testing.T, y buildtest.Yard, id, dir string) strategy.BuildRequest {
	req := y.Request(t, id, dir)
	req.Args = map[string]string{"WHO": "world"}
	req.Labels = map[string]string{"b": "2", "a": "1"}
	return req
}

// everywhereWorkspace is the workspace of that image.
func everywhereWorkspace(t *testing.T) string {
	return buildtest.Workspace(t, map[string]string{
		"Dockerfile": "FROM scratch AS maker\nCOPY helper /helper\nRUN [\"/helper\", \"write\", \"/made\", \"text\"]\n" +
			"FROM scratch\nARG WHO=nobody\nENV GREETS=$WHO\nCOPY helper /helper\nCOPY --from=maker /made /etc/made\nCOPY tree /tree\nWORKDIR /work\n" +
			"RUN [\"/helper\", \"write\", \"made\", \"text\"]\nLABEL greets=$WHO\n",
		"helper":   buildtest.Program,
		"tree/a/b": "deep\n",
	})
}

func TestSameImage(t *testing.T) {
	y := buildtest.NewYard(t, buildtest.Fastest)
	dir := everywhereWorkspace(t)
	chroot := buildtest.MustBuild(t, dockerfile.Strategy{}, everywhere(t, y, "chroot", dir))
	if want := os.Getenv(imageVariable); want != "" && chroot != want {
		t.Errorf("an ordinary user builds %s, root %s", chroot, want)
	}
	t.Run("oci", func(t *testing.T) {
		needRunc(t)
		req := everywhere(t, y, "oci", dir)
		req.Isolation, req.NoCache = "oci", true
		if oci := buildtest.MustBuild(t, dockerfile.Strategy{}, req); oci != chroot {
			t.Errorf("oci isolation builds %s, chroot %s", oci, chroot)
		}
	})
}

// TestOrdinaryUser runs the tests that matter most again, in the user
// namespace of an ordinary user, as main would have entered it.
func TestOrdinaryUser(t *testing.T) {
	if os.Getenv(buildtest.ProgramVariable) != "" {
		t.Skip("this is the ordinary user")
	}
	y := buildtest.NewYard(t, buildtest.Fastest)
	home, err := os.MkdirTemp("", "slipway-user")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	self := publish(t, home)
	cmd := exec.Command(self,
		"-test.run=^(TestGolden|TestSameImage|TestSteps|TestMounts|TestCancel|TestFailures|TestKilled)$/^(chroot|exit_code|)$")
	want := buildtest.MustBuild(t, dockerfile.Strategy{}, everywhere(t, y, "same", everywhereWorkspace(t)))
	cmd.Dir = home
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, buildtest.ProgramVariable + "=" + filepath.Join(home, "helper"),
		imageVariable + "=" + want,
		"_CONTAINERS_USERNS_CONFIGURED=done", "_CONTAINERS_ROOTLESS_UID=65534", "_CONTAINERS_ROOTLESS_GID=65534",
	}
	cmd.SysProcAttr = userNamespace()
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("no user namespaces here")
	}
	if err != nil {
		t.Errorf("as an ordinary user: %v\n%s", err, out)
	}
}

// publish copies the test binary and the helper to where the user can read
// them, and makes the folder the user's.
func publish(t *testing.T, home string) string {
	t.Helper()
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"self": self, "helper": buildtest.Compiled(t)} {
		if err := os.WriteFile(filepath.Join(home, name), content, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(home, nobody, nobody); err != nil {
		t.Skipf("cannot make a folder for another user: %v", err)
	}
	return filepath.Join(home, "self")
}

// TestForbidden builds as a user who entered no namespace.
func TestForbidden(t *testing.T) {
	if os.Getuid() != 0 || os.Getenv(buildtest.ProgramVariable) != "" {
		t.Skip("needs root, to become another user")
	}
	home, err := os.MkdirTemp("", "slipway-user")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	self := publish(t, home)
	for _, name := range []string{"Dockerfile", "scratch", "cache"} {
		path := filepath.Join(home, name)
		if name == "Dockerfile" {
			err = os.WriteFile(path, []byte("FROM scratch\n"), 0o644)
		} else {
			err = errors.Join(os.Mkdir(path, 0o755), os.Chown(path, nobody, nobody))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	encoded, err := json.Marshal(strategy.BuildRequest{
		ID:      "forbidden",
		Dirs:    strategy.Dirs{Workspace: home, Scratch: filepath.Join(home, "scratch"), Cache: filepath.Join(home, "cache")},
		Storage: strategy.Storage{Driver: "vfs", Root: filepath.Join(home, "root"), RunRoot: filepath.Join(home, "run")},
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Dir = home
	cmd.Env = []string{"HOME=" + home, "TMPDIR=" + home, buildVariable + "=" + string(encoded)}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, _ := cmd.CombinedOutput()
	want := "error[no-namespaces]: this process may not make PID and mount namespaces, in which images are built (run as root, or as a user who may make user namespaces; in a container, grant CAP_SYS_ADMIN)"
	if string(out) != want {
		t.Errorf("the build says:\n%s\nwant:\n%s", out, want)
	}
}
