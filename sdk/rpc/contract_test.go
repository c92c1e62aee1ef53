package rpc

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
)

// release has TestContract write down the contract as the one of this minor.
var release = flag.Bool("release", false, "write down the wire contract as released")

// released is where the contract of every released minor stands.
const released = "../proto/slipway/strategy/v1/released"

// The contract is one that programs made for any minor that was released can
// still speak, and one with additions is a new minor.
func TestContract(t *testing.T) {
	now := protodesc.ToFileDescriptorProto(strategyv1.File_slipway_strategy_v1_strategy_proto)
	current := fmt.Sprintf("%d.%d.txtpb", Major, Minor)
	if *release {
		text := "# proto-message: google.protobuf.FileDescriptorProto\n" + prototext.Format(now)
		if err := os.WriteFile(filepath.Join(released, current), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(released, "*.txtpb"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no released contract is in %s: %v", released, err)
	}
	for _, file := range files {
		before := readContract(t, file)
		for _, breach := range breaks(descriptor(t, before), descriptor(t, now)) {
			t.Errorf("%s: %s", filepath.Base(file), breach)
		}
		if filepath.Base(file) == current && !proto.Equal(before, now) {
			t.Errorf("the contract is no longer that of %s: raise Minor", current)
		}
	}
}

func readContract(t *testing.T, file string) *descriptorpb.FileDescriptorProto {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := new(descriptorpb.FileDescriptorProto)
	if err := prototext.Unmarshal(text, out); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return out
}

func descriptor(t *testing.T, p *descriptorpb.FileDescriptorProto) protoreflect.FileDescriptor {
	t.Helper()
	f, err := protodesc.NewFile(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Every change that old plugins or old hosts could not bear is found.
func TestBreaks(t *testing.T) {
	tests := map[string]struct {
		change func(*descriptorpb.FileDescriptorProto)
		want   []string
	}{
		"nothing": {func(*descriptorpb.FileDescriptorProto) {}, nil},
		"field added": {func(f *descriptorpb.FileDescriptorProto) {
			m := message(f, "Host")
			m.Field = append(m.Field, &descriptorpb.FieldDescriptorProto{
				Name: new("kernel"), Number: new(int32(4)), JsonName: new("kernel"),
				Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(), Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
			})
		}, nil},
		"field removed": {
			func(f *descriptorpb.FileDescriptorProto) { remove(message(f, "Target"), "platform") },
			[]string{"field slipway.strategy.v1.Target.platform is gone, and its number 2 is not reserved"},
		},
		"field reserved": {func(f *descriptorpb.FileDescriptorProto) {
			m := message(f, "Target")
			remove(m, "platform")
			m.ReservedRange = append(m.ReservedRange, &descriptorpb.DescriptorProto_ReservedRange{Start: new(int32(2)), End: new(int32(3))})
		}, nil},
		"field renumbered": {
			func(f *descriptorpb.FileDescriptorProto) { field(f, "Target", "platform").Number = new(int32(7)) },
			[]string{"field slipway.strategy.v1.Target.platform moved from number 2 to 7"},
		},
		"field renamed": {
			func(f *descriptorpb.FileDescriptorProto) { field(f, "Target", "platform").Name = new("machine") },
			[]string{"field slipway.strategy.v1.Target.platform became machine"},
		},
		"field retyped": {func(f *descriptorpb.FileDescriptorProto) {
			field(f, "Target", "platform").Type = descriptorpb.FieldDescriptorProto_TYPE_BYTES.Enum()
		}, []string{"field slipway.strategy.v1.Target.platform was string and is bytes"}},
		"field repeated": {func(f *descriptorpb.FileDescriptorProto) {
			field(f, "Target", "platform").Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
		}, []string{"field slipway.strategy.v1.Target.platform was string and is repeated string"}},
		"field of another message": {func(f *descriptorpb.FileDescriptorProto) {
			field(f, "PlanRequest", "target").TypeName = new(".slipway.strategy.v1.Host")
		}, []string{"field slipway.strategy.v1.PlanRequest.target was slipway.strategy.v1.Target and is slipway.strategy.v1.Host"}},
		"field out of its oneof": {
			func(f *descriptorpb.FileDescriptorProto) { field(f, "BuildEvent", "completed").OneofIndex = nil },
			[]string{"field slipway.strategy.v1.BuildEvent.completed was slipway.strategy.v1.Completed in oneof event and is slipway.strategy.v1.Completed"},
		},
		"value removed": {
			func(f *descriptorpb.FileDescriptorProto) { f.EnumType[0].Value = f.EnumType[0].Value[:5] },
			[]string{"value slipway.strategy.v1.OUTCOME_CANCELLED is gone, and its number 5 is not reserved"},
		},
		"values swapped": {func(f *descriptorpb.FileDescriptorProto) {
			v := message(f, "Diagnostic").EnumType[0].Value
			v[1].Number, v[2].Number = v[2].Number, v[1].Number
		}, []string{
			"value slipway.strategy.v1.Diagnostic.SEVERITY_ERROR became SEVERITY_WARNING",
			"value slipway.strategy.v1.Diagnostic.SEVERITY_WARNING became SEVERITY_ERROR",
		}},
		"method removed": {
			func(f *descriptorpb.FileDescriptorProto) { f.Service[0].Method = f.Service[0].Method[:4] },
			[]string{"method slipway.strategy.v1.Strategy.Stop is gone"},
		},
		"method no longer streams": {
			func(f *descriptorpb.FileDescriptorProto) { f.Service[0].Method[3].ServerStreaming = nil },
			[]string{"method slipway.strategy.v1.Strategy.Build was (BuildRequest) → (stream BuildEvent) and is (BuildRequest) → (BuildEvent)"},
		},
		"method takes another": {func(f *descriptorpb.FileDescriptorProto) {
			f.Service[0].Method[2].InputType = new(".slipway.strategy.v1.BuildRequest")
		}, []string{"method slipway.strategy.v1.Strategy.Plan was (PlanRequest) → (PlanResponse) and is (BuildRequest) → (PlanResponse)"}},
		"service removed": {
			func(f *descriptorpb.FileDescriptorProto) { f.Service = nil },
			[]string{"service slipway.strategy.v1.Strategy is gone"},
		},
		"message removed": {func(f *descriptorpb.FileDescriptorProto) {
			f.MessageType = slices.DeleteFunc(f.MessageType, func(m *descriptorpb.DescriptorProto) bool { return m.GetName() == "Problems" })
		}, []string{"message slipway.strategy.v1.Problems is gone"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := protodesc.ToFileDescriptorProto(strategyv1.File_slipway_strategy_v1_strategy_proto)
			after := proto.CloneOf(before)
			test.change(after)
			if diff := cmp.Diff(test.want, breaks(descriptor(t, before), descriptor(t, after))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func message(f *descriptorpb.FileDescriptorProto, name string) *descriptorpb.DescriptorProto {
	i := slices.IndexFunc(f.MessageType, func(m *descriptorpb.DescriptorProto) bool { return m.GetName() == name })
	return f.MessageType[i]
}

func field(f *descriptorpb.FileDescriptorProto, in, name string) *descriptorpb.FieldDescriptorProto {
	m := message(f, in)
	i := slices.IndexFunc(m.Field, func(f *descriptorpb.FieldDescriptorProto) bool { return f.GetName() == name })
	return m.Field[i]
}

func remove(m *descriptorpb.DescriptorProto, name string) {
	m.Field = slices.DeleteFunc(m.Field, func(f *descriptorpb.FieldDescriptorProto) bool { return f.GetName() == name })
}
