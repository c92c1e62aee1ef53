package rpc

import (
	"context"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/slipway-build/slipway/sdk/strategy"
)

// newerField is the number of a field that no message of this major will ever
// have: the numbers of version 1 stay below 1000.
const newerField = 1007

// ValidateNewer is Validate as a host of a later minor would call it: with a
// field that this version does not know. A plugin must not mind.
func (c *Client) ValidateNewer(ctx context.Context, r strategy.ValidateRequest) (strategy.ValidateResponse, error) {
	w := validateRequestToWire(r)
	unknown := protowire.AppendTag(nil, newerField, protowire.BytesType)
	w.ProtoReflect().SetUnknown(protowire.AppendString(unknown, "from a newer host"))
	resp, err := c.wire.Validate(ctx, w, callOptions()...)
	return validateResponseFromWire(resp), answered(ctx, err)
}
