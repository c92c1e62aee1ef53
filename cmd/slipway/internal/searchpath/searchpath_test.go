package searchpath

import (
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// printVariable makes this test binary print PATH before and after Restore.
const printVariable = "SLIPWAY_TEST_PRINT"

func TestMain(m *testing.M) {
	if os.Getenv(printVariable) == "" {
		Restore()
		os.Exit(m.Run())
	}
	before, found := os.LookupEnv("PATH")
	Restore()
	if found {
		before = "found " + before
	}
	_, _ = os.Stdout.WriteString(before + "|" + os.Getenv("PATH"))
	os.Exit(0)
}

func TestRestore(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe")
	cmd.Env = []string{printVariable + "=1", "PATH=/somewhere:/else"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("|/somewhere:/else", string(out)); diff != "" {
		t.Errorf("before|after (-want +got):\n%s", diff)
	}
}
