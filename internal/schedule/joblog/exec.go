package joblog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// leakWindow is how long output may still come when the command has ended: what it
// leaves behind may hold its pipes for ever.
const leakWindow = 200 * time.Millisecond

// Command is a command of any language that is to have a log of its own.
type Command struct {
	// Argv is the command and its arguments.
	Argv []string

	// Name is what the log calls it. If empty, the last part of Argv[0].
	Name string

	// Parent is the log of whoever starts it. It is begun if there is none yet.
	Parent string

	Env    []string // if nil, that of this process; ANSAR_LOG is added
	Dir    string   // if empty, that of this process
	Stdin  *os.File // if nil, nothing
	Stdout *os.File // takes what it prints besides the log; nil: nothing does
	Stderr *os.File // as Stdout

	// Forward gives it the signals that this process is sent while it runs.
	Forward bool
}

// ErrNoLog is the error of a command without a log to link to.
var ErrNoLog = errors.New(Variable + " is not set: it names the log of whoever starts the command, " +
	"as in a job of a schedule; by hand: " + Variable + "=FILE ansar schedule exec -- COMMAND")

// Exec runs the command with a log of its own, links it with that of its parent both
// ways, and waits for its end. Its child processes find its log in ANSAR_LOG. What it
// leaves behind is not waited for.
//
// The state is how the command ended. The error says why it could not be run, as
// os/exec does, or what of the log could not be written; then state is not nil.
func Exec(ctx context.Context, c Command) (*os.ProcessState, error) {
	if c.Parent == "" {
		return nil, ErrNoLog
	}
	if c.Name == "" {
		c.Name = baseName(c.Argv[0])
	}
	path, to, err := c.create()
	if err != nil {
		return nil, fmt.Errorf("begin the log of %s: %w", c.Name, err)
	}
	l := &Log{options: Options{Name: c.Name}, known: true, log: file{path: path, to: to}}
	l.stdout = stream{log: l, mark: markStdout}
	l.stderr = stream{log: l, mark: markStderr}
	runtime.LockOSThread() // the death of the thread that starts it is its own
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Env, cmd.Dir, cmd.SysProcAttr = append(environ(c.Env), Variable+"="+path), c.Dir, dieWithParent()
	if c.Stdin != nil {
		cmd.Stdin = c.Stdin
	}
	state, err := c.run(cmd, l)
	if state == nil {
		note := appendLine(nil, time.Now(), markNote, "cannot start "+c.Name+": "+err.Error())
		return nil, errors.Join(err, l.closeAlone(), os.Remove(path), appendTo(c.Parent, note))
	}
	l.end(how(state))
	return state, errors.Join(err, l.closeAlone())
}

// create makes the file of the log, and the log of the parent if there is none.
func (c *Command) create() (string, *os.File, error) {
	parent, err := os.OpenFile(c.Parent, appendFlags|os.O_EXCL, 0o666)
	if err == nil {
		_, err = parent.Write(appendLine(nil, time.Now(), markLink, callerOf(os.Getppid()).logOf()))
		err = errors.Join(err, parent.Close())
	}
	if err != nil && !errors.Is(err, os.ErrExist) {
		return "", nil, err
	}
	return createBelow(c.Parent, c.Name)
}

