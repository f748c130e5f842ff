package actor

import (
	"bytes"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/anypb"
)

const typeURL = "type.googleapis.com/"

// readWorked reads a poolpb.Worked. The value is a part of payload unless it is to be
// copied: while a processor copies a hundred megabytes, the collector of garbage may
// hold up all others.
func readWorked(payload []byte, copied bool) (value *anypb.Any, memory uint64, err error) {
	value = &anypb.Any{TypeUrl: typeURL}
	for len(payload) > 0 {
		number, wire, n := protowire.ConsumeTag(payload)
		if n < 0 {
			return nil, 0, protowire.ParseError(n)
		}
		payload = payload[n:]
		switch {
		case number == 1 && wire == protowire.BytesType:
			var name []byte
			name, n = protowire.ConsumeBytes(payload)
			value.TypeUrl = typeURL + string(name)
		case number == 2 && wire == protowire.BytesType:
			value.Value, n = protowire.ConsumeBytes(payload)
			if copied {
				value.Value = bytes.Clone(value.Value)
			}
		case number == 3 && wire == protowire.VarintType:
			memory, n = protowire.ConsumeVarint(payload)
		default:
			n = protowire.ConsumeFieldValue(number, wire, payload)
		}
		if n < 0 {
			return nil, 0, protowire.ParseError(n)
		}
		payload = payload[n:]
	}
	return value, memory, nil
}
