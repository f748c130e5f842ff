package settings

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// known reads a message that has a form of its own in JSON.
func (r *reader) known(f form, n *node, m protoreflect.Message, p *path) *fault {
	fields := m.Descriptor().Fields()
	one := fields.ByNumber(1)
	switch f {
	case wrapper:
		v, err := r.scalar(n, one, p)
		if err == nil {
			m.Set(one, v)
		}
		return err
	case structure:
		return r.mapField(n, m, one, p)
	case listValue:
		return r.list(n, m, one, p)
	case value:
		return r.value(n, m, p)
	case anything:
		return r.any(n, m, p)
	}
	if n.kind != text && (n.kind != number || f != duration) {
		return faultf(n.at, p, "%s is not a text in quotes", n)
	}
	if problem := parseKnown(f, n.text, m); problem != "" {
		return faultf(n.at, p, "%s %s", n, problem)
	}
	return nil
}

// parseKnown sets a span, an instant or a field mask from its text.
func parseKnown(f form, s string, m protoreflect.Message) (problem string) {
	fields := m.Descriptor().Fields()
	one, two := fields.ByNumber(1), fields.ByNumber(2)
	switch f {
	case duration:
		seconds, nanos, err := parseSpan(s)
		if err != nil {
			return err.Error()
		}
		m.Set(one, protoreflect.ValueOfInt64(seconds))
		m.Set(two, protoreflect.ValueOfInt32(nanos))
	case timestamp:
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil || strings.Contains(s, ",") {
			return "is not an instant, such as 2006-01-02T15:04:05Z"
		}
		if t.Unix() < firstSecond || t.Unix() > lastSecond {
			return "is out of range for an instant (the years 1 to 9999)"
		}
		m.Set(one, protoreflect.ValueOfInt64(t.Unix()))
		m.Set(two, protoreflect.ValueOfInt32(int32(t.Nanosecond())))
	case fieldMask:
		v := m.NewField(one)
		for path := range strings.SplitSeq(s, ",") {
			if s == "" {
				break
			}
			snake, ok := snakeCase(path)
			if !ok {
				return fmt.Sprintf("has no path of fields in %s", quote(path))
			}
			v.List().Append(protoreflect.ValueOfString(snake))
		}
		m.Set(one, v)
	}
	return ""
}

// snakeCase undoes camel, and leaves a name as it is that has underscores.
func snakeCase(s string) (string, bool) {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z':
			b.WriteByte('_')
			c += 'a' - 'A'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '_', c == '.':
		default:
			return "", false
		}
		b.WriteByte(c)
	}
	return b.String(), s != ""
}

// value reads any JSON into a google.protobuf.Value.
func (r *reader) value(n *node, m protoreflect.Message, p *path) *fault {
	fields := m.Descriptor().Fields()
	numbers := map[kind]protoreflect.FieldNumber{null: 1, number: 2, text: 3, boolean: 4, object: 5, list: 6}
	fd := fields.ByNumber(numbers[n.kind])
	switch n.kind {
	case null:
		m.Set(fd, protoreflect.ValueOfEnum(0))
	case object, list:
		return r.message(n, m.Mutable(fd).Message(), p)
	default:
		v, err := r.scalar(n, fd, p)
		if err != nil {
			return err
		}
		m.Set(fd, v)
	}
	return nil
}

// any reads a google.protobuf.Any: its type and the fields of that type.
func (r *reader) any(n *node, m protoreflect.Message, p *path) *fault {
	fields := m.Descriptor().Fields()
	m.Clear(fields.ByNumber(1))
	m.Clear(fields.ByNumber(2))
	if n.kind != object {
		return faultf(n.at, p, `%s is not an object that begins with "@type"`, n)
	}
	if len(n.members) == 0 {
		return nil
	}
	url := n.find("@type")
	if url == nil || url.kind != text || url.text == "" {
		return faultf(n.at, p, `the object has no "@type"`)
	}
	var data []byte
	if raw := n.find("@unresolved"); raw != nil {
		b, ok := decodeBase64(raw.text)
		if !ok || raw.kind != text {
			return faultf(raw.at, p.field("@unresolved"), "%s is not base64 in quotes", raw)
		}
		data = b
	} else {
		name := typeName(url.text)
		mt, err := r.Types.FindMessageByURL(string(name))
		if err != nil {
			return faultf(url.at, p.field("@type"), "%s is not a type known here", quote(string(name)))
		}
		inner := mt.New()
		if err := r.typed(n, inner, p); err != nil {
			return err
		}
		data, err = proto.MarshalOptions{AllowPartial: true, Deterministic: true}.Marshal(inner.Interface())
		if err != nil {
			return faultf(n.at, p, "the value cannot be encoded: %v", err)
		}
	}
	full := url.text
	if !strings.Contains(full, "/") {
		full = typePrefix + full
	}
	m.Set(fields.ByNumber(1), protoreflect.ValueOfString(full))
	m.Set(fields.ByNumber(2), protoreflect.ValueOfBytes(data))
	return nil
}

// typed reads an object that has "@type" beside the fields of m.
func (r *reader) typed(n *node, m protoreflect.Message, p *path) *fault {
	if formOf(m.Descriptor()) == plain {
		return r.fields(n, m, p, "@type")
	}
	v := n.find("value")
	if v == nil {
		return faultf(n.at, p, `the object has no "value"`)
	}
	return r.message(v, m, p)
}

// typeName returns the name of a type without what stands before the slash.
func typeName(url string) protoreflect.FullName {
	return protoreflect.FullName(url[strings.LastIndexByte(url, '/')+1:])
}
