package group

import (
	"bytes"
	"cmp"
	"context"
	"sync"
	"syscall"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/runner"
	"github.com/ansar-go/ansar/lifecycle"
)

// Line is a line that a plain program printed.
type Line struct {
	Role  string
	PID   int  // of the runner that passed it on
	Error bool // it was printed on standard error
	Text  string
}

// beginPlain starts a plain program, below a runner below this process.
func (r *run) beginPlain(p *part) {
	err := r.spawnPlain(p)
	if err == nil {
		return
	}
	fault := &lifecycle.Faulted{Condition: "cannot be started", Explanation: err.Error()}
	r.over(Ending{Role: p.role.Name, Value: lifecycle.Complete(fault).GetValue(), Fault: fault})
}

func (r *run) spawnPlain(p *part) error {
	set, err := property.Of(p.role)
	if err != nil {
		return err
	}
	spec, err := runnerSpec(r.home, set, nil, "ansar run")
	if err != nil {
		return err
	}
	spec.Foreground = true
	spec.Program.Grace = cmp.Or(r.options.Grace, spec.Program.Grace)
	stdout := &lineWriter{print: r.printer(p, false)}
	stderr := &lineWriter{print: r.printer(p, true)}
	started, err := runner.Start(spec, &runner.StartOptions{Stdout: stdout, Stderr: stderr})
	if err != nil {
		return err
	}
	r.mu.Lock()
	p.plain = started
	r.mu.Unlock()
	go r.followPlain(p.role.Name, started, stdout, stderr) // ends with the news of its end, which the run waits for
	return nil
}

// printer passes lines of a plain program on.
func (r *run) printer(p *part, isError bool) func(string) {
	return func(text string) {
		if r.options.Output == nil {
			return
		}
		r.mu.Lock()
		pid := 0
		if p.plain != nil {
			pid = p.plain.Pid()
		}
		r.mu.Unlock()
		r.options.Output(Line{p.role.Name, pid, isError, text})
	}
}

// followPlain tells what comes of a plain program.
func (r *run) followPlain(role string, started *runner.Started, output ...*lineWriter) {
	var hearing sync.WaitGroup
	hearing.Go(func() {
		defer started.Events().Close()
		for {
			event, err := background.Read(started.Events())
			if err != nil {
				return
			}
			r.heard(role, event)
		}
	})
	<-started.Done()
	_ = started.Events().SetReadDeadline(time.Now().Add(wordLimit)) // a stray may hold the pipe
	hearing.Wait()
	for _, w := range output {
		w.finish()
	}
	r.tell(role, func(p *part) {
		exit := started.Exit()
		value := r.plainValue(p, int32(exit.Status), exit.Signal)
		fault, _ := value.(lifecycle.Fault)
		e := Ending{Role: role, Value: lifecycle.Complete(value).GetValue()}
		if fault != nil {
			e.Fault = fault
		}
		r.over(e)
	})
}

func (r *run) heard(role string, event background.Event) {
	switch event.Kind {
	case background.Started:
		r.options.Reservation.Release(role)
		r.tell(role, func(p *part) { p.number = event.Run })
	case background.Ready:
		r.tell(role, func(p *part) { p.ready = true })
	case background.Failed:
		r.tell(role, func(p *part) { p.words = event.Error })
	}
}

// plainValue is the value of a plain program, by how its runner ended, and what
// that has written down.
func (r *run) plainValue(p *part, status int32, signal syscall.Signal) proto.Message {
	aborted := &lifecycle.Aborted{Executable: p.role.Executable}
	switch {
	case signal != 0:
		aborted.Signal, aborted.Explanation = proto.Int32(int32(signal)), "its runner was killed"
		return aborted
	case p.number == 0:
		return &lifecycle.Faulted{Condition: "cannot be started", Explanation: cmp.Or(p.words, "its runner has failed")}
	}
	last, err := history.Of(r.home, p.role.Name).Last()
	if err == nil && last != nil && last.Number == p.number && last.End != nil && last.End.Signal != "" {
		aborted.Signal = proto.Int32(status - 128)
		return aborted
	}
	return &lifecycle.ExitCode{Code: status}
}

// killPlain kills the plain programs, and waits for their runners to have said
// so.
func (r *run) killPlain() {
	r.mu.Lock()
	var running []*runner.Started
	for _, p := range r.parts {
		if p.plain != nil && p.state == partRunning {
			running = append(running, p.plain)
		}
	}
	r.mu.Unlock()
	for _, p := range running {
		_ = p.Stop() // twice is at once
		_ = p.Stop()
	}
	late, done := context.WithTimeout(context.Background(), terminateLimit)
	defer done()
	for _, p := range running {
		select {
		case <-p.Done():
		case <-late.Done():
			_ = p.SignalGroup(syscall.SIGKILL) // it may have ended now
		}
	}
}

// longestLine bounds what is held of a line that has no end: it is cut there.
const longestLine = 1 << 20

// lineWriter gives lines away as they come.
type lineWriter struct {
	print func(string)
	rest  []byte // of a line that has not ended
}

// Write implements io.Writer.
func (w *lineWriter) Write(data []byte) (int, error) {
	w.rest = append(w.rest, data...)
	for {
		line, rest, ended := bytes.Cut(w.rest, []byte("\n"))
		if len(line) > longestLine {
			line, rest, ended = w.rest[:longestLine], w.rest[longestLine:], true
		}
		if !ended {
			return len(data), nil
		}
		w.print(string(line))
		w.rest = rest
	}
}

// finish gives the last line away, if it has no end.
func (w *lineWriter) finish() {
	if len(w.rest) > 0 {
		w.print(string(w.rest))
		w.rest = nil
	}
}
