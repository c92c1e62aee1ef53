package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/slipway-build/slipway/sdk/diag"
)

// Decode reads raw into the struct that out points to. Absent fields get their
// defaults. A mistake of the user is a [diag.List] with JSON pointers; any
// other error is a mistake of the strategy's author. An empty raw is an empty
// object.
func Decode(raw json.RawMessage, out any) error {
	if len(bytes.TrimSpace(raw)) == 0 || string(bytes.TrimSpace(raw)) == "null" {
		raw = json.RawMessage("{}")
	}
	tree, err := parse(raw)
	if err != nil {
		return diag.List{diag.Errorf("config.syntax", diag.Pos{}, "the config is no JSON: %v", err)}
	}
	c := checker{}
	if err := c.value("", tree, reflect.TypeOf(out).Elem()); err != nil {
		return err
	}
	if err := c.found.Err(); err != nil {
		return err
	}
	return fill(tree, out)
}

// parse decodes one JSON value, keeping numbers as they are written.
func parse(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after its end")
	}
	return v, nil
}

// fill decodes a checked tree. What is still wrong is finer than the check:
// a number too large for its field, a text that its type refuses.
func fill(tree, out any) error {
	raw, err := json.Marshal(tree)
	if err != nil {
		return fmt.Errorf("writing the config with its defaults: %w", err)
	}
	err = json.Unmarshal(raw, out)
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return diag.List{{
			Code: "config.type", Path: pointer("", splitDots(e.Field)...),
			Summary: fmt.Sprintf("%s does not fit into %s", e.Value, e.Type),
		}}
	}
	if err != nil {
		return diag.List{diag.Errorf("config.value", diag.Pos{}, "%v", err)}
	}
	return nil
}
