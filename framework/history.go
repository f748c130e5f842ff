package framework

import (
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/lifecycle"
)

// componentRun is the run of a component in the history of its role.
type componentRun struct {
	file   *history.File
	number int
	began  time.Time
	ended  sync.Once
}

// beginRun notes that the component begins, now that the role is its own. A
// history that cannot be written is a warning, and no reason not to run.
func (p *program) beginRun() {
	if p.part.lock == nil { // a sub-role has none
		return
	}
	b := history.Begin{Executable: p.part.executable}
	switch {
	case p.starter != nil:
		m := p.starter.Marker
		b.By, b.Restart, b.Digest = m.By, m.Restart, m.Digest
		if m.Parent == os.Getppid() {
			b.Parent = m.Parent
		}
	case p.host.Hosted():
		b.By, b.Parent = "ansar run", p.host.ParentPID()
	}
	if b.Digest == "" {
		b.Digest, _ = history.Digest(p.part.home, p.part.executable, ownExecutable()) // it is for people to compare
	}
	b.Started = time.Now()
	file := history.Of(p.part.home, p.part.role)
	number, err := file.Begin(b)
	if err != nil {
		p.warn("%v", err)
	} else {
		p.run.Store(&componentRun{file: file, number: number, began: b.Started})
	}
	p.starter.Started(number)
	p.host.OnReady(p.isReady)
	if p.host.Hosted() {
		p.host.OnOverdue(func(completed *lifecycle.Completed) {
			p.endKilled(completed, exitFault)
			os.Exit(exitFault)
		})
	}
}

func (p *program) isReady() {
	if run := p.run.Load(); run != nil {
		_ = run.file.Ready(run.number) // the run counts as not ready, which is all there is to know
	}
	p.starter.Ready()
}

// stoppedBy notes that a signal ends the run, unless who sent it has said so.
func (p *program) stoppedBy(signal os.Signal) {
	run := p.run.Load()
	if run == nil {
		return
	}
	last, err := run.file.Last()
	if err == nil && last != nil && last.Number == run.number && len(last.Stops) == 0 {
		_ = run.file.Stopping(run.number, "signal: "+signal.String()) // the end says enough
	}
}

// endRun is the last that a component does, whose object has ended: everything
// it said goes into its log, then its end into the history.
func (p *program) endRun(completed *lifecycle.Completed) {
	p.endWith(endingOf(completed.GetValue()))
}

// endKilled is endRun for a component that had to be killed, and is going to
// exit with the status. What its goroutines were at is kept.
func (p *program) endKilled(completed *lifecycle.Completed, status int) {
	e := endingOf(completed.GetValue())
	e.How, e.ExitStatus, e.Dump = history.Exited, &status, p.dumpGoroutines()
	p.endWith(e)
}

func (p *program) endWith(e history.Ending) {
	stored := p.stored.Load()
	if stored != nil {
		stored.prints.close()
	}
	if run := p.run.Load(); run != nil {
		run.ended.Do(func() {
			if e.Fault && stored != nil {
				e.LastLines = run.file.LastLines(run.began)
			}
			e.Usage = history.OwnUsage()
			if err := run.file.End(run.number, e); err != nil {
				p.warn("%v", err)
			}
		})
	}
	if stored != nil {
		_ = stored.logs.Close() // every line is written
		stored.lock.Release()
	}
}

// endingOf is how a run ended that has a value.
func endingOf(value *anypb.Any) history.Ending {
	e := history.Ending{How: history.Returned}
	if value == nil {
		return e
	}
	name := string(value.MessageName())
	e.Type = name[strings.LastIndexByte(name, '.')+1:]
	e.Value = settings.Marshal(value, &settings.WriteOptions{Typed: true, Redact: true, Compact: true})
	if fault := faultIn(value); fault != nil {
		faulted := new(lifecycle.Faulted)
		e.Fault = true
		e.Text, _ = faultText(fault)
		e.Panic = errors.As(fault, &faulted) && faulted.GetCause() == lifecycle.Faulted_CAUSE_PANIC
	}
	return e
}
