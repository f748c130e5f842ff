package actor

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	protoactor "github.com/asynkron/protoactor-go/actor"
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

func (l *log) shows(tag byte) bool { return int32(levelOf(tag)) >= l.level.Load() }

// line writes a line of an object of this process.
func (l *log) line(tag byte, id, name, state, format string, args ...any) {
	if !l.shows(tag) {
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
	})
}

// printed writes a line that process pid printed without the log.
func (l *log) printed(tag byte, pid int, name, text string) {
	l.write(&LogRecord{
		Time: timestamppb.New(time.Now()), Pid: int32(pid), Tag: string(tag), Id: rootID, Name: name, Text: text,
	})
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
	if !l.shows(tag) && !(printed && off) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.sink != nil:
		l.sink(r)
	case printed:
		fmt.Fprintf(os.Stderr, "%s: %s\n", r.Name, r.Text)
	}
}

// sinkTo gives a sink that sends records to the log object of the root.
func (n *node) sinkTo(root string) Sink {
	there := link.PID{Address: root, ID: logID}
	return func(r *LogRecord) {
		for _, text := range []*string{&r.Name, &r.State, &r.Text} {
			if !utf8.ValidString(*text) { // it could not be encoded
				*text = string(appendEscaped(nil, *text))
			}
		}
		_ = n.router.Send(context.Background(), there, link.PID{}, r) // without a parent nobody listens
	}
}

// startLog starts the object that takes the records of processes below.
func (n *node) startLog() {
	n.logs.Do(func() {
		n.spawnEngine(logID, func(ctx protoactor.Context) {
			switch m := ctx.Message().(type) {
			case *mail:
				m.unpack()
				if r, ok := m.body.(*LogRecord); ok {
					n.log.write(r)
				}
			case logged:
				m()
			}
		})
	})
}

// logged is called when everything that came before it is written.
type logged func()

// afterLogs calls then when the records that have come so far are written, or
// when a sink has blocked for too long: whoever is told that a process has
// ended may exit, and has its last lines.
func (n *node) afterLogs(then func()) {
	then = sync.OnceFunc(then)
	patience := time.AfterFunc(n.limits.log, then)
	n.system.Root.Send(n.system.NewLocalPID(logID), logged(func() {
		patience.Stop()
		then()
	}))
}
