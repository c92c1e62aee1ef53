package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
)

// A section is one heading of the page and the benchmarks below it.
type section struct {
	title     string
	about     string // what was measured, and how to read it
	pkg       string
	benchmark string // a pattern
	time      string // for -benchtime
	once      bool   // run once: its preparation takes minutes
}

// sections are the page's, in its order.
func sections() []section {
	return []section{{
		title: "Thirty images, built and pushed",
		about: "Thirty small images on three levels, `FROM scratch`, into a registry on loopback. `cold` is `slipway run` with empty storage, " +
			"`warm` the same again with nothing changed, `loop` one `buildah build` and `buildah push` after another over the same " +
			"Dockerfiles: chroot isolation, the storage driver that each chooses, the same registry.",
		pkg: "./cmd/slipway", benchmark: "Family", time: "1x", once: true,
	}, {
		title: "A thousand images, unchanged",
		about: "On three levels, against a registry on loopback that holds every build: one request tells whether an image's build is there, one more whether its tag is right. Requests are counted, and bytes of blobs weighed, at the registry.",
		pkg:   "./cmd/slipway", benchmark: "Unchanged", time: "5x", once: true,
	}, {
		title: "`slipway plan`",
		about: "The whole command with files that are remembered and no registry; one image is the start of the program and of its strategy. On the ladder the number of ways down doubles with each rung.",
		pkg:   "./cmd/slipway", benchmark: "Plan", time: "5x",
	}, {
		title: "The plugin boundary, per build",
		about: "One build of the strategy `dockerfile`, called in this process and, in turn, through a process of its own: start, build, stop. The same storage, the same inputs, every layer cached, so that nearly all that is left is the boundary.",
		pkg:   "./plugins/dockerfile", benchmark: "Boundary", time: "10x",
	}, {
		title: "A plugin's start",
		about: "From nothing to the first answer, and in turn fork, exec and exit of the same program.",
		pkg:   "./sdk/pluginhost", benchmark: "Start", time: "50x",
	}, {
		title: "Logs through the boundary",
		about: "A gigabyte of output in chunks of 32 KiB.",
		pkg:   "./sdk/pluginhost", benchmark: "Logs", time: "1x",
	}, {
		title: "Loading an inventory",
		about: "Dockerfiles only, and with one group of variables for every ten images.",
		pkg:   "./core/inventory", benchmark: "Load", time: "1x",
	}, {
		title: "Relating images",
		about: "Edges and order when the strategies' answers cost nothing. On the ladder the number of ways down doubles with each rung.",
		pkg:   "./core/plan", benchmark: "Relate", time: "10x",
	}, {
		title: "Reading, checking and planning a playbook",
		about: "Twenty tasks with conditions, loops, a block and results that are used later, every template looked at as each image would; every tenth image has variables of its own.",
		pkg:   "./core/plan", benchmark: "Playbook", time: "3x",
	}, {
		title: "`slipway inventory graph`",
		about: "The whole command, with the real strategy asked about every image.",
		pkg:   "./cmd/slipway", benchmark: "Graph", time: "3x",
	}}
}

// args are those of `go`.
func (s section) args(count int) []string {
	if s.once {
		count = 1
	}
	return []string{
		"test", s.pkg, "-v", "-run", "^$", "-bench", "^Benchmark" + s.benchmark + "$", "-benchtime", s.time,
		"-count", strconv.Itoa(count), "-timeout", "30m",
	}
}

// measure runs the section's benchmarks.
func (s section) measure(ctx context.Context, count int) (results, error) {
	out, err := exec.CommandContext(ctx, "go", s.args(count)...).CombinedOutput()
	if err != nil {
		return results{}, fmt.Errorf("running the benchmarks of %s: %w\n%s", s.pkg, err, out)
	}
	return parse(string(out)), nil
}
