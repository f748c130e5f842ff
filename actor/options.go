package actor

import (
	"context"
	"io"
	"os"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

// Option adjusts one call or one child.
type Option func(*order)

// order is a piece of work for an object: who is to do it, with what, where.
type order struct {
	name      string // of the executable, or of the object
	kind      *kind  // nil: another executable
	settings  proto.Message
	input     proto.Message
	inProcess bool
	stands    bool // it stands for its creator, whose parent is its own
	timed     bool // there is a timeout
	timeout   time.Duration
	deadline  time.Time     // zero: none
	grace     time.Duration // 0: DefaultGrace
	role      string
	stdin     *os.File // nil: /dev/null
	level     Level    // 0: as the caller's
	headers   map[string]string
	ready     func()
	onStarted func(pid int)                           // hears of each process of the call; nil: nobody
	env       []string                                // of Environment
	stdout    io.Writer                               // of Output; nil: the log
	stderr    io.Writer                               // as stdout
	sink      Sink                                    // of LogSink; nil: the log of the caller
	files     string                                  // of LogFiles
	ownFile   bool                                    // as files
	log       *log                                    // where it logs; set when it is begun
	tell      func(from *PID, m *lifecycle.Completed) // hears of the end; nil: nobody
}

// Timeout limits how long the call may take. The earlier of it and the
// deadline of the context counts. A call that runs out of time stops what it
// called, waits for its end, and gives lifecycle.ErrTimedOut.
//
// As with a context, a d of zero or less leaves no time: nothing is begun.
func Timeout(d time.Duration) Option { return func(o *order) { o.timed, o.timeout = true, d } }

// InProcess runs the object in this process, with the same results, faults,
// time-outs and stops. It is for objects that are defined in this program.
func InProcess() Option { return func(o *order) { o.inProcess = true } }

// Role names the part that the object plays in a home, below the part of its
// caller. The default is the name of the executable.
func Role(name string) Option { return func(o *order) { o.role = name } }

// Stdin is what the called process reads from its standard input, instead of
// nothing. The file must stay open until the call ends, and the caller closes
// it. In-process calls ignore it.
func Stdin(file *os.File) Option { return func(o *order) { o.stdin = file } }

// Settings gives the settings, instead of those that the executable would
// find for itself.
func Settings(m proto.Message) Option { return func(o *order) { o.settings = m } }

// LogLevel sets how much the called process logs. The default is the caller's
// own level.
func LogLevel(level Level) Option { return func(o *order) { o.level = level } }

// Grace is how long the called object may take after it was told to stop,
// instead of [DefaultGrace]. A stop that leaves less time counts.
func Grace(d time.Duration) Option { return func(o *order) { o.grace = d } }

// Header passes a name and a value along, such as a trace context: the called
// object finds it by [Context.Header].
func Header(name, value string) Option {
	return func(o *order) {
		if o.headers == nil {
			o.headers = map[string]string{}
		}
		o.headers[name] = value
	}
}

// Processors limits how many processors the called process uses at a time, as
// runtime.GOMAXPROCS does; the default is Go's own, and 1 for a worker of a pool. A
// process that answers many small requests is faster with one: its goroutines need
// not wake each other across processors. It does not reach what that process calls
// in turn, and means nothing with [InProcess].
func Processors(n int) Option {
	return func(o *order) { Header(processorsHeader, strconv.Itoa(n))(o) }
}

// OnReady is called once, when the object is ready: when it says so, or as soon
// as it begins if it is none that announces it ([Object.AnnouncesReady]). It is
// not called if the object ends before. The function must not block.
func OnReady(f func()) Option { return func(o *order) { o.ready = f } }

// apply makes the order complete. A zero deadline is none.
func (o *order) apply(ctx context.Context, options []Option) {
	for _, option := range options {
		option(o)
	}
	if o.timed {
		o.deadline = time.Now().Add(o.timeout)
	}
	if d, ok := ctx.Deadline(); ok && (o.deadline.IsZero() || d.Before(o.deadline)) {
		o.deadline = d
	}
}
