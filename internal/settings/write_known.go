package settings

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// typePrefix stands before the name of a type in an Any.
const typePrefix = "type.googleapis.com/"

// First and last second of a google.protobuf.Timestamp: the years 1 to 9999.
const (
	firstSecond = -62135596800
	lastSecond  = 253402300799
)

// known writes a message that has a form of its own, and reports whether this
// value fits that form.
func (w *writer) known(f form, m protoreflect.Message, p *path) bool {
	fields := m.Descriptor().Fields()
	one := fields.ByNumber(1)
	switch f {
	case wrapper:
		w.single(one, m.Get(one), p)
	case duration:
		return w.duration(m.Get(one).Int(), int32(m.Get(fields.ByNumber(2)).Int()))
	case timestamp:
		return w.timestamp(m.Get(one).Int(), int32(m.Get(fields.ByNumber(2)).Int()))
	case fieldMask:
		return w.fieldMask(m.Get(one).List())
	case structure:
		w.mapField(one, m.Get(one).Map(), p)
	case listValue:
		w.fieldValue(one, m.Get(one), p)
	case value:
		w.value(m, p)
	case anything:
		w.any(m, p)
	}
	return true
}

func (w *writer) duration(seconds int64, nanos int32) bool {
	if seconds > maxSpanSeconds || seconds < -maxSpanSeconds || nanos >= 1e9 || nanos <= -1e9 ||
		seconds > 0 && nanos < 0 || seconds < 0 && nanos > 0 {
		return false
	}
	sign := ""
	if seconds < 0 || nanos < 0 {
		sign, seconds, nanos = "-", -seconds, -nanos
	}
	w.raw(fmt.Sprintf(`"%s%d%ss"`, sign, seconds, formatNanos(nanos)))
	return true
}

func (w *writer) timestamp(seconds int64, nanos int32) bool {
	if seconds < firstSecond || seconds > lastSecond || nanos < 0 || nanos >= 1e9 {
		return false
	}
	at := time.Unix(seconds, 0).UTC().Format("2006-01-02T15:04:05")
	w.raw(`"` + at + formatNanos(nanos) + `Z"`)
	return true
}

// formatNanos returns a fraction of a second in 0, 3, 6 or 9 digits.
func formatNanos(nanos int32) string {
	if nanos == 0 {
		return ""
	}
	s := fmt.Sprintf(".%09d", nanos)
	s = strings.TrimSuffix(s, "000")
	return strings.TrimSuffix(s, "000")
}

func (w *writer) fieldMask(paths protoreflect.List) bool {
	var out []string
	for i := range paths.Len() {
		s, ok := camel(paths.Get(i).String())
		if !ok {
			return false
		}
		out = append(out, s)
	}
	w.printer.text(strings.Join(out, ","))
	return true
}

// camel returns a path of a field mask as JSON writes it, if that can be
// undone.
func camel(s string) (string, bool) {
	var b strings.Builder
	up := false
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z' || c == ',' || up && (c < 'a' || c > 'z'):
			return "", false
		case c == '_':
			up = true
			continue
		case up:
			c -= 'a' - 'A'
			up = false
		}
		b.WriteByte(c)
	}
	return b.String(), !up && s != ""
}

// value writes a google.protobuf.Value.
func (w *writer) value(m protoreflect.Message, p *path) {
	fd := m.WhichOneof(m.Descriptor().Fields().ByNumber(1).ContainingOneof())
	switch {
	case fd == nil:
		w.raw("null")
	case fd.Kind() == protoreflect.DoubleKind:
		w.raw(formatFloat(m.Get(fd).Float(), 64, false))
	default:
		w.single(fd, m.Get(fd), p)
	}
}

// any writes a google.protobuf.Any with the fields of what is in it.
func (w *writer) any(m protoreflect.Message, p *path) {
	fields := m.Descriptor().Fields()
	url := m.Get(fields.ByNumber(1)).String()
	data := m.Get(fields.ByNumber(2)).Bytes()
	if url == "" && len(data) == 0 {
		w.raw("{}")
		return
	}
	if mt, err := w.Types.FindMessageByURL(url); err == nil {
		inner := mt.New()
		o := proto.UnmarshalOptions{AllowPartial: true, Resolver: w.Types}
		if o.Unmarshal(data, inner.Interface()) == nil {
			w.typed(url, inner, p)
			return
		}
	}
	w.begin('{')
	w.member("@type")
	w.printer.text(url)
	w.member("@unresolved")
	w.printer.text(base64.StdEncoding.EncodeToString(data))
	w.end('}')
}

// typed writes m and, before its fields, the name of its type.
func (w *writer) typed(url string, m protoreflect.Message, p *path) {
	w.begin('{')
	w.member("@type")
	w.printer.text(url)
	if formOf(m.Descriptor()) == plain {
		w.fields(m, p)
	} else {
		w.member("value")
		w.message(m, p)
	}
	w.end('}')
}
