package build

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/containers/image/v5/signature"
)

// acceptAny trusts what was asked for by digest.
const acceptAny = `{"default":[{"type":"insecureAcceptAnything"}]}`

// policyPath returns the signature policy to use: empty for the machine's own,
// else, on a machine without one, that of a policy which accepts what the host
// has decided on by digest.
func policyPath(scratch string) string {
	if _, err := signature.DefaultPolicy(nil); !errors.Is(err, fs.ErrNotExist) {
		return "" // one that is there and broken is reported when it is used
	}
	path := filepath.Join(scratch, "policy.json")
	if err := os.WriteFile(path, []byte(acceptAny), 0o600); err != nil {
		return ""
	}
	return path
}
