package rpc

import (
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// breaks returns what programs made for the wire contract before could no
// longer do with the one after, one sentence each. What is added breaks
// nothing, nor does a field or a value that is gone when its number is
// reserved.
func breaks(before, after protoreflect.FileDescriptor) []string {
	var out []string
	if before.Package() != after.Package() {
		return []string{fmt.Sprintf("package %s became %s", before.Package(), after.Package())}
	}
	out = append(out, brokenMessages(before.Messages(), after.Messages())...)
	out = append(out, brokenEnums(before.Enums(), after.Enums())...)
	for old := range all(before.Services()) {
		now := after.Services().ByName(old.Name())
		if now == nil {
			out = append(out, fmt.Sprintf("service %s is gone", old.FullName()))
			continue
		}
		out = append(out, brokenMethods(old, now)...)
	}
	return out
}

// list is what protoreflect calls its lists.
type list[T any] interface {
	Len() int
	Get(i int) T
}

// all goes through a list.
func all[T any](l list[T]) func(yield func(T) bool) {
	return func(yield func(T) bool) {
		for i := range l.Len() {
			if !yield(l.Get(i)) {
				return
			}
		}
	}
}

func brokenMessages(before, after protoreflect.MessageDescriptors) (out []string) {
	for old := range all(before) {
		now := after.ByName(old.Name())
		if now == nil {
			out = append(out, fmt.Sprintf("message %s is gone", old.FullName()))
			continue
		}
		for field := range all(old.Fields()) {
			out = append(out, brokenField(field, now)...)
		}
		out = append(out, brokenMessages(old.Messages(), now.Messages())...)
		out = append(out, brokenEnums(old.Enums(), now.Enums())...)
	}
	return out
}

func brokenField(old protoreflect.FieldDescriptor, in protoreflect.MessageDescriptor) []string {
	now := in.Fields().ByNumber(old.Number())
	switch moved := in.Fields().ByName(old.Name()); {
	case moved != nil && moved.Number() != old.Number():
		return []string{fmt.Sprintf("field %s moved from number %d to %d", old.FullName(), old.Number(), moved.Number())}
	case now == nil && in.ReservedRanges().Has(old.Number()):
		return nil
	case now == nil:
		return []string{fmt.Sprintf("field %s is gone, and its number %d is not reserved", old.FullName(), old.Number())}
	case now.Name() != old.Name():
		return []string{fmt.Sprintf("field %s became %s", old.FullName(), now.Name())}
	case kind(now) != kind(old):
		return []string{fmt.Sprintf("field %s was %s and is %s", old.FullName(), kind(old), kind(now))}
	default:
		return nil
	}
}

// kind is how a field travels: "repeated string", "Target", "bytes in oneof event".
func kind(f protoreflect.FieldDescriptor) string {
	text := f.Kind().String()
	switch {
	case f.IsMap():
		return "map of " + kind(f.MapKey()) + " to " + kind(f.MapValue())
	case f.Message() != nil:
		text = string(f.Message().FullName())
	case f.Enum() != nil:
		text = string(f.Enum().FullName())
	}
	if f.IsList() {
		text = "repeated " + text
	}
	if f.ContainingOneof() != nil {
		text += " in oneof " + string(f.ContainingOneof().Name())
	}
	return text
}

func brokenEnums(before, after protoreflect.EnumDescriptors) (out []string) {
	for old := range all(before) {
		now := after.ByName(old.Name())
		if now == nil {
			out = append(out, fmt.Sprintf("enum %s is gone", old.FullName()))
			continue
		}
		for value := range all(old.Values()) {
			is := now.Values().ByNumber(value.Number())
			switch {
			case is == nil && !now.ReservedRanges().Has(value.Number()):
				out = append(out, fmt.Sprintf("value %s is gone, and its number %d is not reserved", value.FullName(), value.Number()))
			case is != nil && is.Name() != value.Name():
				out = append(out, fmt.Sprintf("value %s became %s", value.FullName(), is.Name()))
			}
		}
	}
	return out
}

func brokenMethods(before, after protoreflect.ServiceDescriptor) (out []string) {
	for old := range all(before.Methods()) {
		now := after.Methods().ByName(old.Name())
		switch {
		case now == nil:
			out = append(out, fmt.Sprintf("method %s is gone", old.FullName()))
		case signature(old) != signature(now):
			out = append(out, fmt.Sprintf("method %s was %s and is %s", old.FullName(), signature(old), signature(now)))
		}
	}
	return out
}

// signature is what a method takes and returns.
func signature(m protoreflect.MethodDescriptor) string {
	stream := map[bool]string{true: "stream "}
	return fmt.Sprintf("(%s%s) → (%s%s)", stream[m.IsStreamingClient()], m.Input().Name(), stream[m.IsStreamingServer()], m.Output().Name())
}
