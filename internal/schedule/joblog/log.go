package joblog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Variable is the variable of the environment that names the log of a process.
const Variable = "ANSAR_LOG"

// longestHold is how much waits for the process to be known.
const longestHold = 64 << 10

// Options adjust [Open]. The zero value means the defaults.
type Options struct {
	// Parent is the log of whoever starts the process, which gets a link to this
	// one. Its folder is the one that Outputs are seen from. If empty, there is no
	// link, and Outputs are seen from the folder itself.
	Parent string

	// ParentName and ParentPID are the process whose log Parent is. If empty, what
	// the first line of that log says, or else this process.
	ParentName string
	ParentPID  int

	// Name is what the process is called by. If empty, the name of the folder.
	Name string
}

// Log is the log of an attempt. All of it may be used by any goroutine.
type Log struct {
	folder  string
	options Options
	log     file
	stdout  stream
	stderr  stream

	mu    sync.Mutex // guards the fields below
	batch []byte     // lines that are to be written
	known bool       // the first line is written
	pid   int        // 0: there is none
	trees []*tree

	sinkBelow actor.Sink // of CallOptionsBelow; nil: not asked for yet
	closed    bool
	err       error
}

// Open begins the log of an attempt in a folder, which it makes if it must. The log
// has its first line when the process is known ([Log.Started]), or much has come, or
// at its end.
func Open(folder string, o Options) (*Log, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	if o.Name == "" {
		o.Name = filepath.Base(folder)
	}
	if o.Parent != "" {
		if o.Parent, err = filepath.Abs(o.Parent); err != nil {
			return nil, err
		}
	}
	l := &Log{folder: folder, options: o, log: file{path: filepath.Join(folder, "log"), flags: os.O_TRUNC}}
	l.stdout = stream{log: l, mark: markStdout, exact: file{path: filepath.Join(folder, "stdout"), flags: os.O_TRUNC}}
	l.stderr = stream{log: l, mark: markStderr, exact: file{path: filepath.Join(folder, "stderr"), flags: os.O_TRUNC}}
	l.log.mu.Lock()
	defer l.log.mu.Unlock()
	if err := l.create(); err != nil {
		return nil, err
	}
	return l, nil
}

// create makes the file, and the folder if it must, and removes what is of an earlier
// log in it. The lock of the file is held.
func (l *Log) create() error {
	if !l.log.open() && errors.Is(l.log.err, fs.ErrNotExist) {
		if l.log.err = os.MkdirAll(l.folder, 0o777); l.log.err == nil {
			l.log.open()
		}
	}
	if l.log.err != nil {
		return l.log.err
	}
	for _, stale := range []string{l.stdout.exact.path, l.stderr.exact.path} {
		var there unix.Stat_t
		if unix.Lstat(stale, &there) == nil { // it seldom is, and to remove nothing takes longer
			_ = unix.Unlink(stale) // if it cannot be, it is truncated
		}
	}
	return nil
}

// Path is the file of the log itself, which ANSAR_LOG is to name for the process.
func (l *Log) Path() string { return l.log.path }

// Started says which process the log is of, and writes the links. 0 is one that has no
// process of its own. Only the first call counts.
func (l *Log) Started(pid int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begin(pid)
	l.flush()
}

// begin writes the first line, before those that wait.
func (l *Log) begin(pid int) {
	if l.known {
		return
	}
	l.known, l.pid = true, pid
	own := process{l.options.Name, pid}
	first := appendLine(nil, time.Now(), markLink, own.logOf())
	if parent := l.options.Parent; parent != "" {
		from := process{l.options.ParentName, l.options.ParentPID}
		if from.name == "" {
			from = ownerOf(parent, self())
		}
		l.keep(appendTo(parent, appendLine(nil, time.Now(), markLink, own.startedAt(relative(parent, l.log.path)))))
		first = appendLine(nil, time.Now(), markLink, own.startedBy(from, relative(l.log.path, parent)))
	}
	l.batch = append(first, l.batch...)
}

