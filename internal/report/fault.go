package report

import (
	"google.golang.org/protobuf/proto"
)

// faultName is the kind of a fault as people know it: the name of its message.
func faultName(fault error) string {
	if m, ok := fault.(proto.Message); ok {
		return string(m.ProtoReflect().Descriptor().Name())
	}
	return "a fault"
}
