package link

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// Numbers of the kinds of a frame.
const (
	kindHello      = 1
	kindBegin      = 2
	kindReady      = 3
	kindStop       = 4
	kindLog        = 5
	kindCompleted  = 6
	kindData       = 8
	kindChunk      = 9
	kindCredit     = 10
	kindWatch      = 11
	kindUnwatch    = 12
	kindTerminated = 13
	kindGone       = 14
	lastRouted     = 31
)

// routed reports whether frames of that kind are for a process by address.
func routed(kind protowire.Number) bool { return kind >= kindData && kind <= lastRouted }

// data is the header of a linkpb.Data. It is encoded and decoded by hand: this
// is the hot path.
type data struct {
	to, origin, id          string
	senderAddress, senderID string
	typ                     string
	free                    bool
}

// appendData appends a whole frame but for the payload itself, which is size
// bytes and must be appended by the caller.
func appendData(b []byte, d *data, size int) []byte {
	body := sizeString(d.to) + sizeString(d.origin) + sizeString(d.id) +
		sizeString(d.senderAddress) + sizeString(d.senderID) + sizeString(d.typ)
	if d.free {
		body += 2
	}
	if size > 0 {
		body += 1 + protowire.SizeBytes(size)
	}
	b = appendOpening(b, kindData, body)
	b = appendString(b, 1, d.to)
	b = appendString(b, 2, d.origin)
	b = appendString(b, 3, d.id)
	b = appendString(b, 4, d.senderAddress)
	b = appendString(b, 5, d.senderID)
	b = appendString(b, 6, d.typ)
	if d.free {
		b = append(b, 7<<3, 1)
	}
	if size > 0 {
		b = append(b, 8<<3|byte(protowire.BytesType))
		b = protowire.AppendVarint(b, uint64(size))
	}
	return b
}

// chunk is a linkpb.Chunk.
type chunk struct {
	to, origin  string
	stream      uint64
	last, abort bool
	id          string
	size        uint64
	data        []byte
}

// appendChunk appends a whole frame but for the data itself, which must be
// appended by the caller.
func appendChunk(b []byte, c *chunk) []byte {
	body := sizeString(c.to) + sizeString(c.origin) + sizeUint(c.stream) + sizeString(c.id) + sizeUint(c.size)
	if c.last {
		body += 2
	}
	if c.abort {
		body += 2
	}
	if len(c.data) > 0 {
		body += 1 + protowire.SizeBytes(len(c.data))
	}
	b = appendOpening(b, kindChunk, body)
	b = appendString(b, 1, c.to)
	b = appendString(b, 2, c.origin)
	b = appendUint(b, 3, c.stream)
	if c.last {
		b = append(b, 4<<3, 1)
	}
	if c.abort {
		b = append(b, 5<<3, 1)
	}
	b = appendString(b, 6, c.id)
	b = appendUint(b, 7, c.size)
	if len(c.data) > 0 {
		b = append(b, 8<<3|byte(protowire.BytesType))
		b = protowire.AppendVarint(b, uint64(len(c.data)))
	}
	return b
}

// appendOpening appends the length of a frame, its kind and the length of its
// body.
func appendOpening(b []byte, kind byte, body int) []byte {
	b = protowire.AppendVarint(b, uint64(1+protowire.SizeBytes(body)))
	b = append(b, kind<<3|byte(protowire.BytesType))
	return protowire.AppendVarint(b, uint64(body))
}

// encode returns a frame with its length in front.
func encode(f *linkpb.Frame) ([]byte, error) {
	n := proto.Size(f)
	b := protowire.AppendVarint(make([]byte, 0, n+4), uint64(n))
	return proto.MarshalOptions{}.MarshalAppend(b, f)
}

func sizeString(s string) int {
	if s == "" {
		return 0
	}
	return 1 + protowire.SizeBytes(len(s))
}

func sizeUint(v uint64) int {
	if v == 0 {
		return 0
	}
	return 1 + protowire.SizeVarint(v)
}

func appendString(b []byte, field byte, s string) []byte {
	if s == "" {
		return b
	}
	b = append(b, field<<3|byte(protowire.BytesType))
	return protowire.AppendString(b, s)
}

func appendUint(b []byte, field byte, v uint64) []byte {
	if v == 0 {
		return b
	}
	b = append(b, field<<3)
	return protowire.AppendVarint(b, v)
}
