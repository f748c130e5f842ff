package logstore

import (
	"bytes"
	"time"
)

// Source is a log that is read: a folder, and what it is called.
type Source struct {
	Name   string
	Folder string

	// From and To are those of the query for this source alone. If zero, the
	// query's.
	From, To time.Time
}

// Line is a line of a log, without its newline. It is valid until the next.
type Line struct {
	Source string
	Text   []byte
}

// Fields are the parts of a line.
type Fields struct {
	Time  time.Time // UTC; zero: the line is no record, and all of it is Text
	Tag   byte
	ID    string // hexadecimal
	Name  string
	State string // empty: it has none
	Text  string
}

// Fields takes a line apart:
//
//	2020-11-07T15:52:25.745 ^ <00000009>Retry[PAUSING] - Pausing for 2 seconds
func (l Line) Fields() Fields {
	f := Fields{Text: string(l.Text)}
	s, ok := stampOf(l.Text)
	rest := l.Text
	if ok {
		rest = rest[stampLen:]
	}
	if len(rest) < 3 || rest[1] != ' ' || rest[2] != '<' {
		return f
	}
	id, rest, found := bytes.Cut(rest[3:], []byte{'>'})
	name, text, whole := bytes.Cut(rest, []byte(" - "))
	if !ok || !found || !whole {
		return f
	}
	if i := bytes.IndexByte(name, '['); i > 0 && bytes.HasSuffix(name, []byte{']'}) {
		f.State = string(name[i+1 : len(name)-1])
		name = name[:i]
	}
	f.Time, f.Tag = s.time(), l.Text[stampLen]
	f.ID, f.Name, f.Text = string(id), string(name), string(text)
	return f
}

// Time is the time of a line, UTC, and whether it has one.
func (l Line) Time() (time.Time, bool) {
	s, ok := stampOf(l.Text)
	if !ok {
		return time.Time{}, false
	}
	return s.time(), true
}

// Tag is the tag of a line, and whether it has one.
func (l Line) Tag() (byte, bool) {
	if !stamped(l.Text) || len(l.Text) == stampLen {
		return 0, false
	}
	return l.Text[stampLen], true
}

// levels are the levels of tags, as the records of objects have them.
var levels = []struct {
	level string
	tags  string
}{
	{"FAULT", "!"}, {"WARNING", "?="}, {"CONSOLE", "^"}, {"OBJECT", "+X><()"}, {"TRACE", "~&"}, {"DEBUG", "_"},
}

// LevelOf returns the level of a tag. A tag that is not known is of the
// framework's own level, OBJECT.
func LevelOf(tag byte) string {
	for _, l := range levels {
		if bytes.IndexByte([]byte(l.tags), tag) >= 0 {
			return l.level
		}
	}
	return "OBJECT"
}

// TagsFrom returns the tags of a level and of all more serious ones. It is empty
// for what is no level.
func TagsFrom(level string) string {
	tags := ""
	for _, l := range levels {
		tags += l.tags
		if l.level == level {
			return tags
		}
	}
	return ""
}
