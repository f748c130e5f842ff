package settings

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// kind is the kind of a JSON value.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

// node is one JSON value and where it stands in the text.
type node struct {
	kind    kind
	at      int      // offset of its first byte
	text    string   // a string decoded, a number or boolean as written
	items   []node   // of a list
	members []member // of an object
}

// member is one name and value of an object.
type member struct {
	name  string
	at    int // offset of the name's first byte
	value node
}

// find returns the member called name, or nil.
func (n *node) find(name string) *node {
	for i := range n.members {
		if n.members[i].name == name {
			return &n.members[i].value
		}
	}
	return nil
}

// String returns n as an error names it: short and on one line.
func (n *node) String() string {
	switch n.kind {
	case null:
		return "null"
	case text:
		return quote(n.text)
	case list:
		return "a list"
	case object:
		return "an object"
	default:
		return clip(n.text)
	}
}

// quote returns s in double quotes, cut where it is long.
func quote(s string) string { return strconv.Quote(clip(s)) }

// clip cuts s at 60 characters.
func clip(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "..."
}

// place returns the line and column of an offset in data, both from 1, the
// column in characters.
func place(data []byte, at int) (line, column int) {
	line, column = 1, 1
	at = min(at, len(data))
	for i := 0; i < at; {
		r, size := utf8.DecodeRune(data[i:])
		i += size
		if r == '\n' {
			line, column = line+1, 1
			continue
		}
		column++
	}
	return line, column
}

// fault is something wrong at an offset of a text.
type fault struct {
	at      int
	path    *path
	problem string
}

func (f *fault) Error() string { return f.problem }

func faultf(at int, p *path, format string, args ...any) *fault {
	return &fault{at: at, path: p, problem: fmt.Sprintf(format, args...)}
}
