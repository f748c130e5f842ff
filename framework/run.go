package framework

import (
	"errors"
	"strings"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/lifecycle"
)

// hosted is the program as a child: it tells its parent what came of it.
func (p *program) hosted() int {
	p.begin = p.host.Begin()
	if p.begin == nil {
		return exitFault // the parent is gone: nobody to tell
	}
	if p.begin.Object == "" {
		p.begin.For(p.def)
	}
	completed := p.serve()
	if p.run.Load() != nil {
		p.endRun(completed)
	}
	p.host.Finish(completed)
	if faultIn(completed.GetValue()) != nil {
		return exitFault
	}
	return exitDone
}

// serve runs the object for the parent. A program that is called with nothing
// but a message does nothing but this.
func (p *program) serve() *lifecycle.Completed {
	if p.begin.Object != "" {
		return p.serveOwn()
	}
	if len(p.arguments()) == 0 && !p.hasVariables() {
		p.heedSignals()
		return p.host.Serve(p.def, p.begin)
	}
	err := p.read()
	if err == nil {
		err = p.refuseActions()
	}
	if err == nil {
		var completed *lifecycle.Completed
		if completed, err = p.perform(); err == nil {
			return completed
		}
	}
	return lifecycle.Complete(p.refusal(err))
}

// refuseActions refuses what makes sense for a user only.
func (p *program) refuseActions() error {
	if len(p.given.actions()) > 0 || p.given.help || p.given.version || p.given.outputFile != "" {
		return &settings.UsageError{Problem: "flags that print or store are for a program run by hand: " +
			strings.Join(p.arguments(), " ")}
	}
	return nil
}

// serveOwn runs an object of this program that its parent, the same program,
// has named. Its settings are those that the parent gave, or its defaults.
func (p *program) serveOwn() *lifecycle.Completed {
	given := &given{}
	if len(p.arguments()) > 1 && given.parseQuickly(p.arguments()[1:]) && given.check() == nil && given.homePath != "" {
		var err error
		if p.part, err = openPart(given.homePath, given.roleName, p.name); err == nil {
			err = p.enter()
		}
		if err != nil {
			return lifecycle.Complete(lifecycle.FaultOf(err))
		}
	}
	p.given = given
	p.host.Carry(programKey{}, p)
	p.heedSignals()
	return p.host.ServeNamed(p.begin)
}

// refusal is the fault of a child that does not even begin.
func (p *program) refusal(err error) lifecycle.Fault {
	if usage := new(settings.UsageError); errors.As(err, &usage) {
		return &lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_REFUSED, Condition: p.name + " refuses its settings", Explanation: err.Error(),
		}
	}
	return lifecycle.FaultOf(err)
}

// byHand is the program as a tool, or as a component that nobody of ours has
// started: it tells its user what came of it.
func (p *program) byHand() int {
	err := p.read()
	if err == nil && p.part == nil && !p.given.help && !p.given.version {
		p.openConfig()
	}
	if err == nil {
		var done bool
		if done, err = p.act(); done && err == nil {
			return exitDone
		}
	}
	if err != nil {
		return p.fail(err)
	}
	if err := p.checkOutput(); err != nil {
		return p.fail(err)
	}
	p.host.OnOverdue(p.killed)
	p.log()
	completed, err := p.perform()
	if p.ending.reported.Swap(true) {
		select {} // the process exits any moment
	}
	if err != nil {
		return p.fail(err)
	}
	p.host.Finish(completed)
	if p.run.Load() != nil {
		p.endRun(completed)
	}
	return p.report(completed)
}

// perform runs the object with its settings and its input.
func (p *program) perform() (*lifecycle.Completed, error) {
	s, err := p.settings(true)
	if err != nil {
		return nil, err
	}
	in, err := p.input()
	if err != nil {
		return nil, err
	}
	def, err := p.retried()
	if err != nil {
		return nil, err
	}
	p.keepDefaults()
	p.heedSignals()
	if err := p.enter(); err != nil {
		return nil, err
	}
	p.host.Carry(programKey{}, p)
	return p.host.Run(def, p.begin, s, in), nil
}

// enter makes a component's role its own, and its children components, too.
func (p *program) enter() error {
	if p.part == nil {
		return nil
	}
	p.host.Locate(p.part.locate)
	p.host.OwnFlags(p.part.flags)
	if err := p.part.enter(); err != nil {
		return err
	}
	if p.starter != nil {
		if err := p.keepLog(); err != nil {
			return err
		}
	}
	p.beginRun()
	return nil
}

// log sends the log of the whole tree to standard error, if the user wants to
// see it.
func (p *program) log() {
	level := p.given.debugLevel
	if level == 0 || level == actor.LevelNone {
		return
	}
	sink := actor.TextSink(p.stderr)
	if p.given.jsonLog {
		sink = actor.JSONSink(p.stderr)
	}
	actor.LogTo(level, sink)
}
