package ledger_test

import (
	"errors"
	"io/fs"
	"os/exec"
	"testing"
	"time"

	"github.com/slipway-build/slipway/core/ledger"
)

// A process that is over does not run, though its parent has not collected it.
func TestProcessThatIsOver(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "cat")
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	p, err := ledger.ProcessOf(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if alive, err := p.Alive(); !alive || err != nil {
		t.Errorf("alive is %t, %v before its end", alive, err)
	}
	if err := input.Close(); err != nil {
		t.Fatal(err)
	}
	for alive := true; alive; time.Sleep(time.Millisecond) { // else the test's own limit ends it
		if alive, err = p.Alive(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ledger.ProcessOf(p.PID); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
}
