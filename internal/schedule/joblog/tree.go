package joblog

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/ansar-go/ansar/actor"
)

const (
	mostOpen    = 32      // logs of processes whose files are open at a time
	mostWaiting = 4 << 20 // bytes of records whose process is not known yet
)

// tree gives the records of a tree of processes to a log for each of them.
type tree struct {
	log    *Log
	nested bool // what is called has a log of its own, too

	mu        sync.Mutex // guards the fields below
	byAddress map[string]*branch
	byPID     map[int32]*branch // programs that run and are not of this framework, and what processes print
	waiting   map[string][]*actor.LogRecord
	waits     int       // bytes in waiting
	open      []*branch // whose files are open, oldest first
	closed    bool
	err       error
}

// branch is the log of one process. The zero file is that of the root.
type branch struct {
	process
	file *file // nil: the root, whose log is that of the attempt
}

// Sink takes the records of a call whose log this is, and of all that it starts, at
// any depth. What the call runs writes to the log itself; each process below gets a
// log of its own.
func (l *Log) Sink() actor.Sink { return l.sink(false) }

// SinkBelow is as Sink, but what the call runs has a log of its own: it is for a
// program whose own log this is, and which calls others.
func (l *Log) SinkBelow() actor.Sink { return l.sink(true) }

func (l *Log) sink(nested bool) actor.Sink {
	t := &tree{
		log: l, nested: nested, byAddress: map[string]*branch{}, byPID: map[int32]*branch{},
		waiting: map[string][]*actor.LogRecord{},
	}
	l.mu.Lock()
	l.trees = append(l.trees, t)
	l.mu.Unlock()
	return t.take
}

// take is the sink.
func (t *tree) take(r *actor.LogRecord) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
	case r.GetStarted() != nil:
		t.started(r)
	case r.GetEnded() != nil:
		t.ended(r)
	default:
		t.line(r)
	}
}

// started makes the log of a process, and both links.
func (t *tree) started(r *actor.LogRecord) {
	s := r.GetStarted()
	if known := t.byAddress[s.GetAddress()]; known != nil && s.GetAddress() != "" && known.pid == int(s.GetPid()) {
		return // a worker that has had a call before
	}
	b := &branch{process: process{s.GetName(), int(s.GetPid())}}
	switch {
	case !s.GetCalled():
		t.link(b, t.at(r.GetAddress()), r.GetTime().AsTime(), s.GetFile())
	case t.nested:
		if s.GetPid() == 0 || s.GetAddress() != r.GetAddress() {
			t.root(r.GetAddress())
		}
		if s.GetPid() == 0 {
			return // an object of this process
		}
		t.link(b, &branch{}, r.GetTime().AsTime(), s.GetFile())
	default:
		t.root(r.GetAddress())
		t.log.Started(int(s.GetPid()))
	}
	t.byPID[s.GetPid()] = b
	if address := s.GetAddress(); address != "" {
		t.byAddress[address] = b
		t.release(address)
	}
}

func (t *tree) root(address string) {
	if t.byAddress[address] == nil {
		t.byAddress[address] = &branch{}
		t.release(address)
	}
}

// at is the log of the process at an address; unknown ones write to that of the root.
func (t *tree) at(address string) *branch {
	if b := t.byAddress[address]; b != nil {
		return b
	}
	return &branch{}
}

// link makes the file of a process, and writes a line about it into the log of its
// parent and one about its parent into its own.
func (t *tree) link(b, parent *branch, at time.Time, told string) {
	from := t.log.Path()
	by := t.log.owner()
	if parent.file != nil {
		from, by = parent.file.path, parent.process
	}
	path, f, err := create(from, b.name, told)
	if err != nil {
		t.err = errors.Join(t.err, err)
		return // it writes to the log of the root
	}
	b.file = &file{path: path, to: f}
	t.opened(b)
	t.write(parent, appendLine(nil, at, markLink, b.startedAt(relative(from, path))))
	t.write(b, appendLine(nil, at, markLink, b.startedBy(by, relative(path, from))))
}

// ended writes the last line of a process, and gives its file back.
func (t *tree) ended(r *actor.LogRecord) {
	e := r.GetEnded()
	b := t.byPID[e.GetPid()]
	if b == nil {
		return
	}
	delete(t.byPID, e.GetPid())
	t.write(b, appendLine(nil, r.GetTime().AsTime(), markLink, endedText+e.GetHow()))
	if b.file != nil {
		b.file.rest()
	}
}

// line writes a record to the log of its process. One whose process is going to be
// known soon, because one above it is, waits for that.
func (t *tree) line(r *actor.LogRecord) {
	if printed(r) {
		if b := t.byPID[r.GetPid()]; b != nil {
			t.print(b, r)
			return
		}
	}
	address := r.GetAddress()
	b := t.byAddress[address]
	if b == nil {
		if (t.nested || t.below(address)) && t.waits < mostWaiting {
			t.waiting[address] = append(t.waiting[address], r)
			t.waits += len(r.GetText())
			return
		}
		t.root(address)
		b = t.byAddress[address]
	}
	t.put(b, r)
}

// put writes a record to the log that it belongs to.
func (t *tree) put(b *branch, r *actor.LogRecord) {
	if printed(r) { // before it was told who prints
		t.print(b, r)
		return
	}
	t.write(b, appendRecord(nil, r))
}

// printed reports whether the record is a line that a process has printed.
func printed(r *actor.LogRecord) bool { return r.GetTag() == "1" || r.GetTag() == "2" }

// below reports whether a process above that address is known.
func (t *tree) below(address string) bool {
	for i := strings.LastIndexByte(address, '.'); i >= 0; i = strings.LastIndexByte(address, '.') {
		if address = address[:i]; t.byAddress[address] != nil {
			return true
		}
	}
	return false
}

// print writes what a process printed. That of the call itself is in the files for it,
// too.
func (t *tree) print(b *branch, r *actor.LogRecord) {
	if b.file != nil {
		t.write(b, appendRecord(nil, r))
		return
	}
	s := &t.log.stdout
	if r.GetTag() == "2" {
		s = &t.log.stderr
	}
	_, _ = s.Write(append([]byte(r.GetText()), '\n')) // does not fail
}

// release writes what has waited for a process.
func (t *tree) release(address string) {
	list := t.waiting[address]
	delete(t.waiting, address)
	for _, r := range list {
		t.waits -= len(r.GetText())
		t.put(t.at(address), r)
	}
}

func (t *tree) write(b *branch, line []byte) {
	if b.file == nil {
		t.log.add(line)
		return
	}
	if b.file.to == nil {
		t.opened(b)
	}
	b.file.write(line)
}

// opened notes that a file is open, and closes the oldest if they are too many.
func (t *tree) opened(b *branch) {
	t.open = append(t.open, b)
	if len(t.open) > mostOpen {
		t.open[0].file.rest()
		t.err = errors.Join(t.err, t.open[0].file.failed())
		t.open = t.open[1:]
	}
}

// close writes what still waits and gives the files back.
func (t *tree) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	for address := range t.waiting {
		t.release(address)
	}
	for _, b := range t.open {
		t.err = errors.Join(t.err, b.file.close())
	}
	t.open = nil
	return t.err
}

// owner is the process whose log this is.
func (l *Log) owner() process {
	l.mu.Lock()
	defer l.mu.Unlock()
	return process{l.options.Name, l.pid}
}
