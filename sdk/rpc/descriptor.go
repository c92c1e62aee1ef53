package rpc

import (
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"

	strategyv1 "github.com/slipway-build/slipway/sdk/proto/slipway/strategy/v1"
)

// Descriptor returns the wire contract as a serialised FileDescriptorSet, from
// which other languages make message classes without a compiler.
func Descriptor() ([]byte, error) {
	file := protodesc.ToFileDescriptorProto(strategyv1.File_slipway_strategy_v1_strategy_proto)
	data, err := proto.Marshal(&descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{file}})
	if err != nil {
		return nil, fmt.Errorf("writing the descriptor of the wire contract: %w", err)
	}
	return data, nil
}
