package vocabulary_test

func deploymentTries() []try {
	stale := func(s *site) { s.deployment.services[1].ImageID = "sha256:old" }
	sick := func(s *site) { s.deployment.services[1].Healthy = false }
	restarting := func(s *site) {
		s.deployment.change = func(d *deployment) { d.services[1].Restarts++ }
	}
	dying := func(s *site) {
		s.deployment.change = func(d *deployment) { d.services[1].Running = d.asked < 2 }
	}
	return []try{
		{lines: `Given the deployment under test`},
		{lines: `Then the deployment under test runs the image under test`},
		{lines: `Then the deployment under test runs the image under test`, site: stale, want: `failed: the service "web" runs sha256:old, the image under test is sha256:id`},
		{lines: `Then the deployment is available within "1m"`},
		{lines: `Then the deployment is available within "3ms"`, site: sick, want: `failed: after 3ms: the service "web" is not healthy`},
		{lines: `Then 1 replicas of "web" are ready within "1m"`},
		{lines: `Then 2 replicas of "web" are ready within "3ms"`, want: `failed: after 3ms: 1 replicas of "web" are ready, want 2`},
		{lines: `Then 1 replicas of "wbe" are ready within "1m"`, want: `error: the deployment has no service "wbe"`},
		{lines: `Then no container of the deployment restarts for "3ms"`},
		{lines: `Then no container of the deployment restarts for "3ms"`, site: restarting, want: `failed: the service "web" restarted 1 times`},
		{lines: `Then no container of the deployment restarts for "3ms"`, site: dying, want: `failed: the service "web" is not running`},
		{lines: `Then the service "web" answers "/health" on port 80 with 200 within "1m"`},
		{lines: `Then the service "web" answers "/none" on port 80 with 200 within "20ms"`, want: `failed: …`},
		{lines: `Then the log of the service "web" contains "listens" within "1m"`},
		{lines: `Then the log of the service "web" contains "x" within "3ms"`, want: `failed: after 3ms: the log of the service "web" does not contain "x": "web listens"`},
		{lines: `Then the log of the service "web" does not contain "x"`},
		{lines: `Then the log of the service "web" does not contain "listens"`, want: `failed: the log of the service "web" contains "listens"`},
	}
}
