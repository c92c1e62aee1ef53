// Command program is what the images of tests consist of: one static binary
// that does what its arguments say.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		os.Exit(64)
	}
	os.Exit(run(os.Args[1], os.Args[2:]))
}

func run(verb string, args []string) int {
	verbs := map[string]func([]string) error{
		"serve": serve, "get": get, "echo": echo, "cat": cat, "write": write, "env": env,
		"id": id, "ps": ps, "sleep": sleep, "ls": ls, "both": both, "orphan": orphan, "caps": caps, "repeat": repeat,
	}
	if verb == "exit" {
		code, _ := strconv.Atoi(args[0])
		return code
	}
	do, ok := verbs[verb]
	if !ok {
		fmt.Fprintf(os.Stderr, "unknown verb %q\n", verb)
		return 64
	}
	if err := do(args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// serve answers every request on a port, or host:port, with a text.
func serve(args []string) error {
	addr := args[0]
	if !strings.Contains(addr, ":") {
		addr = ":" + addr
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	go quitOn(term)
	fmt.Println("listening on", addr)
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Join(args[1:], " "))
	}))
}

func quitOn(term <-chan os.Signal) {
	<-term
	fmt.Println("stopping")
	os.Exit(0)
}

func get(args []string) error {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(args[0])
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(os.Stdout, resp.Body)
	return err
}

func echo(args []string) error {
	fmt.Println(strings.Join(args, " "))
	return nil
}

func both([]string) error {
	fmt.Println("out")
	fmt.Fprintln(os.Stderr, "err")
	return nil
}

func cat(args []string) error {
	if len(args) == 0 {
		_, err := io.Copy(os.Stdout, os.Stdin)
		return err
	}
	for _, name := range args {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		os.Stdout.Write(data)
	}
	return nil
}

func write(args []string) error { return os.WriteFile(args[0], []byte(args[1]), 0o644) }

func env(args []string) error {
	for _, name := range args {
		fmt.Println(os.Getenv(name))
	}
	return nil
}

func id([]string) error {
	dir, err := os.Getwd()
	fmt.Println(os.Getuid(), os.Getgid(), dir)
	return err
}

// caps prints the capabilities that a process has.
func caps([]string) error {
	status, err := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "CapEff") {
			fmt.Print(line)
		}
	}
	return err
}

// ps prints the number of every process; with "count", how many there are.
func ps(args []string) error {
	names, err := os.ReadDir("/proc")
	if len(args) > 0 {
		names = slices.DeleteFunc(names, func(n os.DirEntry) bool { _, err := strconv.Atoi(n.Name()); return err != nil })
		fmt.Println(len(names))
		return err
	}
	for _, n := range names {
		if _, err := strconv.Atoi(n.Name()); err == nil {
			fmt.Println(n.Name())
		}
	}
	return err
}

func ls(args []string) error {
	entries, err := os.ReadDir(args[0])
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	fmt.Println(strings.Join(names, " "))
	return err
}

// sleep waits for ever, saying so first; with "deaf" it does not end on
// SIGTERM.
func sleep(args []string) error {
	if slices.Contains(args, "deaf") {
		signal.Ignore(syscall.SIGTERM)
	}
	fmt.Println("sleeping")
	for {
		time.Sleep(time.Hour)
	}
}

// repeat prints numbered lines with a text as fast as it can, for ever, in
// pieces.
func repeat(args []string) error {
	for i := 0; ; i++ {
		for _, piece := range []string{strconv.Itoa(i) + " ", args[0][:len(args[0])/2], args[0][len(args[0])/2:], "\n"} {
			if _, err := os.Stdout.WriteString(piece); err != nil {
				return err
			}
		}
	}
}

// orphan leaves a child behind that soon ends, and prints its number.
func orphan(args []string) error {
	if len(args) == 0 {
		cmd := exec.Command("/proc/self/exe", "orphan", "middle")
		cmd.Stdout = os.Stdout
		return cmd.Run()
	}
	cmd := exec.Command("/proc/self/exe", "exit", "0")
	err := cmd.Start()
	fmt.Println(cmd.Process.Pid)
	return err
}
