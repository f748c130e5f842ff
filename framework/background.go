package framework

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/logstore"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/lifecycle"
)

// inBackground is the program as a component on its own: its starter hears what
// becomes of the start, its log and its history hear the rest.
func (p *program) inBackground(starter *background.Teller) int {
	early := new(earlyWords)
	p.starter, p.stdout, p.stderr = starter, early, early
	completed, err := p.startInBackground()
	if p.ending.reported.Swap(true) {
		select {} // the process exits any moment
	}
	if err != nil {
		return p.startFailed(err)
	}
	p.host.Finish(completed)
	p.endRun(completed)
	starter.Close()
	return p.status(completed)
}

func (p *program) startInBackground() (*lifecycle.Completed, error) {
	if err := p.read(); err != nil {
		return nil, err
	}
	if err := p.refuseActions(); err != nil {
		return nil, err
	}
	if p.part == nil || !p.part.top() {
		return nil, errors.New("only a role of a home can be in the background: give --home-path and --role-name")
	}
	p.host.OnOverdue(p.killedInBackground)
	return p.perform()
}

// startFailed tells the starter why there is no run, and ends the run if there
// is one.
func (p *program) startFailed(err error) int {
	line, _ := faultText(err)
	pid := 0
	if locked := new(lifecycle.LockedOut); errors.As(err, &locked) {
		pid = int(locked.GetPid())
	}
	p.starter.Failed(line, pid)
	if usage := new(settings.UsageError); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFault
}

// status is the exit status that stands for what came of the object.
func (p *program) status(completed *lifecycle.Completed) int {
	value := completed.GetValue()
	fault := faultIn(value)
	code := new(lifecycle.ExitCode)
	switch {
	case fault != nil && p.ending.stopped.Load() && errors.Is(fault, lifecycle.ErrAborted):
		return exitInterrupted
	case fault != nil:
		return exitFault
	case value.MessageIs(code) && value.UnmarshalTo(code) == nil:
		return statusOf(code.GetCode())
	}
	return exitDone
}

// killedInBackground ends a program that did not end by itself.
func (p *program) killedInBackground(completed *lifecycle.Completed) {
	if p.ending.reported.Swap(true) {
		select {} // the process exits any moment
	}
	p.starter.Close()
	p.endKilled(completed, exitInterrupted)
	os.Exit(exitInterrupted)
}

// keepLog has the log of the whole tree stored, and what the process itself
// prints with it. What was said until now comes first.
func (p *program) keepLog() error {
	folder, err := p.part.home.Folder(home.Logs, p.part.role)
	if err != nil {
		return err
	}
	store, err := logstore.Open(folder, storage(p.part.properties["storage"]))
	if err != nil {
		return err
	}
	level, err := actor.ParseLevel(p.starter.Marker.Level)
	if err != nil {
		level = actor.LevelDebug
	}
	actor.LinesTo(level, func(line []byte) {
		_, _ = store.Write(line) // it tells itself what was lost, and why
	})
	prints, err := capture(store, p.name)
	if err != nil {
		return fmt.Errorf("keep what %s prints: %w", p.name, err)
	}
	p.stored.Store(&stored{logs: store, prints: prints, lock: p.part.lock})
	if early, ok := p.stderr.(*earlyWords); ok {
		early.goOn(os.Stderr) // into the log
	}
	return nil
}

// stored is what a component in the background has to give back.
type stored struct {
	logs   *logstore.Writer
	prints *prints
	lock   *home.Lock
}

// earlyWords are what is said before there is a log to say it to.
type earlyWords struct {
	mu   sync.Mutex // guards the fields below
	kept []byte
	out  io.Writer
}

func (e *earlyWords) Write(text []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.out != nil {
		return e.out.Write(text)
	}
	e.kept = append(e.kept, text...)
	return len(text), nil
}

// goOn has everything said to out, also what was kept.
func (e *earlyWords) goOn(out io.Writer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = out.Write(e.kept) // it goes into a pipe of this process
	e.kept, e.out = nil, out
}

// storage is the property that bounds the log, 0 if it is not set. It is a
// number of bytes in protobuf JSON; whoever sets it checks it.
func storage(property []byte) int64 {
	n, err := strconv.ParseInt(strings.Trim(string(property), "\" \n"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// keptDumps is how many goroutine dumps of a role are kept.
const keptDumps = 5

// dumpName names the file for the goroutines of a run.
func dumpName(folder string, run int) string {
	return filepath.Join(folder, fmt.Sprintf("goroutines-%08d.txt", run))
}
