// Command userland is a shell and a handful of core commands in one static
// binary, chosen by the name it is called by, as busybox does. The shell is
// mvdan.cc/sh, the commands are u-root's: this program only joins them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"mvdan.cc/sh/v3/interp"
)

func main() {
	name, args := filepath.Base(os.Args[0]), os.Args[1:]
	if name == "userland" && len(args) > 0 {
		name, args = args[0], args[1:]
	}
	os.Exit(status(name, run(context.Background(), name, args)))
}

// run carries out one command; `userland` alone lists those it knows, so that
// the links to it can be made from its own answer.
func run(ctx context.Context, name string, args []string) error {
	if name == "userland" {
		for _, known := range names() {
			fmt.Println(known)
		}
		return nil
	}
	if name == "sh" {
		return shell(ctx, args)
	}
	create, known := commands[name]
	if !known {
		return fmt.Errorf("no such command; known are %v", names())
	}
	return create().RunContext(ctx, args...)
}

// status turns an error into an exit status, and says it when no command has.
func status(name string, err error) int {
	if err == nil {
		return 0
	}
	if exit, ok := errors.AsType[interp.ExitStatus](err); ok {
		return int(exit)
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	return 1
}
