package actor

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/internal/link"
)

// logHeader carries where the records of a process go, as "address/id". Absent:
// to the log of the root.
const logHeader = "ansar-log"

// sinkPatience is how long the end of a call waits for its sink.
const sinkPatience = 30 * time.Second

// LogSink sends the log of what is called, and of everything that it starts in turn,
// to sink instead of the log of this process: records of level and above, what
// processes print included, in-process objects and utilities too. It takes the place
// of [LogLevel].
//
// The records name the process that wrote them ([LogRecord.Address]), and there are
// records, whatever the level, that tell of each process that is started or ends
// ([LogRecord.Started], [LogRecord.Ended]). For an in-process object the first record
// is one that names this process, without its number.
//
// The sink is called by one goroutine at a time. The call has not ended before the
// sink has had everything, or has blocked for half a minute; afterwards it is not
// called any more: what an object writes that was given up goes to the log of its
// caller.
func LogSink(level Level, sink Sink) Option {
	return func(o *order) { o.sink, o.level = sink, level }
}

// filesHeader carries the variable and the folder of [LogFiles], as NAME=folder.
const filesHeader = "ansar-log-files"

// ownLogHeader is set where the log is that of one call of a worker alone.
const ownLogHeader = "ansar-log-own"

// LogFiles names a file for the log of each process that is started in the course of a
// call with a LogSink: below folder, which is an absolute path, by the name of the
// process and its place in the tree. The process finds the file in the variable of its
// environment, so that what else it runs can be linked to it, and the sink in the
// record of the start ([ProcessStarted.File]). Nothing is written to the file here:
// that is for the sink.
//
// What the call itself runs has such a file only if own is true.
func LogFiles(variable, folder string, own bool) Option {
	return func(o *order) { o.files, o.ownFile = variable+"="+folder, own }
}

// fileFor is the file for a process that is started, and the variable that says so.
func (l *log) fileFor(name, place string, called bool) (file string, env []string) {
	l = l.current()
	variable, folder, ok := strings.Cut(l.files, "=")
	if !ok || called && !l.ownFile {
		return "", nil
	}
	safe := strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && r != '/' {
			return r
		}
		return '_'
	}, name)
	safe = strings.TrimLeft(safe[:min(len(safe), 60)], ".")
	file = filepath.Join(folder, safe+"-"+place+".log")
	return file, []string{variable + "=" + file}
}

// inherit completes the order with what parent passes on: its log, unless there is
// another for the call, and the variables for what it starts.
func (n *node) inherit(parent *Context, o *order, c *child) {
	l := n.log
	if parent != nil {
		l = parent.log.current()
		o.env = append(parent.env[:len(parent.env):len(parent.env)], o.env...)
	}
	o.log = l
	if o.sink != nil {
		branch := n.branch(l, o.level, o.sink)
		branch.files, branch.ownFile = o.files, o.ownFile
		o.log, c.last = branch, func(announce func()) { n.end(branch, announce) }
		if o.inProcess && o.kind != nil && !o.kind.program {
			branch.processStarted(&ProcessStarted{Address: n.address, Name: o.name, Called: true})
		}
	}
}

// branch makes a log beside that of the process, for the time of a call.
func (n *node) branch(up *log, level Level, sink Sink) *log {
	l := newLog()
	l.up, l.links, l.address = up, true, n.address
	l.target = link.PID{Address: n.address, ID: n.newID()}
	l.to(level, sink)
	n.spawnEngine(l.target.ID, l.receive)
	return l
}

// elsewhere makes a log whose records go to the log object at target, as those of a
// process do whose parent said so.
func (n *node) elsewhere(level Level, target link.PID, files string) *log {
	l := newLog()
	l.files = files
	l.links, l.address, l.target = true, n.address, target
	l.to(level, n.sinkTo(target))
	return l
}

// receive is the object that takes the records of processes below.
func (l *log) receive(ctx protoactor.Context) {
	switch m := ctx.Message().(type) {
	case *mail:
		m.unpack()
		if r, ok := m.body.(*LogRecord); ok {
			l.write(r)
		}
	case logged:
		m()
	}
}

// logged is called when everything that came before it is written.
type logged func()

// afterLogs calls then when the records that have come so far are written, or
// when a sink has blocked for too long: whoever is told that a process has
// ended may exit, and has its last lines.
func (n *node) afterLogs(l *log, then func()) {
	then = sync.OnceFunc(then)
	id, wait := logID, n.limits.log
	if l.up != nil {
		id, wait = l.target.ID, max(wait, sinkPatience)
	}
	patience := time.AfterFunc(wait, then)
	n.system.Root.Send(n.system.NewLocalPID(id), logged(func() {
		patience.Stop()
		then()
	}))
}

// end is the end of a branch, behind everything that it was sent: its sink is not
// called any more when it calls then.
func (n *node) end(l *log, then func()) {
	object := n.system.NewLocalPID(l.target.ID)
	then = sync.OnceFunc(then)
	patience := time.AfterFunc(max(n.limits.log, sinkPatience), func() {
		l.over.Store(true)
		then()
	})
	n.system.Root.Send(object, logged(func() {
		patience.Stop()
		l.mu.Lock()
		l.over.Store(true)
		l.mu.Unlock()
		n.system.Root.Stop(object)
		then()
	}))
}

// current is the log itself, or after its end the one of the caller.
func (l *log) current() *log {
	for l.over.Load() && l.up != nil {
		l = l.up
	}
	return l
}

// sinkTo gives a sink that sends records to a log object elsewhere.
func (n *node) sinkTo(there link.PID) Sink {
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
	n.logs.Do(func() { n.spawnEngine(logID, n.log.receive) })
}

// processStarted tells a sink that tells processes apart of a new one.
func (l *log) processStarted(s *ProcessStarted) {
	if l = l.current(); l.links {
		r := l.record("Started " + s.GetName())
		r.Tag, r.Started = string(rune(tagStarted)), s
		l.write(r)
	}
}

// processEnded tells it of the end of one, after its last line.
func (l *log) processEnded(e *ProcessEnded) {
	if l = l.current(); l.links {
		r := l.record("Process ended: " + e.GetHow())
		r.Tag, r.Ended = string(rune(tagEnded)), e
		l.write(r)
	}
}

func (l *log) record(text string) *LogRecord {
	return &LogRecord{
		Time: timestamppb.New(time.Now()), Pid: int32(os.Getpid()), Id: rootID, Name: "Process", Text: strings.ToValidUTF8(text, "?"), Address: l.address,
	}
}

// logTarget reads the value of [logHeader].
func logTarget(value string) (link.PID, bool) {
	address, id, ok := strings.Cut(value, "/")
	return link.PID{Address: address, ID: id}, ok && id != ""
}
