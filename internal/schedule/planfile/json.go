package planfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// parseJSON makes a tree of JSON text.
func parseJSON(data []byte) (*node, *Error) {
	d := &jsonReader{data: data, lines: lines{data: data}, Decoder: json.NewDecoder(bytes.NewReader(data))}
	d.UseNumber()
	if bad := invalidUTF8(data); bad >= 0 {
		return nil, d.errorAt(bad, "the text is not UTF-8: save the file as UTF-8")
	}
	n, err := d.value(0)
	if err != nil {
		return nil, err
	}
	end := d.start()
	if _, more := d.Token(); !errors.Is(more, io.EOF) {
		return nil, d.errorAt(end, "something follows the end of the JSON value: remove it")
	}
	return n, nil
}

// invalidUTF8 returns the offset of the first byte that is no UTF-8, or -1.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

type jsonReader struct {
	*json.Decoder
	data  []byte
	lines lines
}

// start returns the offset of the next token.
func (d *jsonReader) start() int {
	at := int(d.InputOffset())
	for at < len(d.data) && bytes.IndexByte([]byte(" \t\r\n,:"), d.data[at]) >= 0 {
		at++
	}
	return at
}

func (d *jsonReader) value(depth int) (*node, *Error) {
	at := d.start()
	token, err := d.Token()
	if err != nil {
		return nil, d.failed(at, err)
	}
	n := &node{line: d.lines.at(at)}
	switch v := token.(type) {
	case bool:
		n.kind, n.text = boolean, fmt.Sprint(v)
	case json.Number:
		n.kind, n.text = number, v.String()
	case string:
		n.kind, n.text = text, v
	case json.Delim:
		if depth > depthMost {
			return nil, d.errorAt(at, fmt.Sprintf("values are nested more than %d deep", depthMost))
		}
		if v == '[' {
			n.kind = list
			return n, d.list(n, depth)
		}
		n.kind = mapping
		return n, d.object(n, depth)
	}
	return n, nil
}

func (d *jsonReader) list(n *node, depth int) *Error {
	for d.More() {
		item, err := d.value(depth + 1)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	return d.end()
}

func (d *jsonReader) object(n *node, depth int) *Error {
	var seen keys
	for d.More() {
		at := d.start()
		token, err := d.Token()
		if err != nil {
			return d.failed(at, err)
		}
		m := member{key: token.(string), line: d.lines.at(at)}
		value, wrong := d.value(depth + 1)
		if wrong != nil {
			return wrong
		}
		m.value, m.first = value, seen.first(n.members, m.key)
		n.members = append(n.members, m)
	}
	return d.end()
}

// end takes the closing bracket.
func (d *jsonReader) end() *Error {
	at := d.start()
	if _, err := d.Token(); err != nil {
		return d.failed(at, err)
	}
	return nil
}

// failed gives an error of the decoder its place.
func (d *jsonReader) failed(at int, err error) *Error {
	if syntax := new(json.SyntaxError); errors.As(err, &syntax) {
		// The decoder of tokens counts from different beginnings. Of the whole text
		// it is asked once more, which gives the offset behind the wrong byte.
		var ignore any
		if again := new(json.SyntaxError); errors.As(json.Unmarshal(d.data, &ignore), &again) {
			return d.errorAt(max(int(again.Offset)-1, 0), "bad JSON: "+again.Error())
		}
		return d.errorAt(at, "bad JSON: "+syntax.Error())
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		if len(bytes.TrimSpace(d.data)) == 0 {
			return &Error{Problem: emptyText}
		}
		return d.errorAt(len(d.data), "bad JSON: the text ends before the value does: a quote, ] or } is missing")
	}
	return d.errorAt(at, "bad JSON: "+err.Error())
}

func (d *jsonReader) errorAt(at int, problem string) *Error {
	line, column := place(d.data, at)
	return &Error{Line: line, Column: column, Problem: problem}
}

// place returns the line and column of an offset in data, both from 1, the
// column in characters.
func place(data []byte, at int) (line, column int) {
	before := data[:min(at, len(data))]
	begin := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte{'\n'}) + 1, utf8.RuneCount(before[begin:]) + 1
}
