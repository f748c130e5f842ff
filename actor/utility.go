package actor

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/lifecycle"
)

// Command is a program that is not of this framework, as an object. The zero
// value of each field is a sensible default; it must not be changed while it
// runs.
type Command struct {
	// Name is the executable: a path, or a name that is looked for in PATH.
	Name string

	// Args are its arguments, without the name.
	Args []string

	// Dir is its working directory. Empty: that of this process.
	Dir string

	// Env is added to the environment of this process, as NAME=value.
	Env []string

	// Stdin is what it reads. Nil: nothing.
	Stdin io.Reader

	// Stdout and Stderr take what it writes. Nil: its lines go to the log, as
	// console and warning lines. They are used by one goroutine each.
	Stdout, Stderr io.Writer
}

// Utility is the program called name with the given arguments: strings as
// they are, a [Flag] with its dashes, all else as text.
func Utility(name string, args ...any) *Command {
	c := &Command{Name: name}
	for _, a := range args {
		c.Args = append(c.Args, rendered(a)...)
	}
	return c
}

// Run runs the program and waits for its end. With an object's context the
// program is a child of that object. When the context ends it is sent SIGTERM,
// and SIGKILL with its process group when half of the grace is over.
//
// The error is a fault: *Faulted with CAUSE_EXIT_STATUS for a status other than
// 0, *Aborted for a signal, *TimedOut and *Aborted when the context ended,
// *Faulted with its cause if it could not be started. Where this program is one
// of ours, the death of this process is the death of the utility.
func (c *Command) Run(ctx context.Context, options ...Option) error {
	_, err := call[*UtilityReturned](ctx, c.order(c.Stdout, c.Stderr), options)
	return err
}

// Output is Run, and gives what the program wrote to its standard output.
func (c *Command) Output(ctx context.Context, options ...Option) ([]byte, error) {
	var out bytes.Buffer
	_, err := call[*UtilityReturned](ctx, c.order(&out, c.Stderr), options)
	return out.Bytes(), err
}

// Create starts the program as a child of self and returns without waiting.
// Its Completed carries a *UtilityReturned with all that it wrote, or a fault.
func (c *Command) Create(self *Context, options ...Option) *PID {
	var out, diag bytes.Buffer
	o := c.order(cmp.Or[io.Writer](c.Stdout, &out), cmp.Or[io.Writer](c.Stderr, &diag))
	run := o.kind.run
	o.kind.run = func(self *Context, s, i proto.Message) (proto.Message, error) {
		if _, err := run(self, s, i); err != nil {
			return nil, err
		}
		return &UtilityReturned{Stdout: out.Bytes(), Stderr: diag.Bytes()}, nil
	}
	return self.begin(o, options)
}

func (c *Command) order(stdout, stderr io.Writer) *order {
	k := &kind{name: filepath.Base(c.Name), settles: defaultLimits().kill, program: true}
	k.run = func(self *Context, _, _ proto.Message) (proto.Message, error) {
		return &UtilityReturned{}, c.perform(self, stdout, stderr)
	}
	return &order{name: k.name, kind: k, inProcess: true}
}

// perform is the life of the program within its object.
func (c *Command) perform(self *Context, stdout, stderr io.Writer) error {
	path, err := osproc.Find(c.Name, nil)
	if err != nil {
		return c.cannotStart(err)
	}
	out, keepOut := c.sink(self, stdout, tagStdout)
	diag, keepErr := c.sink(self, stderr, tagStderr)
	file, told := self.log.fileFor(filepath.Base(c.Name), self.pid.Address+"_"+self.pid.Id, self.called)
	spec := &osproc.Spec{
		Path: path, Args: append([]string{c.Name}, c.Args...), Dir: c.Dir, Env: environment(self.env, told, c.Env),
		Stdout: out, Stderr: diag, DeathSignal: syscall.SIGKILL,
	}
	feed, err := c.feed(spec)
	if err != nil {
		return c.cannotStart(err)
	}
	running, err := startPatiently(self, spec)
	if err != nil {
		feed.close()
		return c.cannotStart(err)
	}
	feed.begin()
	defer feed.close()
	c.started(self, running, file)
	keepOut(running.Pid())
	keepErr(running.Pid())
	c.await(self, running)
	self.line(tagEnded, "Process (%d) ended with %s", running.Pid(), endText(running.Exit()))
	for _, w := range []io.Writer{out, diag} {
		if l, ok := w.(*lines); ok {
			l.finish()
		}
	}
	self.log.processEnded(&ProcessEnded{Pid: int32(running.Pid()), How: running.Exit().String()})
	return c.verdict(self, running)
}

