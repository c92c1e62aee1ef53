// Command tool is what images of the scripts run: it says its arguments and
// ends with the code that the first one names; "has FILE" wants the file to hold
// something.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	fmt.Println(strings.Join(os.Args[1:], " "))
	if os.Args[1] == "has" {
		if data, err := os.ReadFile(os.Args[2]); err != nil || len(data) == 0 {
			os.Exit(1)
		}
		return
	}
	code, _ := strconv.Atoi(os.Args[1])
	os.Exit(code)
}
