package journal

import (
	"encoding/base64"
	"strconv"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// AppendEvent appends the event to line as one line of JSON without its newline, and
// returns the extended line. It is the JSON of protobuf with the names of the
// message's fields, and [Parse] reads it back. Bytes that are no UTF-8 become U+FFFD.
// Messages in an Any are not looked into, so no type needs to be known. The error is
// that of a number in a plan that JSON does not know, such as NaN.
func AppendEvent(line []byte, e *schedulepb.Event) ([]byte, error) {
	o := object{line: append(line, '{')}
	o.text("run", e.GetRun())
	o.uint64("sequence", e.GetSequence())
	o.uint64("parent", e.GetParent())
	o.text("job", e.GetJob())
	o.number("attempt", int64(e.GetAttempt()))
	o.time("time", e.GetTime())
	o.duration("since", e.GetSince())
	o.kind(e)
	return append(o.line, '}'), o.err
}

// object appends the fields of a JSON object to a line. Fields that are zero are left
// out, as protobuf does.
type object struct {
	line []byte
	err  error
}

func (o *object) name(name string) {
	if o.line[len(o.line)-1] != '{' {
		o.line = append(o.line, ',')
	}
	o.line = append(o.line, '"')
	o.line = append(o.line, name...)
	o.line = append(o.line, '"', ':')
}

func (o *object) text(name, value string) {
	if value != "" {
		o.name(name)
		o.line = appendText(o.line, value)
	}
}

// plain is a text that needs no escapes.
func (o *object) plain(name, value string) {
	if value != "" {
		o.name(name)
		o.line = append(o.line, '"')
		o.line = append(o.line, value...)
		o.line = append(o.line, '"')
	}
}

func (o *object) number(name string, value int64) {
	if value != 0 {
		o.present(name, value)
	}
}

// present is a number that is written even if it is 0.
func (o *object) present(name string, value int64) {
	o.name(name)
	o.line = strconv.AppendInt(o.line, value, 10)
}

// int64 and uint64 are texts in JSON, whose numbers are not that exact.
func (o *object) int64(name string, value int64) {
	if value != 0 {
		o.name(name)
		o.line = append(strconv.AppendInt(append(o.line, '"'), value, 10), '"')
	}
}

func (o *object) uint64(name string, value uint64) {
	if value != 0 {
		o.name(name)
		o.line = append(strconv.AppendUint(append(o.line, '"'), value, 10), '"')
	}
}

func (o *object) flag(name string, value bool) {
	if value {
		o.name(name)
		o.line = append(o.line, "true"...)
	}
}

func (o *object) bytes(name string, value []byte) {
	if len(value) > 0 {
		o.name(name)
		o.line = append(base64.StdEncoding.AppendEncode(append(o.line, '"'), value), '"')
	}
}

// enum is a name from the table of names, or the number if it has none.
func (o *object) enum(name string, value int32, names map[int32]string) {
	if value == 0 {
		return
	}
	if word, ok := names[value]; ok {
		o.plain(name, word)
	} else {
		o.number(name, int64(value))
	}
}

func (o *object) time(name string, t *timestamppb.Timestamp) {
	if t.IsValid() {
		o.name(name)
		at := t.AsTime()
		o.line = at.AppendFormat(append(o.line, '"'), "2006-01-02T15:04:05")
		o.line = append(appendFraction(o.line, t.GetNanos()), 'Z', '"')
	}
}

func (o *object) duration(name string, d *durationpb.Duration) {
	if !d.IsValid() {
		return
	}
	o.name(name)
	o.line = append(o.line, '"')
	seconds, nanos := d.GetSeconds(), d.GetNanos()
	if seconds < 0 || nanos < 0 {
		o.line = append(o.line, '-')
		seconds, nanos = -seconds, -nanos
	}
	o.line = strconv.AppendInt(o.line, seconds, 10)
	o.line = append(appendFraction(o.line, nanos), 's', '"')
}

// list writes a field of n objects.
func (o *object) list(name string, n int, fields func(i int)) {
	if n == 0 {
		return
	}
	o.name(name)
	o.line = append(o.line, '[')
	for i := range n {
		if i > 0 {
			o.line = append(o.line, ',')
		}
		o.line = append(o.line, '{')
		fields(i)
		o.line = append(o.line, '}')
	}
	o.line = append(o.line, ']')
}

// in writes a field that is an object.
func (o *object) in(name string, fields func()) {
	o.name(name)
	o.line = append(o.line, '{')
	fields()
	o.line = append(o.line, '}')
}

// appendFraction appends nothing, or 3, 6 or 9 digits.
func appendFraction(line []byte, nanos int32) []byte {
	if nanos == 0 {
		return line
	}
	digits := 9
	for digits > 3 && nanos%1000 == 0 {
		nanos, digits = nanos/1000, digits-3
	}
	line = append(line, '.')
	start := len(line)
	for range digits {
		line = append(line, '0')
	}
	for i := start + digits - 1; nanos > 0; i-- {
		line[i] = '0' + byte(nanos%10)
		nanos /= 10
	}
	return line
}

const hex = "0123456789abcdef"

// escapes are the short ones of JSON.
var escapes = [utf8.RuneSelf]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

func appendText(line []byte, value string) []byte {
	line = append(line, '"')
	done := 0
	for i := 0; i < len(value); {
		c := value[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(value[i:])
		if c >= utf8.RuneSelf && (r != utf8.RuneError || size > 1) {
			i += size
			continue
		}
		line = append(line, value[done:i]...)
		switch {
		case c >= utf8.RuneSelf:
			line = append(line, "\uFFFD"...)
		case escapes[c] != 0:
			line = append(line, '\\', escapes[c])
		default:
			line = append(line, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i += size
		done = i
	}
	return append(append(line, value[done:]...), '"')
}
