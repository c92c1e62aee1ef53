package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// cgroupPath names the control group of a build's steps. Only OCI isolation
// makes one, and an ordinary user may not.
func cgroupPath(req strategy.BuildRequest) string {
	if req.Isolation != "oci" || rootless() {
		return ""
	}
	return "/" + suffix(req.ID)
}

// removeCgroups removes the control groups of a build whose processes are
// gone: those of each controller, or the one of a unified hierarchy.
func removeCgroups(buildID string) error {
	var problems []error
	for _, pattern := range []string{"/sys/fs/cgroup/", "/sys/fs/cgroup/*/"} {
		found, err := filepath.Glob(pattern + suffix(buildID))
		if err != nil {
			return fmt.Errorf("looking for control groups: %w", err)
		}
		for _, dir := range found {
			if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
				problems = append(problems, fmt.Errorf("removing a control group: %w", err))
			}
		}
	}
	return errors.Join(problems...)
}
