package framework

import (
	"errors"
	"os"

	"github.com/ansar-go/ansar/internal/background"
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
