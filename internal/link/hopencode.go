package link

import (
	"fmt"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// Frames about a hop are encoded and decoded by hand as well. They are few,
// but every process has some: the first use of a generated message makes the
// library build its tables, which costs a called program more than all that it
// says to its parent.

// openingSize is room for the length of a frame, its kind and the length of
// its body.
const openingSize = 2*10 + 1

// hopFrame is a frame about a hop in the making. The opening is put in front
// of the body when its length is known.
type hopFrame struct {
	b   []byte
	bad string // a text that is not UTF-8; empty: none
}

func newHopFrame(size int) *hopFrame {
	return &hopFrame{b: make([]byte, openingSize, openingSize+size)}
}

func (f *hopFrame) text(field protowire.Number, s string) {
	if s == "" {
		return
	}
	if !utf8.ValidString(s) {
		f.bad = s
	}
	f.b = protowire.AppendString(protowire.AppendTag(f.b, field, protowire.BytesType), s)
}

func (f *hopFrame) data(field protowire.Number, b []byte) {
	if len(b) > 0 {
		f.b = protowire.AppendBytes(protowire.AppendTag(f.b, field, protowire.BytesType), b)
	}
}

func (f *hopFrame) number(field protowire.Number, v int64) {
	if v != 0 {
		f.b = protowire.AppendVarint(protowire.AppendTag(f.b, field, protowire.VarintType), uint64(v))
	}
}

// maybe writes a number that may be absent, and is not absent when it is 0.
func (f *hopFrame) maybe(field protowire.Number, v *int64) {
	if v != nil {
		f.b = protowire.AppendVarint(protowire.AppendTag(f.b, field, protowire.VarintType), uint64(*v))
	}
}

func (f *hopFrame) truth(field protowire.Number, v bool) {
	if v {
		f.number(field, 1)
	}
}

func (f *hopFrame) value(field protowire.Number, v *linkpb.Value) {
	if v == nil {
		return
	}
	size := sizeString(v.GetType())
	if n := len(v.GetPayload()); n > 0 {
		size += 1 + protowire.SizeBytes(n)
	}
	f.b = protowire.AppendVarint(protowire.AppendTag(f.b, field, protowire.BytesType), uint64(size))
	f.text(1, v.GetType())
	f.data(2, v.GetPayload())
}

// done returns the whole frame.
func (f *hopFrame) done(kind byte) ([]byte, error) {
	if f.bad != "" {
		return nil, fmt.Errorf("encode a frame of kind %d: %q is not UTF-8", kind, f.bad)
	}
	opening := appendOpening(nil, kind, len(f.b)-openingSize)
	begin := openingSize - len(opening)
	copy(f.b[begin:], opening)
	return f.b[begin:], nil
}

func encodeHello(m *linkpb.Hello) ([]byte, error) {
	f := newHopFrame(64)
	f.number(1, int64(m.GetMajor()))
	f.number(2, int64(m.GetMinor()))
	f.text(3, m.GetName())
	f.number(4, int64(m.GetPid()))
	f.truth(5, m.GetAnnouncesReady())
	f.text(6, m.GetBuild())
	return f.done(kindHello)
}

func encodeBegin(m *linkpb.Begin) ([]byte, error) {
	f := newHopFrame(256 + len(m.GetSettings().GetPayload()) + len(m.GetInput().GetPayload()))
	f.text(1, m.GetObject())
	f.text(2, m.GetAddress())
	f.value(3, m.GetSettings())
	f.value(4, m.GetInput())
	f.number(5, int64(m.GetLogLevel()))
	f.maybe(6, m.DeadlineLeftMs)
	f.maybe(7, m.GraceMs)
	f.maybe(8, m.OrphanLimitMs)
	f.truth(9, m.GetDetached())
	f.text(10, m.GetExecutable())
	for name, text := range m.GetHeaders() {
		f.b = protowire.AppendTag(f.b, 11, protowire.BytesType)
		f.b = protowire.AppendVarint(f.b, uint64(sizeString(name)+sizeString(text)))
		f.text(1, name)
		f.text(2, text)
	}
	f.text(12, m.GetIsolation())
	f.truth(13, m.GetWantsReady())
	return f.done(kindBegin)
}

func encodeReady() ([]byte, error) { return newHopFrame(0).done(kindReady) }

func encodeStop(m *linkpb.Stop) ([]byte, error) {
	f := newHopFrame(64)
	f.number(1, m.GetLeftMs())
	f.text(2, m.GetReason())
	f.truth(3, m.GetTimedOut())
	return f.done(kindStop)
}

func encodeLog(m *linkpb.Log) ([]byte, error) {
	f := newHopFrame(64 + len(m.GetText()))
	f.number(1, m.GetTimeUnixNano())
	f.number(2, int64(m.GetPid()))
	f.text(3, m.GetTag())
	f.text(4, m.GetId())
	f.text(5, m.GetName())
	f.text(6, m.GetState())
	f.text(7, m.GetText())
	return f.done(kindLog)
}

func encodeCompleted(m *linkpb.Completed) ([]byte, error) {
	f := newHopFrame(64 + len(m.GetPayload()))
	f.text(1, m.GetType())
	f.data(2, m.GetPayload())
	return f.done(kindCompleted)
}