// started tells of the process, before anything that it prints.
func (c *Command) started(self *Context, running *osproc.Process, file string) {
	self.line(tagStarted, "Started process (%d)", running.Pid())
	self.log.processStarted(&ProcessStarted{Pid: int32(running.Pid()), Name: filepath.Base(c.Name), Called: self.called, File: file})
	if self.onStarted == nil {
		return
	}
	defer func() {
		if r := recover(); r != nil { // of the caller's making: the utility goes on
			self.Fault("panic in OnStarted: %v", r)
		}
	}()
	self.onStarted(running.Pid())
}

// await waits for the end of the program, and brings it about after a stop.
func (c *Command) await(self *Context, running *osproc.Process) {
	select {
	case <-running.Done():
		return
	case <-self.Done():
	}
	_ = running.SignalGroup(syscall.SIGTERM) // it may have ended just now
	_ = running.SignalGroup(syscall.SIGCONT)
	patience := time.NewTimer(self.left() / 2)
	defer patience.Stop()
	select {
	case <-running.Done():
		return
	case <-patience.C:
	}
	self.Warning("process (%d) does not end: sending SIGKILL", running.Pid())
	_ = running.SignalGroup(syscall.SIGKILL)
	<-running.Done()
}

func (c *Command) verdict(self *Context, running *osproc.Process) error {
	exit := running.Exit()
	switch {
	case exit.Signal != 0:
		a := &lifecycle.Aborted{Executable: c.Name, Signal: proto.Int32(int32(exit.Signal)), LastLines: running.Tail()}
		if self.Stopped() {
			a.Explanation = "after it was told to stop"
		}
		return a
	case self.Stopped():
		return context.Cause(self)
	case exit.Status != 0:
		return &lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_EXIT_STATUS, Executable: c.Name, ExitStatus: proto.Int32(int32(exit.Status)),
			Condition: "ended with exit status " + strconv.Itoa(exit.Status), LastLines: running.Tail(),
		}
	}
	return nil
}

func (c *Command) cannotStart(err error) error {
	f := facts{name: c.Name, startError: err}
	if errors.Is(err, osproc.ErrNoResources) {
		f.startError, f.waitingFor = nil, err
	}
	if patience := new(impatience); errors.As(err, &patience) {
		f.waited, f.waitingFor = patience.waited, patience.err
	}
	return f.unstarted()
}

// firstPause is how long to wait before the system is asked again; then it is
// twice as long each time, up to a second.
const firstPause = 10 * time.Millisecond

// impatience is why the system is not asked for a process any longer.
type impatience struct {
	waited time.Duration
	err    error
}

// Error implements error.
func (i *impatience) Error() string { return i.err.Error() }

// Unwrap gives what was short.
func (i *impatience) Unwrap() error { return i.err }

// startPatiently waits while the system has no process to give, as long as the
// time to start lasts.
func startPatiently(self *Context, spec *osproc.Spec) (*osproc.Process, error) {
	begun, limit := time.Now(), self.node.limits.start
	for pause := firstPause; ; pause = min(2*pause, time.Second) {
		running, err := osproc.Start(spec)
		if err == nil || !temporary(err) {
			return running, err
		}
		left := limit - time.Since(begun)
		if left <= 0 {
			return nil, &impatience{limit, err}
		}
		if pause == firstPause {
			self.log.printed(tagStderr, os.Getpid(), self.name, "cannot start yet: "+err.Error())
		}
		select {
		case <-time.After(min(pause, left)):
		case <-self.Done():
			return nil, err
		}
	}
}

// sink is where a stream of the program goes: the writer that was given, or
// the log. The function that comes with it tells the process id.
func (c *Command) sink(self *Context, w io.Writer, tag byte) (io.Writer, func(pid int)) {
	if w != nil {
		return w, func(int) {}
	}
	l := &lines{log: self.log, tag: tag, name: self.name}
	return l, l.begin
}
