package settings

import (
	"fmt"
	"os"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// assigner sets fields from the texts of arguments and variables.
type assigner struct {
	types   Resolver
	secrets bool // secret fields may be set
}

// assign sets the field of l in m. The first text for a list or a map replaces
// it, more are added. The problem reads well after the name of the argument; it
// is empty if all is well, and otherwise the field is as it was.
func (a *assigner) assign(m protoreflect.Message, l *leaf, s string, first bool) (problem string) {
	fd, old := l.field(), protoreflect.Value{}
	if !first {
		old = l.reader(m).Get(fd)
	}
	v, problem := a.parse(fd, s, old, func() protoreflect.Value { return l.reader(m).NewField(fd) })
	switch {
	case problem != "":
		return problem
	case !v.IsValid():
		l.holder(m).Clear(fd)
	default:
		l.holder(m).Set(fd, v)
	}
	return ""
}

// parse returns the value that s stands for, or an invalid one if it stands
// for none. What old holds is kept in lists and maps.
func (a *assigner) parse(fd protoreflect.FieldDescriptor, s string, old protoreflect.Value, fresh func() protoreflect.Value) (v protoreflect.Value, problem string) {
	switch {
	case s == "null" && nullClears(fd):
		return v, ""
	case fd.IsList():
		v = fresh()
		if old.IsValid() {
			for i := range old.List().Len() {
				v.List().Append(old.List().Get(i))
			}
		}
		return v, a.list(fd, s, v.List())
	case fd.IsMap():
		v = fresh()
		if old.IsValid() {
			old.Map().Range(func(k protoreflect.MapKey, item protoreflect.Value) bool {
				v.Map().Set(k, item)
				return true
			})
		}
		return v, a.mapField(fd, s, v.Map())
	case fd.Message() != nil:
		v = fresh()
		return v, a.message(s, v.Message())
	default:
		return a.scalar(fd, s)
	}
}

// nullClears reports whether null means that the field is not set: it can be,
// and null is not a value that it takes.
func nullClears(fd protoreflect.FieldDescriptor) bool {
	if !fd.HasPresence() || isValueOrNull(fd) {
		return false
	}
	if md := fd.Message(); md != nil && formOf(md) == wrapper {
		fd = md.Fields().ByNumber(1)
	}
	switch fd.Kind() {
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.EnumKind:
		return false
	}
	return fd.Message() == nil || formOf(fd.Message()) != fieldMask
}

// list adds one item, or those of a JSON list.
func (a *assigner) list(fd protoreflect.FieldDescriptor, s string, to protoreflect.List) (problem string) {
	if strings.HasPrefix(s, "[") {
		return a.json(s, func(r *reader, n *node) *fault {
			if n.kind != list {
				return faultf(n.at, nil, "%s is not a list", n)
			}
			return r.items(n, to, fd, nil)
		})
	}
	v, problem := a.item(fd, s, to.NewElement)
	if problem == "" {
		to.Append(v)
	}
	return problem
}

// mapField adds one key=value, or the members of a JSON object.
func (a *assigner) mapField(fd protoreflect.FieldDescriptor, s string, to protoreflect.Map) (problem string) {
	if strings.HasPrefix(s, "{") {
		return a.json(s, func(r *reader, n *node) *fault { return r.entries(n, to, fd, nil) })
	}
	k, s, ok := strings.Cut(s, "=")
	if !ok {
		return quote(k) + " is not key=value"
	}
	key, problem := parseScalar(fd.MapKey(), k)
	if problem != "" {
		return "the key " + quote(k) + " " + problem
	}
	v, problem := a.item(fd.MapValue(), s, to.NewValue)
	if problem == "" {
		to.Set(key.MapKey(), v)
	}
	return problem
}

// item returns one item of a list or one value of a map.
func (a *assigner) item(fd protoreflect.FieldDescriptor, s string, fresh func() protoreflect.Value) (v protoreflect.Value, problem string) {
	if fd.Message() == nil {
		return a.scalar(fd, s)
	}
	v = fresh()
	return v, a.message(s, v.Message())
}

func (a *assigner) message(s string, m protoreflect.Message) (problem string) {
	switch f := formOf(m.Descriptor()); f {
	case wrapper:
		fd := m.Descriptor().Fields().ByNumber(1)
		v, problem := a.scalar(fd, s)
		if problem == "" {
			m.Set(fd, v)
		}
		return problem
	case duration, timestamp, fieldMask:
		if problem := parseKnown(f, s, m); problem != "" {
			return quote(s) + " " + problem
		}
		return ""
	default:
		return a.json(s, func(r *reader, n *node) *fault { return r.message(n, m, nil) })
	}
}

func (a *assigner) scalar(fd protoreflect.FieldDescriptor, s string) (v protoreflect.Value, problem string) {
	if file, ok := strings.CutPrefix(s, "@"); ok && fd.Kind() == protoreflect.BytesKind {
		data, err := os.ReadFile(file)
		if err != nil {
			return v, err.Error()
		}
		return protoreflect.ValueOfBytes(data), ""
	}
	v, problem = parseScalar(fd, s)
	if problem != "" {
		problem = quote(s) + " " + problem
	}
	return v, problem
}

// json parses s and hands the outcome to read.
func (a *assigner) json(s string, read func(*reader, *node) *fault) (problem string) {
	o := &ReadOptions{Strict: true, Types: a.types, noSecrets: !a.secrets}
	r := newReader("", []byte(s), o)
	n, err := parse(r.data)
	if err != nil {
		_, column := place(r.data, err.at)
		what := quote(s)
		if a.secrets {
			what = "the value" // which may hold one
		}
		return fmt.Sprintf("%s is not JSON: at character %d: %s", what, column, err.problem)
	}
	if err := read(r, n); err != nil {
		if p := err.path.String(); p != "" {
			return p + ": " + err.problem
		}
		return err.problem
	}
	return ""
}
