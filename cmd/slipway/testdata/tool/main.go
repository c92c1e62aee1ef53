// Command tool is what images of the scripts run: it says its arguments and
// ends with the code that the first one names.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	fmt.Println(strings.Join(os.Args[1:], " "))
	code, _ := strconv.Atoi(os.Args[1])
	os.Exit(code)
}
