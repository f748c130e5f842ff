package settings

import (
	"cmp"
	"slices"

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
