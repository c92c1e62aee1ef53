package catalog

import (
	"encoding/json"

	"github.com/slipway-build/slipway/sdk/diag"
)

// CheckConfig checks one config against one schema.
func CheckConfig(schema, config json.RawMessage) diag.List { return prepare(schema).check(config) }
