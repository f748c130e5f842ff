package importer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

// ownWords are words that a shell itself understands at the beginning of a
// command: no program of that name need be there.
var ownWords = strings.Fields(`. : [ [[ alias bg break builtin cd command continue declare echo eval exec exit export
	false fc fg getopts hash jobs kill let local popd printf pushd pwd read readonly return set shift source test
	times trap true type typeset ulimit umask unalias unset wait`)

// opening are words that make more of a command than a list of programs.
var opening = strings.Fields(`! { } case coproc do done elif else esac fi for function if in select then time until while`)

var (
	assignment  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
	redirection = regexp.MustCompile(`^[0-9]*[<>]`)
)

// forShell returns a command as a shell is given it. The program that it ends
// with gets exec before it, so that no shell is left between a role and its
// program.
//
// Where a shell stays, it hears the stop signal together with its children, as
// from a terminal: it waits for the one that it runs, runs no other, and exits
// as if the signal had ended it.
func forShell(command string, stop syscall.Signal, name string) string {
	parts, plain := split(command)
	if plain {
		command = execLast(command, parts)
	}
	if plain && len(parts) == 1 {
		return command
	}
	return fmt.Sprintf("trap 'exit %d' %s\n%s", 128+int(stop), strings.TrimPrefix(name, "SIG"), command)
}

// execLast puts exec before the last program of a list, if it is one.
func execLast(command string, parts []part) string {
	last := parts[len(parts)-1]
	if last.piped {
		return command
	}
	for _, w := range last.words {
		text := command[w.from:w.to]
		switch {
		case assignment.MatchString(text):
			continue
		case text[0] == '$' && !strings.Contains(text, "/"): // whatever that is
			return command
		case text[0] == '-', redirection.MatchString(text), slices.Contains(ownWords, text):
			return command
		}
		return command[:w.from] + "exec " + command[w.from:]
	}
	return command
}

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
