// Command helper is what the tests run in images that hold nothing else.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	if err := begin(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// begin does what the name says that the program was started by.
func begin() error {
	if filepath.Base(os.Args[0]) == "assemble" {
		return assemble()
	}
	return run(os.Args[1], os.Args[2:])
}

func run(verb string, args []string) error {
	switch verb {
	case "-c": // as a shell would, one command of words
		fmt.Println("shell:", args[0])
		return nil
	case "say":
		fmt.Println(args[0])
		return nil
	case "exit":
		fmt.Println("about to fail")
		code, _ := strconv.Atoi(args[0])
		os.Exit(code)
		return nil
	case "write":
		return os.WriteFile(args[0], []byte(args[1]), 0o644)
	case "env": // what variables are, into a file
		var text strings.Builder
		for _, name := range args[1:] {
			fmt.Fprintf(&text, "%s=%s\n", name, os.Getenv(name))
		}
		return os.WriteFile(args[0], []byte(text.String()), 0o644)
	case "share": // a folder that anybody may write to
		if err := os.MkdirAll(args[0], 0o777); err != nil {
			return err
		}
		return os.Chmod(args[0], 0o777)
	case "append":
		return add(args[0], args[1])
	case "copy":
		content, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		return os.WriteFile(args[1], content, 0o644)
	case "link": // a file of several names
		if err := os.WriteFile(args[0], []byte("linked"), 0o644); err != nil {
			return err
		}
		for _, name := range args[1:] {
			if err := os.Link(args[0], name); err != nil {
				return err
			}
		}
		return nil
	case "remove":
		for _, path := range args {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
		return nil
	case "renew": // a folder that is as new
		if err := os.RemoveAll(args[0]); err != nil {
			return err
		}
		return os.Mkdir(args[0], 0o755)
	case "cat":
		content, err := os.ReadFile(args[0])
		fmt.Println(string(content))
		return err
	case "fill": // so many MiB of memory, which are asked for and used
		return fill(args[0])
	case "linger":
		return linger(args[0], len(args) > 1)
	default:
		return fmt.Errorf("unknown verb %s", verb)
	}
}

func fill(mebibytes string) error {
	n, err := strconv.Atoi(mebibytes)
	held := make([][]byte, 0, n)
	for range n {
		piece := make([]byte, 1<<20)
		for i := 0; i < len(piece); i += os.Getpagesize() {
			piece[i] = 1
		}
		held = append(held, piece)
	}
	fmt.Println("filled", len(held))
	return err
}

func add(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(text)
	return err
}

// linger waits for long, and so does a child in a session of its own. The
// token makes both findable.
func linger(token string, asChild bool) error {
	if asChild {
		time.Sleep(time.Hour)
	}
	child := exec.Command("/helper", "linger", token, "child")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		return err
	}
	fmt.Println("lingering")
	time.Sleep(time.Hour)
	return nil
}
