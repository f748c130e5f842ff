package joblog

import "strings"

const (
	tailLines  = 20  // how many lines of output are kept for reports
	tailLength = 500 // how much of each
)

// tail keeps the last lines of output.
type tail struct {
	lines [tailLines][]byte
	next  int // where the next one goes
}

// add keeps a line, or what is left of one: a piece of a line takes its place.
func (t *tail) add(text []byte, again bool) {
	if again {
		t.next--
	}
	kept := &t.lines[t.next%tailLines]
	*kept = append((*kept)[:0], text[max(0, len(text)-tailLength):]...)
	t.next++
}

func (t *tail) String() string {
	var b strings.Builder
	for i := max(0, t.next-tailLines); i < t.next; i++ {
		b.Write(appendShown(nil, t.lines[i%tailLines]))
		b.WriteByte('\n')
	}
	return b.String()
}
