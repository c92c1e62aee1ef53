package gate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// A Binding is what a verdict depends on besides the digest. When any of it
// changes, the verdict is stale.
type Binding struct {
	FeaturesDigest   string `json:"featuresDigest"`             // of the features' content
	TagExpression    string `json:"tagExpression,omitempty"`    // which scenarios were selected
	Vocabulary       string `json:"vocabulary,omitempty"`       // the version of the steps
	DeploymentDigest string `json:"deploymentDigest,omitempty"` // of the deployment and its variables
}

// Key returns a hash of the binding.
func (b Binding) Key() string {
	return hash(b.FeaturesDigest, b.TagExpression, b.Vocabulary, b.DeploymentDigest)
}

// differences says for what else the verdict was given than now.
func (v Verdict) differences(now Binding) []string {
	if v.Platforms != nil {
		return v.each(func(one Verdict) []string { return one.Binding.differences(now) })
	}
	return v.Binding.differences(now)
}

// differences says what changed from b to now.
func (b Binding) differences(now Binding) []string {
	var out []string
	for _, f := range []struct{ what, was, is string }{
		{"features", b.FeaturesDigest, now.FeaturesDigest},
		{"tag expression", b.TagExpression, now.TagExpression},
		{"step vocabulary", b.Vocabulary, now.Vocabulary},
		{"deployment", b.DeploymentDigest, now.DeploymentDigest},
	} {
		if f.was != f.is {
			out = append(out, fmt.Sprintf("its verdict is stale: it was given with the %s %q, wanted %q: smoke-test it again", f.what, f.was, f.is))
		}
	}
	return out
}

// hash hashes words so that no two lists of words run together.
func hash(words ...string) string {
	text, _ := json.Marshal(words) // strings always marshal
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}
