package planfile

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/internal/settings"
)

// wellKnown reads the messages that have a form of their own.
var wellKnown map[protoreflect.FullName]func(r *reader, n *node, m protoreflect.Message, p *path)

func init() {
	wellKnown = map[protoreflect.FullName]func(*reader, *node, protoreflect.Message, *path){
		"google.protobuf.Duration":  (*reader).duration,
		"google.protobuf.Timestamp": (*reader).byText,
		"google.protobuf.FieldMask": (*reader).byText,
		"google.protobuf.Any":       (*reader).any,
		"google.protobuf.Struct":    (*reader).structure,
		"google.protobuf.ListValue": (*reader).listValue,
		"google.protobuf.Value":     (*reader).value,
	}
	for _, wrapped := range []string{"Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes"} {
		wellKnown[protoreflect.FullName("google.protobuf."+wrapped+"Value")] = (*reader).wrapper
	}
}

const spans = "a span of time such as 90s, 5m or 1h30m"

// duration takes what people write for a span of time, and what Go does.
func (r *reader) duration(n *node, m protoreflect.Message, p *path) {
	if n.kind != text && n.kind != number {
		r.expected(n, p, spans)
		return
	}
	d, err := settings.ParseSpan(n.text)
	if err != nil {
		var wrong error
		if d, wrong = time.ParseDuration(n.text); wrong != nil {
			r.expected(n, p, spans)
			return
		}
	}
	fields := m.Descriptor().Fields()
	m.Set(fields.ByNumber(1), protoreflect.ValueOfInt64(int64(d/time.Second)))
	m.Set(fields.ByNumber(2), protoreflect.ValueOfInt32(int32(d%time.Second)))
}

func (r *reader) wrapper(n *node, m protoreflect.Message, p *path) {
	fd := m.Descriptor().Fields().ByNumber(1)
	if v, ok := r.scalar(n, fd, p); ok {
		m.Set(fd, v)
	}
}

// byText reads an instant or a field mask by the rules of protobuf JSON.
func (r *reader) byText(n *node, m protoreflect.Message, p *path) {
	if n.kind != text {
		r.expected(n, p, "a text")
		return
	}
	r.byJSON(n, m, p)
}

// any reads an object that says its type, which must be known to the program.
func (r *reader) any(n *node, m protoreflect.Message, p *path) {
	if n.kind != mapping || n.find("@type") == nil && len(n.members) > 0 {
		r.expected(n, p, `a mapping with "@type"`)
		return
	}
	r.byJSON(n, m, p)
}

// byJSON leaves a value to the reader of settings.
func (r *reader) byJSON(n *node, m protoreflect.Message, p *path) {
	v, ok := r.free(n, p)
	if !ok {
		return
	}
	data, err := json.Marshal(v)
	if err != nil {
		r.errorf(n.line, p, "cannot be written as JSON: %v", err)
		return
	}
	_, err = settings.Unmarshal("", data, m.Interface(), &settings.ReadOptions{Strict: true})
	if wrong := new(settings.ReadError); errors.As(err, &wrong) {
		at := p
		if wrong.Path != "" {
			at = p.field(wrong.Path)
		}
		r.errorf(n.line, at, "%s", wrong.Problem)
	} else if err != nil {
		r.errorf(n.line, p, "%v", err)
	}
}

func (r *reader) structure(n *node, m protoreflect.Message, p *path) {
	if n.kind != mapping {
		r.expected(n, p, "a mapping")
		return
	}
	fd := m.Descriptor().Fields().ByNumber(1)
	r.entries(n, m.Mutable(fd).Map(), fd, p)
}

func (r *reader) listValue(n *node, m protoreflect.Message, p *path) {
	fd := m.Descriptor().Fields().ByNumber(1)
	r.list(n, m.Mutable(fd).List(), fd, p)
}

// value reads anything into a google.protobuf.Value.
func (r *reader) value(n *node, m protoreflect.Message, p *path) {
	numbers := map[kind]protoreflect.FieldNumber{null: 1, number: 2, text: 3, boolean: 4, mapping: 5, list: 6}
	fd := m.Descriptor().Fields().ByNumber(numbers[n.kind])
	switch n.kind {
	case null:
		m.Set(fd, protoreflect.ValueOfEnum(0))
	case mapping:
		r.structure(n, m.Mutable(fd).Message(), p)
	case list:
		r.listValue(n, m.Mutable(fd).Message(), p)
	case number:
		f, exact := plainNumber(n)
		if exact {
			m.Set(fd, protoreflect.ValueOfFloat64(f))
			return
		}
		m.Set(m.Descriptor().Fields().ByNumber(numbers[text]), protoreflect.ValueOfString(textOf(n)))
	default:
		if v, ok := r.scalar(n, fd, p); ok {
			m.Set(fd, v)
		}
	}
}

// plainNumber returns the number that n is, and whether a float of a free tree
// holds it: not what is infinite, nor whole numbers of more than 53 bits.
func plainNumber(n *node) (f float64, exact bool) {
	f, ok := fraction(n)
	if !ok || math.IsInf(f, 0) || math.IsNaN(f) {
		return f, false
	}
	i, problem := whole(n)
	return f, problem != "" || i.IsInt64() && int64(f) == i.Int64() && math.Abs(f) <= 1<<53
}

// textOf is the text for a number that no float holds, as protobuf JSON has it.
func textOf(n *node) string {
	if i, problem := whole(n); problem == "" {
		return i.String()
	}
	switch f, ok := fraction(n); {
	case !ok:
		return n.text
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return n.text
}

// free returns n as encoding/json writes it.
func (r *reader) free(n *node, p *path) (any, bool) {
	if !r.on(n, p) {
		return nil, false
	}
	switch n.kind {
	case boolean:
		return n.text == "true", true
	case number:
		if f, exact := plainNumber(n); exact {
			return f, true
		}
		return textOf(n), true
	case text:
		return n.text, true
	case list:
		all := make([]any, len(n.items))
		for i, item := range n.items {
			var ok bool
			if all[i], ok = r.free(item, p.index(i)); !ok {
				return nil, false
			}
		}
		return all, true
	case mapping:
		all := make(map[string]any, len(n.members))
		for _, m := range n.members {
			v, ok := r.free(m.value, p.field(m.key))
			if !ok {
				return nil, false
			}
			all[strings.Clone(m.key)] = v
		}
		return all, true
	}
	return nil, true
}
