package examples

import (
	"fmt"
	"strings"
)

// workflowFile is where the checks of a new strategy stand. Other services than
// GitHub run the same commands.
const workflowFile = ".github/workflows/check.yml"

// tags keep C libraries out of slipway when it is compiled.
const tags = "containers_image_openpgp,exclude_graphdriver_btrfs,exclude_graphdriver_devicemapper"

// goWorkflow builds the strategy and holds it to the contract by its own test.
func goWorkflow(o Options) []byte {
	return workflow(`
      - uses: actions/setup-go@v5
        with: {go-version-file: go.mod}
`, "go build -mod=mod -o bin/"+o.Name+" .", "go test -mod=mod ./...")
}

// pythonWorkflow holds the strategy to the contract by slipway's command.
func pythonWorkflow(o Options) []byte {
	return workflow(`
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - uses: actions/setup-go@v5
        with: {go-version: stable}
`,
		"python3 -m pip install -r requirements.txt",
		"go install -tags "+tags+" "+module+"/cmd/slipway@v"+o.Version,
		"slipway plugin test -- python3 plugin.py")
}

func workflow(setup string, commands ...string) []byte {
	var b strings.Builder
	b.WriteString("name: check\non: [push, pull_request]\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4")
	b.WriteString(setup)
	for _, c := range commands {
		fmt.Fprintf(&b, "      - run: %s\n", c)
	}
	return []byte(b.String())
}
