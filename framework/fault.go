package framework

import (
	"errors"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/lifecycle"
)

// fail says what went wrong, in one line, and gives the exit status.
func (p *program) fail(err error) int {
	if errors.Is(err, errReaderGone) {
		return exitFault // who does not read on wants to hear nothing more
	}
	line, more := faultText(err)
	p.say("%s", line)
	if more != "" && p.given != nil && p.given.debugLevel != 0 {
		_, _ = p.stderr.Write([]byte(more)) // nobody is there to hear it
	}
	if usage := new(settings.UsageError); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFault
}

// faultText splits a fault into the line that is always shown and the lines,
// indented, for those who look closer: what a child said last, or the stack of
// a panic.
func faultText(err error) (line, more string) {
	var rest string
	switch fault := err.(type) { //nolint:errorlint // only a fault as it came is taken apart
	case *lifecycle.Faulted:
		fault = proto.CloneOf(fault)
		rest = manyLines(&fault.LastLines) + fault.GetStack()
		err = fault
	case *lifecycle.Aborted:
		fault = proto.CloneOf(fault)
		rest = manyLines(&fault.LastLines)
		err = fault
	}
	line, below, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	for l := range strings.Lines(below + "\n" + rest) {
		if l = strings.TrimRight(l, " \t\r\n"); l != "" {
			more += "    " + strings.ReplaceAll(l, "\t", "    ") + "\n"
		}
	}
	return line, more
}

// manyLines takes text away that does not fit into one line.
func manyLines(text *string) string {
	if !strings.Contains(strings.TrimRight(*text, "\n"), "\n") {
		return ""
	}
	taken := *text
	*text = ""
	return taken + "\n"
}
