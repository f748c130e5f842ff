package settings

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

// field reads one field, whatever it holds. An error about a secret does not
// tell it.
func (r *reader) field(n *node, m protoreflect.Message, fd protoreflect.FieldDescriptor, p *path) *fault {
	err := r.content(n, m, fd, p)
	if err != nil && !r.noSecrets && isSecret(fd) {
		return faultf(n.at, p, "the value does not fit the type %s of this secret", typeText(fd))
	}
	return err
}

func (r *reader) content(n *node, m protoreflect.Message, fd protoreflect.FieldDescriptor, p *path) *fault {
	if isSecretText(n) && isSecret(fd) {
		return nil
	}
	if r.noSecrets && isSecret(fd) {
		return faultf(n.at, p, "is secret and may not be given in an argument")
	}
	if n.kind == null && !isValueOrNull(fd) {
		m.Clear(fd)
		return nil
	}
	switch {
	case fd.IsList():
		return r.list(n, m, fd, p)
	case fd.IsMap():
		return r.mapField(n, m, fd, p)
	case fd.Message() == nil:
		v, err := r.scalar(n, fd, p)
		if err == nil {
			m.Set(fd, v)
		}
		return err
	case formOf(fd.Message()) != plain:
		v := m.NewField(fd)
		if err := r.message(n, v.Message(), p); err != nil {
			return err
		}
		m.Set(fd, v)
		return nil
	default:
		return r.message(n, m.Mutable(fd).Message(), p)
	}
}

// isSecretText reports whether n is what stands in place of a secret.
func isSecretText(n *node) bool { return n.kind == text && n.text == redacted }

func (r *reader) list(n *node, m protoreflect.Message, fd protoreflect.FieldDescriptor, p *path) *fault {
	if n.kind != list {
		return faultf(n.at, p, "%s is not a list", n)
	}
	v := m.NewField(fd)
	if err := r.items(n, v.List(), fd, p); err != nil {
		return err
	}
	m.Set(fd, v)
	return nil
}

// items appends the items of n to a list.
func (r *reader) items(n *node, l protoreflect.List, fd protoreflect.FieldDescriptor, p *path) *fault {
	for i := range n.items {
		v, err := r.single(&n.items[i], l.NewElement, fd, p.index(i))
		if err != nil {
			return err
		}
		l.Append(v)
	}
	return nil
}

func (r *reader) mapField(n *node, m protoreflect.Message, fd protoreflect.FieldDescriptor, p *path) *fault {
	if n.kind != object {
		return faultf(n.at, p, "%s is not an object of keys and values", n)
	}
	v := m.NewField(fd)
	if err := r.entries(n, v.Map(), fd, p); err != nil {
		return err
	}
	m.Set(fd, v)
	return nil
}

// entries puts the members of n into a map.
func (r *reader) entries(n *node, to protoreflect.Map, fd protoreflect.FieldDescriptor, p *path) *fault {
	for i := range n.members {
		mem := &n.members[i]
		here := p.key(mem.name)
		key, problem := parseScalar(fd.MapKey(), mem.name)
		if problem != "" {
			return faultf(mem.at, here, "the key %s %s", quote(mem.name), problem)
		}
		v, err := r.single(&mem.value, to.NewValue, fd.MapValue(), here)
		if err != nil {
			return err
		}
		to.Set(key.MapKey(), v)
	}
	return nil
}

// single reads one item of a list or one value of a map.
func (r *reader) single(n *node, make func() protoreflect.Value, fd protoreflect.FieldDescriptor, p *path) (protoreflect.Value, *fault) {
	if fd.Message() == nil {
		return r.scalar(n, fd, p)
	}
	v := make()
	return v, r.message(n, v.Message(), p)
}

// scalar reads a number, truth, name or text.
func (r *reader) scalar(n *node, fd protoreflect.FieldDescriptor, p *path) (v protoreflect.Value, _ *fault) {
	problem := "is not " + expects(fd)
	switch fd.Kind() {
	case protoreflect.BoolKind:
		if n.kind == boolean {
			return protoreflect.ValueOfBool(n.text == "true"), nil
		}
		if n.kind == text {
			problem += " without quotes"
		}
	case protoreflect.StringKind, protoreflect.BytesKind:
		if n.kind == text {
			v, problem = parseScalar(fd, n.text)
		}
	case protoreflect.EnumKind:
		if n.kind == null && isNullEnum(fd) {
			return protoreflect.ValueOfEnum(0), nil
		}
		if n.kind == text || n.kind == number {
			v, problem = parseScalar(fd, n.text)
		}
	default:
		if n.kind == text || n.kind == number {
			v, problem = parseScalar(fd, n.text)
		}
	}
	if problem != "" {
		return v, faultf(n.at, p, "%s %s", n, problem)
	}
	return v, nil
}

// expects names what a field takes, for an error.
func expects(fd protoreflect.FieldDescriptor) string {
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return "true or false"
	case protoreflect.StringKind:
		return "a text in quotes"
	case protoreflect.BytesKind:
		return "base64 in quotes"
	case protoreflect.EnumKind:
		return "a name of " + string(fd.Enum().Name()) + " in quotes"
	default:
		return "a number"
	}
}
