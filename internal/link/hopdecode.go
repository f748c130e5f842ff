package link

import (
	"fmt"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// hopFields goes through the body of a frame about a hop. A field of another
// type than it should have is passed over, as one that is not known.
type hopFields struct {
	field
	rest []byte
	err  error
}

func (f *hopFields) next() bool {
	if f.err == nil && len(f.rest) > 0 {
		f.field, f.rest, f.err = nextField(f.rest)
		return f.err == nil
	}
	return false
}

func (f *hopFields) text(to *string) {
	if f.typ != protowire.BytesType {
		return
	}
	if !utf8.Valid(f.bytes) {
		f.err = fmt.Errorf("%w: a text is not UTF-8", ErrProtocol)
		return
	}
	*to = string(f.bytes)
}

func (f *hopFields) data(to *[]byte) {
	if f.typ == protowire.BytesType {
		*to = append([]byte{}, f.bytes...) // what it is part of is used again
	}
}

func (f *hopFields) truth(to *bool) {
	if f.typ == protowire.VarintType {
		*to = f.field.value != 0
	}
}

// number takes the lowest bits that fit, as protobuf does.
func number[N int32 | int64 | uint32](f *hopFields, to *N) {
	if f.typ == protowire.VarintType {
		*to = N(f.field.value)
	}
}

func (f *hopFields) maybe(to **int64) {
	if f.typ == protowire.VarintType {
		v := int64(f.field.value)
		*to = &v
	}
}

func (f *hopFields) value(to **linkpb.Value) {
	if f.typ != protowire.BytesType {
		return
	}
	if *to == nil {
		*to = new(linkpb.Value)
	}
	inner := hopFields{rest: f.bytes}
	for inner.next() {
		switch inner.num {
		case 1:
			inner.text(&(*to).Type)
		case 2:
			inner.data(&(*to).Payload)
		}
	}
	f.err = inner.err
}

func (f *hopFields) header(to *map[string]string) {
	if f.typ != protowire.BytesType {
		return
	}
	var name, text string
	inner := hopFields{rest: f.bytes}
	for inner.next() {
		switch inner.num {
		case 1:
			inner.text(&name)
		case 2:
			inner.text(&text)
		}
	}
	if f.err = inner.err; f.err != nil {
		return
	}
	if *to == nil {
		*to = map[string]string{}
	}
	(*to)[name] = text
}

func decodeHello(body []byte) (*linkpb.Hello, error) {
	m, f := new(linkpb.Hello), hopFields{rest: body}
	for f.next() {
		switch f.num {
		case 1:
			number(&f, &m.Major)
		case 2:
			number(&f, &m.Minor)
		case 3:
			f.text(&m.Name)
		case 4:
			number(&f, &m.Pid)
		case 5:
			f.truth(&m.AnnouncesReady)
		case 6:
			f.text(&m.Build)
		}
	}
	return m, f.err
}

func decodeBegin(body []byte) (*linkpb.Begin, error) {
	m, f := new(linkpb.Begin), hopFields{rest: body}
	for f.next() {
		switch f.num {
		case 1:
			f.text(&m.Object)
		case 2:
			f.text(&m.Address)
		case 3:
			f.value(&m.Settings)
		case 4:
			f.value(&m.Input)
		case 5:
			number(&f, &m.LogLevel)
		case 6:
			f.maybe(&m.DeadlineLeftMs)
		case 7:
			f.maybe(&m.GraceMs)
		case 8:
			f.maybe(&m.OrphanLimitMs)
		case 9:
			f.truth(&m.Detached)
		case 10:
			f.text(&m.Executable)
		case 11:
			f.header(&m.Headers)
		case 12:
			f.text(&m.Isolation)
		case 13:
			f.truth(&m.WantsReady)
		}
	}
	return m, f.err
}

func decodeStop(body []byte) (*linkpb.Stop, error) {
	m, f := new(linkpb.Stop), hopFields{rest: body}
	for f.next() {
		switch f.num {
		case 1:
			number(&f, &m.LeftMs)
		case 2:
			f.text(&m.Reason)
		case 3:
			f.truth(&m.TimedOut)
		}
	}
	return m, f.err
}

func decodeLog(body []byte) (*linkpb.Log, error) {
	m, f := new(linkpb.Log), hopFields{rest: body}
	for f.next() {
		switch f.num {
		case 1:
			number(&f, &m.TimeUnixNano)
		case 2:
			number(&f, &m.Pid)
		case 3:
			f.text(&m.Tag)
		case 4:
			f.text(&m.Id)
		case 5:
			f.text(&m.Name)
		case 6:
			f.text(&m.State)
		case 7:
			f.text(&m.Text)
		}
	}
	return m, f.err
}

func decodeCompleted(body []byte) (*linkpb.Completed, error) {
	m, f := new(linkpb.Completed), hopFields{rest: body}
	for f.next() {
		switch f.num {
		case 1:
			f.text(&m.Type)
		case 2:
			f.data(&m.Payload)
		}
	}
	return m, f.err
}
