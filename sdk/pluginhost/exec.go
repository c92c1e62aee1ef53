package pluginhost

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/slipway-build/slipway/sdk/platform"
)

// explainExec says more of an error of the kernel, which tells a program for
// another machine, or one whose interpreter is missing, in words of its own.
func explainExec(path string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Errorf("%w: it is neither a program for this machine, %s, nor a script with #! at its beginning", err, platform.Own())
	case errors.Is(err, syscall.ENOENT) && exists(path):
		return fmt.Errorf("%w: the program is there, and %s is not", err, interpreter(path))
	default:
		return err
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// interpreter is what a program needs to be started.
func interpreter(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return "its interpreter"
	}
	defer f.Close()
	line, _ := bufio.NewReader(io.LimitReader(f, 256)).ReadString('\n')
	if script, ok := strings.CutPrefix(line, "#!"); ok {
		return "its interpreter, " + strings.TrimSpace(script) + ","
	}
	return "the loader that it was linked for"
}
