// Command tool is what images of the scripts run. It says its arguments, and
// does as the first one says:
//
//	has FILE         wants the file to hold something
//	env NAME         prints a variable
//	copy FILE FILE   copies a file
//	remove FILE      takes a file away
//	fill MEBIBYTES   asks for so much memory, and uses it
//	wait             never ends
//	CODE             ends with that code
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	fmt.Println(strings.Join(os.Args[1:], " "))
	switch os.Args[1] {
	case "has":
		if data, err := os.ReadFile(os.Args[2]); err != nil || len(data) == 0 {
			os.Exit(1)
		}
	case "env":
		fmt.Fprintln(os.Stderr, os.Getenv(os.Args[2]))
	case "copy":
		data, err := os.ReadFile(os.Args[2])
		if err == nil {
			err = os.WriteFile(os.Args[3], data, 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "remove":
		if err := os.Remove(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "fill":
		fill(os.Args[2])
	case "wait":
		time.Sleep(time.Hour)
	default:
		code, _ := strconv.Atoi(os.Args[1])
		os.Exit(code)
	}
}

// fill has one byte of every page differ from what it was.
func fill(mebibytes string) {
	n, _ := strconv.Atoi(mebibytes)
	held := make([]byte, n<<20)
	for i := 0; i < len(held); i += os.Getpagesize() {
		held[i] = 1
	}
	fmt.Println("filled", len(held)>>20)
}
