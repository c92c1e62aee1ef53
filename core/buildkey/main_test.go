package buildkey_test

import (
	"os"
	"syscall"
	"testing"
)

// Modes of files are looked at here: those that are made are as written, whatever
// the umask of who runs the tests.
func TestMain(m *testing.M) {
	syscall.Umask(0o022)
	os.Exit(m.Run())
}
