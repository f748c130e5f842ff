package planfile

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/internal/settings"
)

// reader sets messages from nodes, and goes on behind what is wrong.
type reader struct {
	file   string
	visits int // values that may still be read
	wrong  Errors
}

// reading returns a reader for a tree of a text so long.
func reading(file string, size int) *reader {
	return &reader{file: file, visits: size + expandMost}
}

// failure returns what was wrong, or nil.
func (r *reader) failure() error {
	if len(r.wrong) == 0 {
		return nil
	}
	slices.SortStableFunc(r.wrong, func(a, b *Error) int { return a.Line - b.Line })
	return r.wrong
}

func (r *reader) errorf(line int, p *path, format string, args ...any) {
	if len(r.wrong) < errorsMost {
		r.wrong = append(r.wrong, &Error{File: r.file, Line: line, Path: p.String(), Problem: fmt.Sprintf(format, args...)})
	}
}

// expected says that n is of the wrong kind.
func (r *reader) expected(n *node, p *path, what string) {
	r.errorf(n.line, p, "expected %s, got %s", what, n)
}

// on reports whether to read on: not after too many values.
func (r *reader) on(n *node, p *path) bool {
	if r.visits--; r.visits == 0 {
		r.errorf(n.line, p, "aliases stand for more than %d values: write fewer", expandMost)
	}
	return r.visits > 0
}

// message reads a message in its own form, a short one, or as its fields.
func (r *reader) message(n *node, m protoreflect.Message, p *path) {
	if !r.on(n, p) {
		return
	}
	if n.kind != mapping && r.short(n, m, p) {
		return
	}
	if read, ok := wellKnown[m.Descriptor().FullName()]; ok {
		read(r, n, m, p)
		return
	}
	if n.kind != mapping {
		r.expected(n, p, formsOf(m.Descriptor()))
		return
	}
	r.fields(n, m, p)
}

func (r *reader) fields(n *node, m protoreflect.Message, p *path) {
	lines := make([]int, m.Descriptor().Fields().Len()) // of the fields that were met
	for _, member := range n.members {
		fd := fieldOf(m.Descriptor(), member.key)
		if fd == nil {
			r.unknown(&member, m.Descriptor(), p)
			continue
		}
		here := p.field(fd.TextName())
		if before := lines[fd.Index()]; before > 0 {
			r.errorf(member.line, here, "given twice, first in line %d: keep one", before)
			continue
		}
		lines[fd.Index()] = max(member.line, 1)
		if od := fd.ContainingOneof(); od != nil && !od.IsSynthetic() && (member.value.kind != null || takesNull(fd)) {
			if before := m.WhichOneof(od); before != nil && lines[before.Index()] > 0 {
				r.errorf(member.line, here, "%s and %s (line %d) cannot both be given: keep one", fd.TextName(), before.TextName(), lines[before.Index()])
				continue
			}
		}
		r.field(member.value, m, fd, here)
	}
}

// fieldOf finds a field by its declared name, with - or _, or in camel case.
func fieldOf(md protoreflect.MessageDescriptor, key string) protoreflect.FieldDescriptor {
	fields := md.Fields()
	if fd := fields.ByTextName(key); fd != nil {
		return fd
	}
	if fd := fields.ByJSONName(key); fd != nil {
		return fd
	}
	return fields.ByTextName(strings.ReplaceAll(key, "-", "_"))
}

func (r *reader) unknown(m *member, md protoreflect.MessageDescriptor, p *path) {
	var names []string
	for i := range md.Fields().Len() {
		names = append(names, md.Fields().Get(i).TextName())
	}
	here := p.field(m.key)
	switch near, ok := settings.Nearest(m.key, names); {
	case ok:
		r.errorf(m.line, here, "no such field (did you mean %s?)", near)
	case len(names) == 0:
		r.errorf(m.line, here, "no such field, and there is none: leave it out")
	default:
		r.errorf(m.line, here, "no such field: there are %s", strings.Join(names, ", "))
	}
}

func (r *reader) field(n *node, m protoreflect.Message, fd protoreflect.FieldDescriptor, p *path) {
	switch {
	case n.kind == null && !takesNull(fd):
		m.Clear(fd)
	case fd.IsMap():
		r.entries(n, m.Mutable(fd).Map(), fd, p)
	case fd.IsList():
		r.list(n, m.Mutable(fd).List(), fd, p)
	case fd.Message() != nil:
		r.message(n, m.Mutable(fd).Message(), p)
	default:
		if v, ok := r.scalar(n, fd, p); ok {
			m.Set(fd, v)
		}
	}
}

// takesNull reports whether null is a value of the field, and does not clear it.
func takesNull(fd protoreflect.FieldDescriptor) bool {
	switch {
	case fd.Cardinality() == protoreflect.Repeated:
		return false
	case fd.Message() != nil:
		return fd.Message().FullName() == "google.protobuf.Value"
	}
	return isNullEnum(fd.Enum())
}

func isNullEnum(ed protoreflect.EnumDescriptor) bool {
	return ed != nil && ed.FullName() == "google.protobuf.NullValue"
}

func (r *reader) list(n *node, l protoreflect.List, fd protoreflect.FieldDescriptor, p *path) {
	if n.kind != list {
		if n.kind == mapping {
			r.expected(n, p, "a list")
			return
		}
		r.errorf(n.line, p, "expected a list, got %s: write [%s]", n, clip(n.text))
		return
	}
	for i, item := range n.items {
		if !r.on(item, p) {
			return
		}
		here := p.index(i)
		if fd.Message() != nil {
			r.message(item, l.AppendMutable().Message(), here)
		} else if v, ok := r.scalar(item, fd, here); ok {
			l.Append(v)
		}
	}
}

// entries reads a field that is a map.
func (r *reader) entries(n *node, m protoreflect.Map, fd protoreflect.FieldDescriptor, p *path) {
	if n.kind != mapping {
		r.expected(n, p, "a mapping")
		return
	}
	value := fd.MapValue()
	for _, member := range n.members {
		if !r.on(member.value, p) {
			return
		}
		here := p.field(member.key)
		if member.first > 0 {
			r.errorf(member.line, here, "given twice, first in line %d: keep one", member.first)
			continue
		}
		key, ok := r.scalar(&node{kind: text, text: member.key, line: member.line}, fd.MapKey(), here)
		if !ok {
			continue
		}
		if value.Message() != nil {
			r.message(member.value, m.Mutable(key.MapKey()).Message(), here)
		} else if v, ok := r.scalar(member.value, value, here); ok {
			m.Set(key.MapKey(), v)
		}
	}
}
