package importer

import (
	"regexp"
	"slices"
	"strings"
)

// ownWords are words that a shell itself understands at the beginning of a
// command: no program of that name need be there.
var ownWords = strings.Fields(`. : ! [ [[ { } alias bg break builtin case cd command continue coproc declare do done
	echo elif else enable esac eval exec exit export false fc fg fi for function getopts hash if in jobs kill let
	local popd printf pushd pwd read readonly return select set shift source test then time times trap true type
	typeset ulimit umask unalias unset until wait while`)

var (
	assignment  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
	redirection = regexp.MustCompile(`^[0-9]*[<>]`)
)

// execed returns a command of a shell with exec before its program, if it is one
// program and no more. A shell gives up its place to the last program of others by
// itself, where it can.
func execed(command string) string {
	words, simple := split(command)
	if !simple {
		return command
	}
	for _, w := range words {
		text := command[w.from:w.to]
		switch {
		case assignment.MatchString(text):
			continue
		case text[0] == '#', text[0] == '-', redirection.MatchString(text), slices.Contains(ownWords, text):
			return command
		}
		return command[:w.from] + "exec " + command[w.from:]
	}
	return command
}

// span is where a word stands.
type span struct{ from, to int }

// split finds the words of a command. It is not simple if it is, or may be, more
// than one command.
func split(command string) (words []span, simple bool) {
	from := -1
	for i := 0; i < len(command); i++ {
		c := command[i]
		blank := c == ' ' || c == '\t'
		switch {
		case blank && from >= 0:
			words, from = append(words, span{from, i}), -1
		case !blank && from < 0:
			from = i
		}
		switch c {
		case '\n', ';', '|', '(', ')', '`':
			return nil, false
		case '&':
			if i == 0 || command[i-1] != '>' && command[i-1] != '<' {
				return nil, false
			}
		case '\\':
			i++
		case '\'', '"':
			end := closing(command[i:])
			if end < 0 || c == '"' && strings.ContainsAny(command[i:i+end], "`(") {
				return nil, false
			}
			i += end
		}
	}
	if from >= 0 {
		words = append(words, span{from, len(command)})
	}
	return words, len(words) > 0
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
