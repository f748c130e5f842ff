package actor

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/internal/link"
)

// Sink takes log records, one at a time, in the order they were written. It
// may block: whoever logs then waits. The record is the sink's to keep.
type Sink func(*LogRecord)

// log is the log of a process. At the root of a tree it has a sink; everywhere
// else its records travel to the log object of the root, under the same flow
// control as any message.
type log struct {
	level atomic.Int32
	pid   int32
	lines atomic.Pointer[func(line []byte)] // of LinesTo; nil: records are wanted
	clock clock

	// Fixed after construction, but in the log of a process: by its Begin.
	address string
	links   bool     // its sink tells processes apart
	target  link.PID // where processes below send their records
	files   string   // of LogFiles, as its header has it; empty: none
	ownFile bool     // so has what is called
	up      *log     // of the caller, for one that ends with a call; nil: there is none
	over    atomic.Bool

	mu   sync.Mutex // guards the field below, and the order of records
	sink Sink
}

func newLog() *log {
	l := &log{pid: int32(os.Getpid())}
	l.level.Store(int32(LevelNone))
	return l
}

// LogTo sends the log of this process and of all processes below it to sink,
// records of level and above. Calls that are begun later tell their processes
// about it. A process has not ended before the sink has what it logged, or has
// blocked for two seconds. Lines that a child prints to its standard output or standard error
// reach the sink as console and warning lines; while the level is NONE, the
// default, they go to the standard error of this process instead, so that
// nothing a child says is lost.
//
// LogTo is for programs that do not use framework.CreateObject, which does it
// by --debug-level.
func LogTo(level Level, sink Sink) { here().log.to(level, sink) }

func (l *log) to(level Level, sink Sink) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.level.Store(int32(level))
	l.sink = sink
	l.lines.Store(nil)
}

func (l *log) shows(tag byte) bool { return int32(levelOf(tag)) >= l.current().level.Load() }

// line writes a line of an object of this process.
func (l *log) line(tag byte, id, name, state, format string, args ...any) {
	if l = l.current(); !l.shows(tag) {
		return
	}
	if write := l.lines.Load(); write != nil {
		l.text(*write, tag, id, name, state, format, args)
		return
	}
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, redactArgs(args)...)
	}
	l.write(&LogRecord{
		Time: timestamppb.New(time.Now()), Pid: l.pid, Tag: string(tag), Id: id, Name: name, State: state, Text: text,
		Address: l.named(),
	})
}

// printed writes a line that process pid printed without the log.
func (l *log) printed(tag byte, pid int, name, text string) {
	l = l.current()
	l.write(&LogRecord{
		Time: timestamppb.New(time.Now()), Pid: int32(pid), Tag: string(tag), Id: rootID, Name: name, Text: text, Address: l.named(),
	})
}

// named is the address of this process for a sink that wants it.
func (l *log) named() string {
	if l.links {
		return l.address
	}
	return ""
}

// write passes on a record of this process or of one below it. What a process
// printed by itself is passed on whatever the level.
func (l *log) write(r *LogRecord) {
	if r.GetTag() == "" {
		return
	}
	tag := r.Tag[0]
	printed := tag == tagStdout || tag == tagStderr
	off := Level(l.level.Load()) == LevelNone
	about := l.links && (r.GetStarted() != nil || r.GetEnded() != nil)
	if !l.shows(tag) && !(printed && off) && !about {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.over.Load(): // meanwhile; what came so late is of no process of the call
		l.up.write(r)
	case l.sink != nil:
		l.sink(r)
	case printed:
		fmt.Fprintf(os.Stderr, "%s: %s\n", r.Name, r.Text)
	}
}
