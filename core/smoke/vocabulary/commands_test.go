package vocabulary_test

func commandTries() []try {
	const both = "When I run \"sh -c 'echo out 17; echo err >&2; exit 3'\"\n"
	const quietly = "When I run \"true\"\n"
	const object = "When I run the shell script:\n\"\"\"\necho '{\"version\": \"1.2\"}'\n\"\"\"\n"
	return []try{
		{lines: `When I run "true"`},
		{lines: `When I run "no-such-program"`, want: `failed: the image has no program "no-such-program"`},
		{lines: `When I run "true" as user "12345"`},
		{lines: "When I run \"sh -c 'exit 4'\" with the image entrypoint\nThen the exit code is 4"},
		{lines: `When I run "true" with the image entrypoint`},
		{lines: "When I run \"env\" with environment:\n| name | value |\n| GREETING | a b |\nThen the stdout contains \"GREETING=a b\""},
		{lines: "When I run \"env\" with environment:\n| name | value |\n| GREETING | a b |"},
		{lines: "When I run the shell script:\n\"\"\"\ntest 1 = 1\n\"\"\""},
		{lines: `Then the exit code is 0`, want: `error: no command was run; say "When I run" first`},
		{lines: both + `Then the exit code is 3`},
		{lines: both + `Then the exit code is 0`, want: `failed: the exit code is 3, want 0`},
		{lines: both + `Then the exit code is not 0`},
		{lines: both + `Then the exit code is not 3`, want: `failed: the exit code is 3`},
		{lines: quietly + `Then the command finished within "1m"`},
		{lines: "When I run \"sleep 0.01\"\nThen the command finished within \"1ms\"", want: `failed: the command took …`},
		{lines: both + `Then the stdout contains "out"`},
		{lines: both + `Then the stdout contains "err"`, want: `failed: the stdout does not contain "err": "out 17\n"`},
		{lines: both + `Then the stdout equals "out 17"`},
		{lines: both + `Then the stdout equals "out"`, want: `failed: the stdout is "out 17", want "out"`},
		{lines: both + `Then the stderr contains "err"`},
		{lines: both + `Then the stderr contains "out"`, want: `failed: the stderr does not contain "out": "err\n"`},
		{lines: quietly + `Then the stderr is empty`},
		{lines: both + `Then the stderr is empty`, want: `failed: the stderr is "err\n", want ""`},
		{lines: both + `Then the output contains "err"`},
		{lines: both + `Then the output contains "x"`, want: `failed: the output does not contain "x": "out 17\nerr\n"`},
		{lines: both + `Then the output does not contain "x"`},
		{lines: both + `Then the output does not contain "err"`, want: `failed: the output contains "err"`},
		{lines: `Then the output does not contain "x"`, want: `error: no command was run; say "When I run" first`},
		{lines: both + `Then the output matches "out \d+"`},
		{lines: both + `Then the output matches "^\d+"`, want: `failed: the output does not match "^\\d+": "out 17\nerr\n"`},
		{lines: both + "Then the output equals:\n\"\"\"\nout 17\nerr\n\"\"\""},
		{lines: both + "Then the output equals:\n\"\"\"\nout\n\"\"\"", want: `failed: the output is "out 17\nerr", want "out"`},
		{lines: object + `Then the stdout JSON path "version" equals "1.2"`},
		{lines: object + `Then the stdout JSON path "version" equals "1"`, want: `failed: the stdout, path version, is "1.2", want "1"`},
	}
}
