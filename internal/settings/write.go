package settings

import (
	"cmp"
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Marshal returns m as JSON text by the rules of protobuf JSON, with a newline
// at the end. The same message gives the same bytes always: members in the
// order of declaration under their declared names, keys of maps sorted, four
// blanks a level. Numbers of fields that can hold fractions show a point.
//
// Marshal never fails. A value of an unknown type inside of an Any is written
// as {"@type": ..., "@unresolved": base64}, and a span or an instant out of
// range as an object of its fields; [Unmarshal] reads both.
func Marshal(m proto.Message, o *WriteOptions) []byte {
	w := newWriter(o)
	w.outermost(m)
	return w.done()
}

// writer prints messages.
type writer struct {
	WriteOptions
	printer
}

func newWriter(o *WriteOptions) *writer {
	w := &writer{WriteOptions: o.orDefault()}
	w.printer.compact = w.Compact
	return w
}

func (w *writer) done() []byte {
	if !w.Compact {
		w.out = append(w.out, '\n')
	}
	return w.out
}

func (w *writer) outermost(m proto.Message) {
	r := m.ProtoReflect()
	if w.Typed && formOf(r.Descriptor()) != anything {
		w.typed(typePrefix+string(r.Descriptor().FullName()), r, nil)
		return
	}
	w.message(r, nil)
}

func (w *writer) message(m protoreflect.Message, p *path) {
	if f := formOf(m.Descriptor()); f != plain && w.known(f, m, p) {
		return
	}
	w.begin('{')
	w.fields(m, p)
	w.end('}')
}

// fields writes the members of an object that is open.
func (w *writer) fields(m protoreflect.Message, p *path) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		w.field(m, fields.Get(i), p)
	}
	if m.Descriptor().ExtensionRanges().Len() > 0 {
		var extensions []protoreflect.FieldDescriptor
		m.Range(func(fd protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
			if fd.IsExtension() {
				extensions = append(extensions, fd)
			}
			return true
		})
		slices.SortFunc(extensions, func(a, b protoreflect.FieldDescriptor) int {
			return cmp.Compare(a.FullName(), b.FullName())
		})
		for _, fd := range extensions {
			w.field(m, fd, p)
		}
	}
	w.kept(w.Keep.at(p))
}

// kept writes members without a field. Whether one was a secret is not known.
func (w *writer) kept(members []unknown) {
	for i := range members {
		w.member(members[i].name)
		if w.Redact {
			w.printer.text(redacted)
			continue
		}
		w.node(&members[i].value)
	}
}

func (w *writer) field(m protoreflect.Message, fd protoreflect.FieldDescriptor, p *path) {
	name := fd.TextName()
	switch {
	case m.Has(fd):
		w.member(name)
		if w.Redact && isSecret(fd) {
			w.printer.text(redacted)
			return
		}
		w.fieldValue(fd, m.Get(fd), p.field(name))
	case !w.AllFields:
	case !fd.HasPresence():
		w.member(name)
		w.fieldValue(fd, m.Get(fd), p.field(name))
	case isValueOrNull(fd):
		// Null would be a value of it.
	case fd.ContainingOneof() == nil || m.WhichOneof(fd.ContainingOneof()) == nil:
		w.member(name)
		w.raw("null")
	}
}

func (w *writer) fieldValue(fd protoreflect.FieldDescriptor, v protoreflect.Value, p *path) {
	switch {
	case fd.IsList():
		w.begin('[')
		for i := range v.List().Len() {
			w.item()
			w.single(fd, v.List().Get(i), p.index(i))
		}
		w.end(']')
	case fd.IsMap():
		w.mapField(fd, v.Map(), p)
	default:
		w.single(fd, v, p)
	}
}

func (w *writer) mapField(fd protoreflect.FieldDescriptor, m protoreflect.Map, p *path) {
	w.begin('{')
	for _, k := range sortedKeys(m) {
		w.member(k.String())
		w.single(fd.MapValue(), m.Get(k), p.key(k.String()))
	}
	w.end('}')
}

// sortedKeys returns the keys of a map: numbers by size, texts by their bytes,
// false before true.
func sortedKeys(m protoreflect.Map) []protoreflect.MapKey {
	var keys []protoreflect.MapKey
	m.Range(func(k protoreflect.MapKey, _ protoreflect.Value) bool {
		keys = append(keys, k)
		return true
	})
	slices.SortFunc(keys, func(a, b protoreflect.MapKey) int {
		switch a.Interface().(type) {
		case int32, int64:
			return cmp.Compare(a.Int(), b.Int())
		case uint32, uint64:
			return cmp.Compare(a.Uint(), b.Uint())
		default:
			return cmp.Compare(a.String(), b.String())
		}
	})
	return keys
}

// single writes one value of a field that may hold many.
func (w *writer) single(fd protoreflect.FieldDescriptor, v protoreflect.Value, p *path) {
	if fd.Message() != nil {
		w.message(v.Message(), p)
		return
	}
	switch fd.Kind() {
	case protoreflect.StringKind:
		w.printer.text(v.String())
	case protoreflect.BytesKind:
		w.printer.text(base64.StdEncoding.EncodeToString(v.Bytes()))
	case protoreflect.EnumKind:
		w.enum(fd, v.Enum())
	case protoreflect.FloatKind:
		w.raw(formatFloat(v.Float(), 32, true))
	case protoreflect.DoubleKind:
		w.raw(formatFloat(v.Float(), 64, true))
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind,
		protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		w.printer.text(v.String())
	default:
		w.raw(v.String())
	}
}

func (w *writer) enum(fd protoreflect.FieldDescriptor, n protoreflect.EnumNumber) {
	if isNullEnum(fd) {
		w.raw("null")
		return
	}
	if ev := fd.Enum().Values().ByNumber(n); ev != nil {
		w.printer.text(string(ev.Name()))
		return
	}
	w.raw(strconv.Itoa(int(n)))
}

// formatFloat returns the shortest text that reads back as f: a JSON number,
// or a name in quotes where JSON has none. With point, a whole number has one.
func formatFloat(f float64, bits int, point bool) string {
	switch {
	case math.IsNaN(f):
		return `"NaN"`
	case math.IsInf(f, 1):
		return `"Infinity"`
	case math.IsInf(f, -1):
		return `"-Infinity"`
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	s := strconv.FormatFloat(f, format, -1, bits)
	if point && !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}
