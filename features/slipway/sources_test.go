package slipway_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/cucumber/godog"
)

// sourceSteps are about repositories that images are made from.
func sourceSteps(sc *godog.ScenarioContext, s *site) {
	sc.Step(`^a repository "([^"]*)" with a file "([^"]*)":$`, func(name, file string, text *godog.DocString) error {
		if err := os.MkdirAll(s.path(name), 0o755); err != nil {
			return err
		}
		if _, err := s.git(name, "init", "-q", "-b", "main"); err != nil {
			return err
		}
		return s.commit(name, file, text)
	})
	sc.Step(`^a commit in "([^"]*)" with a file "([^"]*)":$`, s.commit)
	sc.Step(`^"([^"]*)" has a branch "([^"]*)"$`, func(name, branch string) error {
		_, err := s.git(name, "branch", branch)
		return err
	})
	sc.Step(`^a commit in "([^"]*)" on "([^"]*)" with a file "([^"]*)":$`, s.commitOn)
	sc.Step(`^it names the last two commits of "([^"]*)"$`, s.namesCommits)
}

// commit writes a file into a repository and commits it.
func (s *site) commit(name, file string, text *godog.DocString) error {
	at := s.path(name, file)
	if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, []byte(text.Content+"\n"), 0o644)); err != nil {
		return err
	}
	if _, err := s.git(name, "add", "-A"); err != nil {
		return err
	}
	_, err := s.git(name, "-c", "user.name=tester", "-c", "user.email=t@test", "commit", "-q", "-m", file)
	return err
}

// commitOn commits to a branch, and goes back to the one that was checked out.
func (s *site) commitOn(name, branch, file string, text *godog.DocString) error {
	if _, err := s.git(name, "checkout", "-q", branch); err != nil {
		return err
	}
	if err := s.commit(name, file, text); err != nil {
		return err
	}
	_, err := s.git(name, "checkout", "-q", "-")
	return err
}

func (s *site) namesCommits(name string) error {
	log, err := s.git(name, "log", "-2", "--format=%H")
	if err != nil {
		return err
	}
	for commit := range strings.FieldsSeq(log) {
		if err := s.says(commit); err != nil {
			return err
		}
	}
	return nil
}

// git runs git in a repository beside the project.
func (s *site) git(name string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = s.path(name)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1") // whatever its user has set
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("git %s: %w\n%s", args[0], err, out)
	}
	return string(out), nil
}
