package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// shell is `sh [-e…] [-c COMMAND | FILE] [ARGUMENT…]`; with neither it reads
// standard input.
func shell(ctx context.Context, args []string) error {
	options, script, params, err := invocation(args)
	if err != nil {
		return err
	}
	source, name, err := open(script)
	if err != nil {
		return err
	}
	defer source.Close()
	program, err := syntax.NewParser().Parse(source, name)
	if err != nil {
		return err
	}
	params = append(append(options, "--"), params...)
	runner, err := interp.New(interp.StdIO(os.Stdin, os.Stdout, os.Stderr), interp.Params(params...))
	if err != nil {
		return err
	}
	return runner.Run(ctx, program)
}

// script says where the program text is: in text when inline, else in file,
// else on standard input.
type script struct {
	text   string
	inline bool
	file   string
}

// invocation splits the arguments into shell options, the script and its
// parameters. After -c COMMAND the first argument is the script's $0, which
// this shell has no use for.
func invocation(args []string) (options []string, from script, params []string, err error) {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && len(args[0]) > 1 {
		flags := strings.ReplaceAll(args[0], "c", "")
		if flags != "-" {
			options = append(options, flags)
		}
		inline := flags != args[0]
		args = args[1:]
		if !inline {
			continue
		}
		if len(args) == 0 {
			return nil, from, nil, errors.New("-c wants a command")
		}
		return options, script{text: args[0], inline: true}, args[min(2, len(args)):], nil
	}
	if len(args) == 0 {
		return options, from, nil, nil
	}
	return options, script{file: args[0]}, args[1:], nil
}

func open(from script) (io.ReadCloser, string, error) {
	switch {
	case from.inline:
		return io.NopCloser(strings.NewReader(from.text)), "-c", nil
	case from.file != "":
		file, err := os.Open(from.file)
		if err != nil {
			return nil, "", fmt.Errorf("opening the script: %w", err)
		}
		return file, from.file, nil
	}
	return io.NopCloser(os.Stdin), "stdin", nil
}
