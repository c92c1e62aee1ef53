package rpc

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/slipway-build/slipway/sdk/diag"
	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// filled returns a T in which every field, however deep, has its own value, so
// that a field which a conversion forgets or swaps shows.
func filled[T any](t *testing.T) T {
	t.Helper()
	var v T
	f := filler{t: t}
	f.fill(reflect.ValueOf(&v).Elem())
	return v
}

type filler struct {
	t *testing.T
	n int64
}

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch v.Type() {
	case reflect.TypeFor[diag.Severity]():
		v.SetInt(int64(diag.Note))
		return
	case reflect.TypeFor[strategy.Outcome]():
		v.SetInt(int64(strategy.Cancelled))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(f.n)
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(f.n))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key)
		f.fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for _, field := range v.Fields() {
			f.fill(field)
		}
	default:
		f.t.Fatalf("cannot fill a %s", v.Type())
	}
}

// roundTrip sends a filled T over the wire format and back.
func roundTrip[T any, W proto.Message](to func(T) W, from func(W) T) func(*testing.T) {
	return func(t *testing.T) {
		want := filled[T](t)
		raw, err := proto.Marshal(to(want))
		if err != nil {
			t.Fatal(err)
		}
		message := reflect.New(reflect.TypeFor[W]().Elem()).Interface().(W)
		if err := proto.Unmarshal(raw, message); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, from(message)); diff != "" {
			t.Errorf("-sent +received\n%s", diff)
		}
		var zero T
		if diff := cmp.Diff(zero, from(to(zero))); diff != "" {
			t.Errorf("zero value: -sent +received\n%s", diff)
		}
	}
}

func eventTrip[T strategy.Event]() func(*testing.T) {
	return roundTrip(
		func(e T) *strategyv1.BuildEvent { return eventToWire(e) },
		func(w *strategyv1.BuildEvent) T { e, _ := eventFromWire(w); return e.(T) },
	)
}

func TestConversions(t *testing.T) {
	tests := map[string]func(*testing.T){
		"describe request":  roundTrip(describeRequestToWire, describeRequestFromWire),
		"describe response": roundTrip(describeResponseToWire, describeResponseFromWire),
		"validate request":  roundTrip(validateRequestToWire, validateRequestFromWire),
		"validate response": roundTrip(validateResponseToWire, validateResponseFromWire),
		"plan request":      roundTrip(planRequestToWire, planRequestFromWire),
		"plan response":     roundTrip(planResponseToWire, planResponseFromWire),
		"build request":     roundTrip(buildRequestToWire, buildRequestFromWire),
		"step started":      eventTrip[strategy.StepStarted](),
		"step progress":     eventTrip[strategy.StepProgress](),
		"step finished":     eventTrip[strategy.StepFinished](),
		"log":               eventTrip[strategy.Log](),
		"diagnostic":        eventTrip[strategy.Diagnostic](),
		"artifact":          eventTrip[strategy.Artifact](),
		"completed":         eventTrip[strategy.Completed](),
	}
	for name, test := range tests {
		t.Run(name, test)
	}
}

func TestTextIsValid(t *testing.T) {
	w := diagnosticToWire(diag.Diagnostic{Summary: "no file \xff.txt"})
	if _, err := proto.Marshal(w); err != nil || w.GetSummary() != "no file \uFFFD.txt" {
		t.Errorf("got %q, %v", w.GetSummary(), err)
	}
}

func TestUnknownEventIsSkipped(t *testing.T) {
	if e, ok := eventFromWire(&strategyv1.BuildEvent{}); ok {
		t.Errorf("got %#v", e)
	}
}

// Enumerations travel by number.
func TestOutcomesAgree(t *testing.T) {
	for o := strategy.OK; o <= strategy.Cancelled; o++ {
		want := "OUTCOME_" + map[strategy.Outcome]string{
			strategy.OK: "OK", strategy.Cached: "CACHED", strategy.Skipped: "SKIPPED", strategy.Failed: "FAILED", strategy.Cancelled: "CANCELLED",
		}[o]
		if got := strategyv1.Outcome(o).String(); got != want {
			t.Errorf("%s is %s on the wire, want %s", o, got, want)
		}
	}
}