// run starts the command, writes the links, copies what it prints, and waits for it.
func (c *Command) run(cmd *exec.Cmd, l *Log) (*os.ProcessState, error) {
	var pumps []*pump
	defer func() {
		for _, p := range pumps {
			p.close()
		}
	}()
	for _, s := range []struct {
		to   *io.Writer
		log  *stream
		pass *os.File
	}{{&cmd.Stdout, &l.stdout, c.Stdout}, {&cmd.Stderr, &l.stderr, c.Stderr}} {
		p, err := newPump(s.log, s.pass)
		if err != nil {
			return nil, err
		}
		pumps = append(pumps, p)
		*s.to = p.write
	}
	signals := make(chan os.Signal, 16)
	if c.Forward {
		signal.Notify(signals, slices.DeleteFunc(slices.Clone(forwarded), signal.Ignored)...)
		defer signal.Stop(signals)
	}
	if c.Stdout != nil || c.Stderr != nil { // a reader that has gone is the command's trouble, not ours
		broken := make(chan os.Signal, 1)
		signal.Notify(broken, syscall.SIGPIPE)
		defer signal.Stop(broken)
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	own := process{c.Name, cmd.Process.Pid}
	by := ownerOf(c.Parent, callerOf(os.Getppid()))
	err := appendTo(c.Parent, appendLine(nil, time.Now(), markLink, own.startedAt(relative(c.Parent, l.Path()))))
	l.add(appendLine(nil, time.Now(), markLink, own.startedBy(by, relative(l.Path(), c.Parent))))
	var copying sync.WaitGroup
	for _, p := range pumps {
		_ = p.write.Close() // the command has its own
		copying.Go(p.copy)
	}
	ended := make(chan struct{})
	go c.forward(cmd.Process, signals, ended)
	_ = cmd.Wait() // its state says all that the error would
	close(ended)
	for _, p := range pumps {
		_ = p.read.SetReadDeadline(time.Now().Add(leakWindow))
	}
	copying.Wait()
	return cmd.ProcessState, err
}

// forward passes signals on until the command has ended. Those of a terminal reach it
// without us.
func (c *Command) forward(to *os.Process, signals <-chan os.Signal, ended <-chan struct{}) {
	keys := isTerminal(c.Stdin)
	for {
		select {
		case s := <-signals:
			if !keys || s != syscall.SIGINT && s != syscall.SIGQUIT {
				_ = to.Signal(s) // it may have ended just now
			}
		case <-ended:
			return
		}
	}
}

var forwarded = []os.Signal{
	syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGCONT,
	syscall.SIGWINCH,
}

func isTerminal(f *os.File) bool {
	if f == nil {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && info.Name() != filepath.Base(os.DevNull)
}

// pump copies one stream of a command to its log, and to where it is passed on.
type pump struct {
	log         *stream
	pass        *os.File // nil: it is not passed on
	read, write *os.File
}

func newPump(log *stream, pass *os.File) (*pump, error) {
	r, w, err := os.Pipe()
	return &pump{log, pass, r, w}, err
}

// copy ends when nobody can write any more, or at the deadline. A reader of what is
// passed on that has gone is one for the command, too.
func (p *pump) copy() {
	buffer := make([]byte, 64<<10)
	for {
		n, err := p.read.Read(buffer)
		_, _ = p.log.Write(buffer[:n]) // does not fail
		if p.pass != nil && n > 0 {
			if _, err := p.pass.Write(buffer[:n]); errors.Is(err, syscall.EPIPE) {
				_ = p.read.Close()
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *pump) close() {
	_ = p.read.Close()
	_ = p.write.Close()
}

// end writes the last line.
func (l *Log) end(how string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stdout.finish()
	l.stderr.finish()
	l.batch = appendLine(l.batch, time.Now(), markLink, endedText+how)
	l.flush()
}

// closeAlone ends a log that is in no folder of an attempt.
func (l *Log) closeAlone() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
	return l.log.close()
}

func environ(env []string) []string {
	if env == nil {
		env = os.Environ()
	}
	kept := make([]string, 0, len(env)+1)
	for _, e := range env {
		if !strings.HasPrefix(e, Variable+"=") {
			kept = append(kept, e)
		}
	}
	return kept
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// how is how a command ended, as the log of an object tells of it.
func how(state *os.ProcessState) string {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return "signal: " + status.Signal().String()
	}
	return fmt.Sprintf("exit status %d", state.ExitCode())
}

// ExitAs ends this process as the command ended: with its status, or by the same
// signal. One that was not run is status 127, as in a shell.
func ExitAs(state *os.ProcessState) {
	if state == nil {
		os.Exit(127)
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		signal.Reset(status.Signal())
		noCore()
		_ = syscall.Kill(os.Getpid(), status.Signal())
		time.Sleep(leakWindow) // the signal ends it; unless somebody has us ignore it
		os.Exit(128 + int(status.Signal()))
	}
	os.Exit(state.ExitCode())
}

// noCore spares a second core of a command that has left one.
func noCore() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }
