package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/containers/storage/pkg/reexec"

	"github.com/slipway-build/slipway/sdk/strategy"
)

const workerName = "slipway-build-worker"

// errNobodyListens ends a build whose events are not wanted any more.
var errNobodyListens = errors.New("nobody listens to the build")

// work runs a worker and passes its events on. The answer is nil when the
// worker ended without one.
func work(ctx context.Context, spec Spec, l *lease, events strategy.Events) (*strategy.Completed, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	told, tell, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("connecting the worker: %w", err)
	}
	defer told.Close()
	tmp := filepath.Join(spec.Request.Dirs.Scratch, "tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, fmt.Errorf("preparing the worker: %w", err)
	}
	stderr := &tail{size: 20}
	cmd := command(ctx, tmp, stderr)
	cmd.ExtraFiles = []*os.File{tell, l.file}
	ended := make(chan error, 1)
	go attend(cmd, tell, spec, ended)
	done, broken := listen(told, events)
	if broken != nil {
		cancel()
	}
	err = <-ended
	switch {
	case broken != nil:
		return nil, broken
	case done != nil:
		return done, nil
	default:
		return nil, fmt.Errorf("running the build in its own process: %w: %s", errors.Join(err, ctx.Err()), stderr)
	}
}

// command is a worker that has not been started. Its environment is ours, but
// for the folder of temporary files, and for the configuration of the
// machine's container tools, which must not decide what comes out.
func command(ctx context.Context, tmp string, stderr io.Writer) *exec.Cmd {
	cmd := exec.CommandContext(ctx, reexec.Self())
	cmd.Args = []string{workerName}
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp, "HOME="+home(tmp), "CONTAINERS_CONF=/dev/null", "CONTAINERS_CONF_OVERRIDE=/dev/null")
	cmd.Stdout, cmd.Stderr = stderr, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig:    syscall.SIGKILL,
		Cloneflags:   syscall.CLONE_NEWPID,
		Unshareflags: syscall.CLONE_NEWNS,
	}
	return cmd
}

// home is the user's home, else a folder that is there: buildah resolves its
// path when the user is not root, and the users of CI jobs may have none.
func home(otherwise string) string {
	dir := os.Getenv("HOME")
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return dir
	}
	return otherwise
}

// attend starts a worker, gives it its orders and waits for its end. It keeps
// to one thread, since a worker dies with the thread that started it. The
// pipe with the orders stays open: its end would be the worker's.
func attend(cmd *exec.Cmd, tell *os.File, spec Spec, ended chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	orders, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	tell.Close()
	if err != nil {
		ended <- err
		return
	}
	encoded := json.NewEncoder(orders).Encode(spec)
	ended <- errors.Join(cmd.Wait(), encoded)
}

// listen passes events on until the worker is silent.
func listen(told io.Reader, events strategy.Events) (*strategy.Completed, error) {
	var done *strategy.Completed
	dec := json.NewDecoder(told)
	for {
		var m message
		if err := dec.Decode(&m); err != nil {
			return done, nil //nolint:nilerr // the end of the worker says why
		}
		if m.Completed != nil {
			done = m.Completed
			continue
		}
		if e := m.event(); e != nil {
			if err := events.Send(e); err != nil {
				return nil, fmt.Errorf("%w: %w", errNobodyListens, err)
			}
		}
	}
}
