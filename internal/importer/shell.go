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
