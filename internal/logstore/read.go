package logstore

import (
	"cmp"
	"fmt"
	"iter"
)

// Read returns the lines of all sources that q asks for and that are stored now,
// in the order of time; a nil q asks for all. Those of one source keep their
// order. A source whose folder is not there has none. An error ends the lines.
func Read(q *Query, sources ...Source) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		m := newMerge(q, false, sources)
		defer m.close()
		m.run(yield, func() error {
			if err := m.open(); err != nil {
				return err
			}
			return m.stored(yield)
		})
	}
}

// Tail returns the last n lines of the log in folder, without their newlines.
func Tail(folder string, n int) ([]string, error) {
	if n <= 0 {
		return nil, nil
	}
	var lines []string
	for line, err := range Read(&Query{Tail: n}, Source{Folder: folder}) {
		if err != nil {
			return lines, err
		}
		lines = append(lines, string(line.Text))
	}
	return lines, nil
}

// merge goes through the lines of several sources at once.
type merge struct {
	query   Query
	cursors []*cursor
	shown   int
	done    bool // nobody wants more
}

func newMerge(q *Query, live bool, sources []Source) *merge {
	m := &merge{}
	if q != nil {
		m.query = *q
	}
	for _, source := range sources {
		from, to := cmp.Or(source.From, m.query.From), cmp.Or(source.To, m.query.To)
		m.cursors = append(m.cursors, &cursor{source: source, filter: m.query.filter(from, to), live: live})
	}
	return m
}

func (m *merge) close() {
	for _, c := range m.cursors {
		c.close()
	}
}

// run does the work, and yields its error.
func (m *merge) run(yield func(Line, error) bool, work func() error) {
	if err := work(); err != nil && !m.done {
		yield(Line{}, fmt.Errorf("read log: %w", err))
	}
}

func (m *merge) open() error {
	for _, c := range m.cursors {
		if err := c.open(m.query.Tail); err != nil {
			return err
		}
		if err := c.next(); err != nil {
			return err
		}
	}
	return nil
}

// show yields a line, and reports whether more are wanted.
func (m *merge) show(yield func(Line, error) bool, line Line) bool {
	m.shown++
	more := yield(line, nil)
	m.done = !more || m.shown == m.query.Count
	return !m.done
}

// first returns the cursor whose line is the earliest, the time of the earliest of
// the others, and whether each of the others has a line. It is nil if there is no
// line.
func (m *merge) first() (first *cursor, others stamp, all bool) {
	others, all = forever, true
	for _, c := range m.cursors {
		switch {
		case !c.has:
			all = false
		case first == nil:
			first = c
		case c.time.before(first.time):
			others, first = first.time, c
		case c.time.before(others):
			others = c.time
		}
	}
	return first, others, all
}

// stored shows the lines that are there now.
func (m *merge) stored(yield func(Line, error) bool) error {
	if m.query.Tail < 0 {
		return nil
	}
	if m.query.Tail > 0 && len(m.cursors) > 1 {
		return m.storedTail(yield)
	}
	return m.each(func(line Line) bool { return m.show(yield, line) })
}

// each visits the lines that are there now, in order, until visit returns false.
func (m *merge) each(visit func(Line) bool) error {
	for first, others, _ := m.first(); first != nil; first, others, _ = m.first() {
		for first.has && !others.before(first.time) {
			if !visit(Line{first.source.Name, first.line}) {
				return nil
			}
			if err := first.next(); err != nil {
				return err
			}
		}
	}
	return nil
}

// storedTail shows the last of the lines that are there now. Each source has gone
// to its own last lines already.
func (m *merge) storedTail(yield func(Line, error) bool) error {
	var ring []Line
	at := 0
	err := m.each(func(line Line) bool {
		if len(ring) < m.query.Tail {
			ring = append(ring, Line{line.Source, append([]byte(nil), line.Text...)})
			return true
		}
		ring[at].Source, ring[at].Text = line.Source, append(ring[at].Text[:0], line.Text...)
		at = (at + 1) % len(ring)
		return true
	})
	if err != nil {
		return err
	}
	for i := range ring {
		if !m.show(yield, ring[(at+i)%len(ring)]) {
			return nil
		}
	}
	return nil
}
