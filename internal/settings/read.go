package settings

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Unmarshal sets the fields of m that the JSON text data names, by the rules
// of protobuf JSON; file is for errors. Names are taken as declared and in
// camel case, 64-bit integers as strings and as numbers, spans of time also as
// [ParseSpan] reads them.
//
// What the text does not name stays as it is in m, so that a caller puts the
// defaults there first. What it does name wins, be it zero, empty or null,
// which clears the field. Lists, maps and well-known types are replaced whole,
// other messages field by field. A secret that reads "***" is left alone.
//
// Members that m has no field for are returned, unless o.Strict. An error is a
// *[ReadError]; m is then partly changed.
func Unmarshal(file string, data []byte, m proto.Message, o *ReadOptions) (*Unknown, error) {
	r := newReader(file, data, o)
	n, err := parse(data)
	if err == nil {
		err = r.outermost(n, m)
	}
	if err != nil {
		return nil, r.error(err)
	}
	return r.unknown, nil
}

// reader sets messages from nodes.
type reader struct {
	ReadOptions
	data    []byte
	unknown *Unknown
}

func newReader(file string, data []byte, o *ReadOptions) *reader {
	return &reader{ReadOptions: o.orDefault(), data: data, unknown: &Unknown{file: file, data: data}}
}

// error gives a fault its place.
func (r *reader) error(f *fault) error {
	line, column := place(r.data, f.at)
	e := &ReadError{File: r.unknown.file, Line: line, Column: column, Problem: f.problem}
	if f.path != nil {
		e.Path = rooted(r.Root, f.path)
	}
	return e
}

// outermost reads a whole message, which may say its type.
func (r *reader) outermost(n *node, m proto.Message) *fault {
	md := m.ProtoReflect().Descriptor()
	top := &path{}
	url := n.find("@type")
	if url == nil || formOf(md) == anything {
		return r.message(n, m.ProtoReflect(), top)
	}
	if name := typeName(url.text); name != md.FullName() {
		return faultf(url.at, top, "the value is of type %s, expected %s", quote(string(name)), md.FullName())
	}
	return r.typed(n, m.ProtoReflect(), top)
}

func (r *reader) message(n *node, m protoreflect.Message, p *path) *fault {
	f := formOf(m.Descriptor())
	if f != plain && (n.kind != object || f == structure || f == value || f == anything) {
		return r.known(f, n, m, p)
	}
	if f == wrapper || f == listValue {
		return r.known(f, n, m, p)
	}
	if n.kind != object {
		return faultf(n.at, p, "%s is not an object of the fields of %s", n, m.Descriptor().Name())
	}
	if f != plain && !r.Strict {
		strict := *r // what is unknown in here could not be written again
		strict.Strict = true
		r = &strict
	}
	return r.fields(n, m, p, "")
}

// fields reads the members of an object into fields, except one called skip.
func (r *reader) fields(n *node, m protoreflect.Message, p *path, skip string) *fault {
	seen := map[protoreflect.FieldNumber]bool{}
	var given map[protoreflect.OneofDescriptor]string
	for i := range n.members {
		mem := &n.members[i]
		if skip != "" && mem.name == skip {
			continue
		}
		fd := r.find(m.Descriptor(), mem.name)
		if fd == nil {
			if err := r.keep(mem, m.Descriptor(), p); err != nil {
				return err
			}
			continue
		}
		here := p.field(fd.TextName())
		if seen[fd.Number()] {
			return faultf(mem.at, here, "the field is given twice, once as %s", quote(mem.name))
		}
		seen[fd.Number()] = true
		if od := fd.ContainingOneof(); od != nil && !od.IsSynthetic() && (mem.value.kind != null || isValueOrNull(fd)) {
			if other, ok := given[od]; ok {
				return faultf(mem.at, here, "cannot be given together with %s", other)
			}
			if given == nil {
				given = map[protoreflect.OneofDescriptor]string{}
			}
			given[od] = fd.TextName()
		}
		if err := r.field(&mem.value, m, fd, here); err != nil {
			return err
		}
	}
	return nil
}

// find returns the field that a member names in one of the two spellings.
func (r *reader) find(md protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if fd := md.Fields().ByTextName(name); fd != nil {
		return fd
	}
	if fd := md.Fields().ByJSONName(name); fd != nil {
		return fd
	}
	if len(name) > 2 && name[0] == '[' && name[len(name)-1] == ']' {
		full := protoreflect.FullName(name[1 : len(name)-1])
		if !full.IsValid() {
			return nil
		}
		xt, err := r.Types.FindExtensionByName(full)
		if err == nil && xt.TypeDescriptor().ContainingMessage().FullName() == md.FullName() {
			return xt.TypeDescriptor()
		}
	}
	return nil
}

// keep puts a member aside that no field is declared for.
func (r *reader) keep(mem *member, md protoreflect.MessageDescriptor, p *path) *fault {
	here := p.field(mem.name)
	near := didYouMean(mem.name, "", fieldNames(md))
	if r.Strict {
		return faultf(mem.at, here, "no such field%s", near)
	}
	r.unknown.keep(p, unknown{member: *mem, path: rooted(r.Root, here), near: near})
	return nil
}

func fieldNames(md protoreflect.MessageDescriptor) []string {
	var names []string
	for i := range md.Fields().Len() {
		names = append(names, md.Fields().Get(i).TextName())
	}
	return names
}
