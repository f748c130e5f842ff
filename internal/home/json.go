package home

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// members is a JSON object whose members keep their order.
type members struct{ text bytes.Buffer }

func (m *members) add(name string, value any) {
	if m.text.Len() > 0 {
		m.text.WriteByte(',')
	}
	m.text.Write(plainJSON(name))
	m.text.WriteByte(':')
	m.text.Write(plainJSON(value))
}

// addRest adds members that are kept as they were found, sorted by name.
func (m *members) addRest(rest map[string]json.RawMessage) {
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		m.add(name, rest[name])
	}
}

func (m *members) object() json.RawMessage {
	return slices.Concat([]byte("{"), m.text.Bytes(), []byte("}"))
}

// plainJSON writes a string, number, time or checked JSON, without escaping
// what only matters in HTML.
func plainJSON(value any) []byte {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // only values that always encode come here
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}

// pretty indents JSON by four blanks and ends it with a newline.
func pretty(text []byte) []byte {
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "    "); err != nil {
		panic(err) // text was just made by members
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// lineOf returns the line, counted from 1, of a position in text.
func lineOf(text []byte, offset int64) int {
	offset = min(max(offset, 0), int64(len(text)))
	return 1 + bytes.Count(text[:offset], []byte("\n"))
}

// lineOfMember returns the line of the member that path leads to, in a text
// that is known to be JSON; 1 if there is no such member.
func lineOfMember(text []byte, path ...string) int {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return 1
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return 1
		}
		if name == path[0] {
			line := lineOf(text, d.InputOffset())
			if len(path) == 1 {
				return line
			}
			var value json.RawMessage
			if d.Decode(&value) != nil {
				return 1
			}
			start := d.InputOffset() - int64(len(value))
			return lineOf(text, start) - 1 + lineOfMember(value, path[1:]...)
		}
		var skipped json.RawMessage
		if d.Decode(&skipped) != nil {
			return 1
		}
	}
	return 1
}
