package plugintest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"time"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/rpc"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// describeWithin is how long Describe may take: completion waits for it.
const describeWithin = time.Second

// semantic matches a semantic version as semver.org defines it.
var semantic = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// host says who the suite is: a host of this version.
func host() strategy.DescribeRequest {
	return strategy.DescribeRequest{Host: strategy.Host{Version: "plugintest", ProtocolMinor: rpc.Minor}}
}

func describesItself(ctx context.Context, t *trial) error {
	return t.with(ctx, func(p *pluginhost.Process) error {
		begun := time.Now()
		first, err := p.Describe(ctx, host())
		if err != nil {
			return err
		}
		took := time.Since(begun)
		second, err := p.Describe(ctx, host())
		switch {
		case err != nil:
			return err
		case took > describeWithin:
			return fmt.Errorf("Describe took %s; wanted less than %s", took.Round(time.Millisecond), describeWithin)
		case !reflect.DeepEqual(first, second):
			return fmt.Errorf("Describe answered %+v, and then %+v", first, second)
		}
		return describedWell(first)
	})
}

func describedWell(d strategy.DescribeResponse) error {
	switch {
	case d.Name == "":
		return errors.New("Describe gives no name")
	case !semantic.MatchString(d.Version):
		return fmt.Errorf("version %q is not semantic; wanted one such as 1.2.0", d.Version)
	case len(d.ConfigSchema) == 0:
		return errors.New("Describe gives no schema of the config; wanted JSON Schema 2020-12")
	}
	var schema struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(d.ConfigSchema, &schema); err != nil {
		return fmt.Errorf("the schema of the config is no JSON object: %w", err)
	}
	if schema.Type != "object" {
		return fmt.Errorf(`the schema of the config has type %q; wanted "object"`, schema.Type)
	}
	return nil
}

// servesOlderHost asks as the very first host did: without saying anything of
// itself.
func servesOlderHost(ctx context.Context, t *trial) error {
	return t.with(ctx, func(p *pluginhost.Process) error {
		if _, err := p.Describe(ctx, strategy.DescribeRequest{}); err != nil {
			return err
		}
		return accepts(ctx, t, p.Validate)
	})
}