// flush writes the lines that are made, unless they wait for the first one.
func (l *Log) flush() {
	if !l.known && len(l.batch) < longestHold {
		return
	}
	l.begin(0)
	l.log.write(l.batch)
	l.batch = l.batch[:0]
}

func (l *Log) keep(err error) {
	if l.err == nil {
		l.err = err
	}
}

// Stdout takes what the process prints to its standard output. Writes do not fail:
// Close says what could not be written.
func (l *Log) Stdout() io.Writer { return &l.stdout }

// Stderr is as Stdout.
func (l *Log) Stderr() io.Writer { return &l.stderr }

// Note writes a line of whoever runs the job.
func (l *Log) Note(text string) { l.add(appendLine(nil, time.Now(), markNote, text)) }

// add appends a whole line.
func (l *Log) add(line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batch = append(l.batch, line...)
	l.flush()
}

// CallOptions are for a call whose log this is: its records and those of whatever it
// starts, of level and above, what it prints, and the variable ANSAR_LOG.
func (l *Log) CallOptions(level actor.Level) []actor.Option {
	return []actor.Option{
		actor.LogSink(level, l.Sink()), actor.LogFiles(Variable, folderBelow(l.Path()), false),
		actor.Output(l.Stdout(), l.Stderr()), actor.Environment(Variable + "=" + l.Path()),
	}
}

// CallOptionsBelow are as CallOptions, but what the call runs has a log of its own: they
// are for a program whose own log this is, and may be given to any number of calls.
func (l *Log) CallOptionsBelow(level actor.Level) []actor.Option {
	return []actor.Option{actor.LogSink(level, l.below()), actor.LogFiles(Variable, folderBelow(l.Path()), true)}
}

// PoolOptions are CallOptionsBelow for the workers of a pool, behind others.
func (l *Log) PoolOptions(level actor.Level, others ...actor.PoolOption) []actor.PoolOption {
	list := slices.Clone(others)
	for _, option := range l.CallOptionsBelow(level) {
		list = append(list, option)
	}
	return list
}

// below is one sink for all of them: it knows the workers of pools.
func (l *Log) below() actor.Sink {
	l.mu.Lock()
	sink := l.sinkBelow
	l.mu.Unlock()
	if sink != nil {
		return sink
	}
	sink = l.SinkBelow()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sinkBelow == nil {
		l.sinkBelow = sink
	}
	return l.sinkBelow
}

// Tail gives the last lines of output, for reports: about 20 at most, 500 bytes of each.
// Where there are two streams, those of standard error stand before those of standard
// output; where a Go program has crashed, its reason stands before the end of its trace.
func (l *Log) Tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return lastOf(&l.stdout.tail, &l.stderr.tail)
}

// Outputs tells which parts of which files are the attempt's. They are complete when
// the log is closed.
func (l *Log) Outputs() []*schedulepb.JobOutput {
	var list []*schedulepb.JobOutput
	for _, o := range []struct {
		stream string
		file   *file
	}{{"stdout", &l.stdout.exact}, {"stderr", &l.stderr.exact}, {"log", &l.log}} {
		size := o.file.length()
		if size == 0 && o.stream != "log" {
			continue
		}
		from := l.options.Parent
		if from == "" {
			from = l.log.path
		}
		list = append(list, &schedulepb.JobOutput{Stream: o.stream, File: relative(from, o.file.path), Length: size})
	}
	return list
}

// length is how long the file is, with what others have appended.
func (f *file) length() int64 {
	if info, err := os.Stat(f.path); err == nil {
		return info.Size()
	}
	return 0
}

// Close ends the log. What comes later is not written. The error says what could not
// be written since the beginning.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	trees := l.trees
	l.mu.Unlock()
	var errs []error
	for _, t := range trees {
		errs = append(errs, t.close())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stdout.finish()
	l.stderr.finish()
	l.begin(0)
	l.flush()
	errs = append(errs, l.err, l.stdout.exact.close(), l.stderr.exact.close(), l.log.close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("log of %s is not complete: %w", l.options.Name, err)
	}
	return nil
}
