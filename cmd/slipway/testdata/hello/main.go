// Command hello is the program of docs/coming-from-openshift.md, and the scripts
// of the builder that makes it: called assemble, it leaves itself where a
// compiler would.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if filepath.Base(os.Args[0]) != "assemble" {
		fmt.Println("Hello World!")
		return
	}
	if err := assemble(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("---> compiled")
}

// assemble makes the program, from a source that has to be there.
func assemble() error {
	if _, err := os.ReadFile("/tmp/src/main.go"); err != nil {
		return err
	}
	program, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	return os.WriteFile("/go/src/app/app", program, 0o755)
}
