package planfile

import (
	"strconv"
	"unicode/utf8"
)

// kind is the kind of a value in a text.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	mapping
)

// node is one value. What an alias stands for is there once and has several
// parents; nothing contains itself.
type node struct {
	kind    kind
	line    int
	text    string   // a text decoded, a number or boolean as written
	items   []*node  // of a list
	members []member // of a mapping, in the order of the text
}

// member is one key and value of a mapping.
type member struct {
	key   string
	line  int
	value *node

	// first is the line of the same key further up; 0: there is none.
	first int
}

// find returns the value of a key, or nil.
func (n *node) find(key string) *node {
	for i := range n.members {
		if n.members[i].key == key {
			return n.members[i].value
		}
	}
	return nil
}

// String returns what n is as an error names it, short and on one line.
func (n *node) String() string {
	switch n.kind {
	case null:
		return "nothing"
	case text:
		return quote(n.text)
	case list:
		return "a list"
	case mapping:
		return "a mapping"
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

// depthMost is how deep values may be nested.
const depthMost = 500
