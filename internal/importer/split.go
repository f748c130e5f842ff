package importer

import (
	"slices"
	"strings"
)

// opening are words that make more of a command than a list of programs.
var opening = strings.Fields(`! { } case coproc do done elif else esac fi for function if in select then time until while`)

// span is where a word stands.
type span struct{ from, to int }

// part is one of a list of commands.
type part struct {
	words []span
	piped bool // it reads what the one before it writes
}

// splitter takes a command to pieces.
type splitter struct {
	command string
	parts   []part
	now     part
	from    int // of the word, -1 between words
}

// split finds the parts of a command. It is not plain if it is, or may be, more
// than a list of programs.
func split(command string) (parts []part, plain bool) {
	s := &splitter{command: command, from: -1}
	for i := 0; i < len(command); i++ {
		switch c := command[i]; c {
		case ' ', '\t':
			s.word(i)
		case '(', ')', '`':
			return nil, false
		case '&':
			switch {
			case i > 0 && (command[i-1] == '>' || command[i-1] == '<'):
			case strings.HasPrefix(command[i:], "&&") && s.next(i, false):
				i++
			default:
				return nil, false
			}
		case '|':
			or := strings.HasPrefix(command[i:], "||")
			if i > 0 && command[i-1] == '>' || !s.next(i, !or) {
				return nil, false
			}
			if or {
				i++
			}
		case ';':
			if !s.next(i, false) {
				return nil, false
			}
		case '\n':
			s.word(i)
			if len(s.now.words) > 0 && !s.next(i, false) {
				return nil, false
			}
		default:
			n := s.character(i)
			if n == 0 {
				return nil, false
			}
			i += n - 1
		}
	}
	return s.finish()
}

// character adds what begins at i to a word, and returns how long it is; 0 if it
// is nothing for a list of programs.
func (s *splitter) character(i int) int {
	begins := s.from < 0
	if begins {
		s.from = i
	}
	switch c := s.command[i]; c {
	case '#':
		if begins {
			return 0
		}
	case '<':
		if strings.HasPrefix(s.command[i:], "<<") {
			return 0
		}
	case '\\':
		return 2
	case '\'', '"':
		end := closing(s.command[i:])
		if end < 0 || c == '"' && strings.ContainsAny(s.command[i:i+end], "`(") {
			return 0
		}
		return end + 1
	}
	return 1
}

// word ends the word, if there is one.
func (s *splitter) word(end int) {
	if s.from >= 0 {
		s.now.words = append(s.now.words, span{s.from, min(end, len(s.command))})
		s.from = -1
	}
}

// next ends the part, which must have words that are no syntax.
func (s *splitter) next(end int, piped bool) bool {
	s.word(end)
	if len(s.now.words) == 0 {
		return false
	}
	for _, w := range s.now.words {
		if slices.Contains(opening, s.command[w.from:w.to]) {
			return false
		}
	}
	s.parts = append(s.parts, s.now)
	s.now = part{piped: piped}
	return true
}

// finish ends the command. A separator at its end is one too many, but for a
// newline and a semicolon.
func (s *splitter) finish() ([]part, bool) {
	s.word(len(s.command))
	if len(s.now.words) > 0 && !s.next(len(s.command), false) {
		return nil, false
	}
	ends := strings.TrimRight(s.command, " \t\n")
	if strings.HasSuffix(ends, "|") || strings.HasSuffix(ends, "&") {
		return nil, false
	}
	return s.parts, len(s.parts) > 0
}

// closing returns where the quote ends that a text begins with, or -1.
func closing(text string) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == text[0]:
			return i
		case text[i] == '\\' && text[0] == '"':
			i++
		}
	}
	return -1
}
