package vocabulary_test

import "github.com/slipway-build/slipway/core/smoke/world"

const running = "Given a running container\n"

func containerTries() []try {
	dead := func(s *site) { s.state.Running, s.state.ExitCode = false, 2 }
	sick := func(s *site) { s.state.Health = world.Unhealthy }
	unchecked := func(s *site) { s.state.Health = "" }
	silent := func(s *site) { s.state.Health, s.subject.Config.Config.ExposedPorts = "", nil }
	blind := func(s *site) { s.state.Processes = nil }
	other := func(s *site) { s.state.ImageID = "sha256:old" }
	const exited = `failed: the container has exited with code 2`
	return []try{
		{lines: `Given a running container`},
		{lines: running + `Given a running container`, want: `error: the container is running already`},
		{lines: `Given a running container "db" from "quay.io/site/db:1"`},
		{lines: "Given a running container with environment:\n| name | value |\n| A | b |"},
		{lines: `Given a running container with arguments "-x"`},
		{lines: `Given a running container as user "1"`},
		{lines: `Given a running container with a read-only root filesystem`},
		{lines: `Given a running container without network`},
		{lines: `Given a running container with the memory limit "256MiB"`},
		{lines: `Given a running container with all capabilities dropped`},
		{lines: `Then the container is running`, want: `error: the container was not started; say "Given a running container" first`},
		{lines: running + `When the container is healthy within "1m"`},
		{lines: running + `When the container is healthy within "5ms"`, site: sick, want: `failed: after 5ms: the container is unhealthy`},
		{lines: running + `When the container is healthy within "1m"`, site: dead, want: exited},
		{lines: running + `When the container is healthy within "1m"`, site: unchecked, want: `error: the image has no health check that this runtime runs, so its health is not known`},
		{lines: running + `When the container is ready within "1m"`},
		{lines: running + `When the container is ready within "1m"`, site: unchecked},
		{lines: running + `When the container is ready within "1m"`, site: silent, want: `error: the image has no health check and exposes no TCP port, so its readiness is not known`},
		{lines: running + "When I execute \"echo hi\" in the container\nThen the stdout equals \"hi\""},
		{lines: running + `When I execute "echo hi" in the container`},
		{lines: running + `When I execute "echo hi" in the container`, site: dead, want: exited},
		{lines: running + `When I stop the container with a grace period of "10s"`},
		{lines: running + `Then the container is running`},
		{lines: running + `Then the container is running`, site: dead, want: exited},
		{lines: running + `Then the container keeps running for "3ms"`},
		{lines: running + `Then the container keeps running for "3ms"`, site: dead, want: exited},
		{lines: running + "When I stop the container with a grace period of \"1s\"\nThen the container exits with code 0 within \"1m\""},
		{lines: running + `Then the container exits with code 0 within "1m"`, site: dead, want: `failed: the container exited with code 2, want 0`},
		{lines: running + `Then the container exits with code 0 within "3ms"`, want: `failed: after 3ms: the container is running`},
		{lines: running + `Then the container runs the image under test`},
		{lines: running + `Then the container runs the image under test`, site: other, want: `failed: the image ID of the container is "sha256:old", want "sha256:id"`},
		{lines: running + `Then the process "app" is running in the container`},
		{lines: running + `Then the process "java" is running in the container`, want: `failed: no process is "java": there are tini, app`},
		{lines: running + `Then the process "java" is running in the container`, site: blind, want: `error: this runtime cannot tell the processes of a container`},
		{lines: running + `Then the first process in the container is "/usr/bin/tini"`},
		{lines: running + `Then the first process in the container is "app"`, want: `failed: the first process is "tini", want "app"`},
		{lines: running + `Then the container runs as uid 185`},
		{lines: running + `Then the container runs as uid 0`, want: `failed: the process "tini" runs as uid 185, want 0`},
		{lines: running + `Then port 8080 is open within "1m"`},
		{lines: running + `Then port 9 is open within "3ms"`, want: `failed: after 3ms: port 9 is not open: …`},
		{lines: running + `Then port 9 is open within "1m"`, site: dead, want: exited},
		{lines: running + `Then port 22 is closed for "3ms"`},
		{lines: running + `Then port 8080 is closed for "3ms"`, want: `failed: port 8080 is open`},
		{lines: running + `Then port 22 is closed for "3ms"`, site: dead, want: exited},
		{lines: running + `Then the TLS certificate on port 8443 is valid for "example.com"`},
		{lines: running + `Then the TLS certificate on port 8443 is valid for "example.net"`, want: `failed: the certificate is not for "example.net": …`},
		{lines: running + `Then the TLS certificate on port 8080 is valid for "example.com"`, want: `failed: port 8080 refuses the TLS handshake: …`},
		{lines: running + `Then the TLS certificate on port 8443 expires in more than "30d"`},
		{lines: running + `Then the TLS certificate on port 8443 expires in more than "65535d"`, want: `failed: the certificate expires at …`},
		{lines: running + `Then port 8443 rejects TLS versions below "1.2"`},
		{lines: running + `Then port 8443 rejects TLS versions below "1.3"`, want: `failed: port 8443 accepts a TLS version below 1.3`},
		{lines: running + `Then port 8443 rejects TLS versions below "1.2"`, site: dead, want: exited},
		{lines: running + `Then port 9 rejects TLS versions below "1.2"`, want: `failed: port 9 is not open: …`},
		{lines: running + `Then the log contains "ready" within "1m"`},
		{lines: running + `Then the log contains "done" within "3ms"`, want: `failed: after 3ms: the log does not contain "done"`},
		{lines: running + `Then the log contains "ready" within "1m"`, site: dead},
		{lines: running + `Then the log contains "done" within "1m"`, site: dead, want: exited},
		{lines: running + `Then the log matches "(?m)^retry$" within "1m"`},
		{lines: running + `Then the log matches "\d" within "3ms"`, want: `failed: after 3ms: the log does not match "\\d"`},
		{lines: running + `Then the log contains "retry" exactly 2 times`},
		{lines: running + `Then the log contains "retry" exactly 3 times`, want: `failed: the log contains "retry" 2 times, want 3`},
		{lines: running + `Then the log does not contain "ERROR" for "3ms"`},
		{lines: running + `Then the log does not contain "retry" for "3ms"`, want: `failed: the log contains "retry"`},
		{lines: running + `Then the log does not contain "ERROR" for "3ms"`, site: dead, want: exited},
		{lines: running + `Then the log does not match "\d"`},
		{lines: running + `Then the log does not match "(?m)^ret"`, want: `failed: the log matches "(?m)^ret" in line 2`},
		{lines: running + `Then the log lines are valid JSON`, site: func(s *site) { s.log = "{}\n[1]\n" }},
		{lines: running + `Then the log lines are valid JSON`, want: `failed: a line of the log is not JSON: "ready"`},
		{lines: running + `Then the log lines are valid JSON`, site: func(s *site) { s.log = "" }, want: `failed: the log is empty`},
	}
}
