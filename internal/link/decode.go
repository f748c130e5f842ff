package link

import (
	"fmt"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// names keeps the strings that come again and again, such as addresses and
// names of types, so that a frame is decoded without allocating them anew.
// One reader owns it.
type names map[string]string

const (
	maxNames    = 1024 // then start anew: ids of objects come and go
	maxNameSize = 128
)

func (n names) get(b []byte) (string, error) {
	if s, ok := n[string(b)]; ok {
		return s, nil
	}
	if !utf8.Valid(b) {
		return "", fmt.Errorf("%w: a name is not UTF-8", ErrProtocol)
	}
	s := string(b)
	if len(b) <= maxNameSize {
		if len(n) >= maxNames {
			clear(n)
		}
		n[s] = s
	}
	return s, nil
}

// field is one field of an encoded message.
type field struct {
	num   protowire.Number
	typ   protowire.Type
	bytes []byte // of a field of bytes
	value uint64 // of a varint
}

// nextField takes the first field off b.
func nextField(b []byte) (f field, rest []byte, err error) {
	num, typ, n := protowire.ConsumeTag(b)
	if n < 0 || num > protowire.MaxValidNumber {
		return f, nil, fmt.Errorf("%w: a field has no tag", ErrProtocol)
	}
	b = b[n:]
	f.num, f.typ = num, typ
	switch typ {
	case protowire.BytesType:
		f.bytes, n = protowire.ConsumeBytes(b)
	case protowire.VarintType:
		f.value, n = protowire.ConsumeVarint(b)
	default:
		n = protowire.ConsumeFieldValue(num, typ, b)
	}
	if n < 0 {
		return f, nil, fmt.Errorf("%w: field %d is cut short", ErrProtocol, num)
	}
	return f, b[n:], nil
}

// kindOf returns the kind of a frame and its body. The kind is 0 if there is
// none.
func kindOf(frame []byte) (kind protowire.Number, body []byte, err error) {
	for len(frame) > 0 {
		var f field
		if f, frame, err = nextField(frame); err != nil {
			return 0, nil, err
		}
		if f.typ == protowire.BytesType && kind == 0 {
			kind, body = f.num, f.bytes
		}
	}
	return kind, body, nil
}

// ends returns the process that a routed frame is for and the one that made
// it, and checks that the body is made of fields.
func ends(body []byte, known names) (to, origin string, err error) {
	for len(body) > 0 {
		var f field
		if f, body, err = nextField(body); err != nil {
			return "", "", err
		}
		switch {
		case f.typ != protowire.BytesType:
		case f.num == 1:
			to, err = known.get(f.bytes)
		case f.num == 2:
			origin, err = known.get(f.bytes)
		}
		if err != nil {
			return "", "", err
		}
	}
	return to, origin, nil
}

// decodeData decodes a linkpb.Data. The payload is part of body.
func decodeData(body []byte, known names) (d data, payload []byte, err error) {
	for len(body) > 0 {
		var f field
		if f, body, err = nextField(body); err != nil {
			return d, nil, err
		}
		if f.typ == protowire.VarintType && f.num == 7 {
			d.free = f.value != 0
		}
		if f.typ != protowire.BytesType {
			continue
		}
		switch f.num {
		case 1:
			d.to, err = known.get(f.bytes)
		case 2:
			d.origin, err = known.get(f.bytes)
		case 3:
			d.id, err = known.get(f.bytes)
		case 4:
			d.senderAddress, err = known.get(f.bytes)
		case 5:
			d.senderID, err = known.get(f.bytes)
		case 6:
			d.typ, err = known.get(f.bytes)
		case 8:
			payload = f.bytes
		}
		if err != nil {
			return d, nil, err
		}
	}
	return d, payload, nil
}

// decodeChunk decodes a linkpb.Chunk. The data is part of body.
func decodeChunk(body []byte, known names) (c chunk, err error) {
	for len(body) > 0 {
		var f field
		if f, body, err = nextField(body); err != nil {
			return c, err
		}
		switch {
		case f.typ == protowire.VarintType && f.num == 3:
			c.stream = f.value
		case f.typ == protowire.VarintType && f.num == 4:
			c.last = f.value != 0
		case f.typ == protowire.VarintType && f.num == 5:
			c.abort = f.value != 0
		case f.typ == protowire.VarintType && f.num == 7:
			c.size = f.value
		case f.typ != protowire.BytesType:
		case f.num == 1:
			c.to, err = known.get(f.bytes)
		case f.num == 2:
			c.origin, err = known.get(f.bytes)
		case f.num == 6:
			c.id, err = known.get(f.bytes)
		case f.num == 8:
			c.data = f.bytes
		}
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

// decode decodes the body of a frame that is not on the hot path.
func decode(body []byte, m proto.Message) error {
	if err := proto.Unmarshal(body, m); err != nil {
		return fmt.Errorf("%w: %s: %v", ErrProtocol, m.ProtoReflect().Descriptor().Name(), err)
	}
	return nil
}
