package actor

import (
	"cmp"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/osproc"
)

// start asks the system for a process and gives what came of it as an event,
// which so comes before anything that the process says.
func (p *process) start() occurrence {
	p.again = false
	if p.wanted.IsZero() {
		p.wanted = time.Now()
	}
	err := p.facts.startError
	if err == nil || temporary(err) {
		err = p.launch()
	}
	switch {
	case err == nil:
		p.facts.startError = nil
		return occurrence{event: evStarted}
	case temporary(err):
		p.facts.startError, p.facts.waitingFor = nil, err
		if waited := time.Since(p.wanted); waited >= p.node.limits.start {
			p.facts.waited = p.node.limits.start
			return occurrence{event: evCannotStart}
		}
		return occurrence{event: evNoResources}
	}
	p.facts.startError = err
	return occurrence{event: evCannotStart}
}

func temporary(err error) bool { return errors.Is(err, osproc.ErrNoResources) }

// exec finds the executable and starts it.
func (p *process) exec() error {
	if p.end == nil {
		if err := p.connect(); err != nil {
			return err
		}
	}
	launch, err := p.located()
	if err != nil {
		return err
	}
	p.facts.executable = launch.Path
	name := p.order.name
	file, told := p.log().fileFor(p.shownName(), p.main.Address, p.order.sink != nil)
	p.logFile = file
	spec := &osproc.Spec{
		Path: launch.Path, Args: launch.Args, Dir: launch.Dir, Link: p.end,
		Env:         append(environment(p.order.env, told), marker(p.main.Address, p.end)),
		Stdout:      cmp.Or[io.Writer](p.order.stdout, &p.stdout),
		Stderr:      cmp.Or[io.Writer](p.order.stderr, &p.stderr),
		DeathSignal: wakeSignal,
		TailBytes:   keptOutput,
		Stdin:       p.order.stdin,
	}
	p.stdout = lines{log: p.log(), tag: tagStdout, name: name}
	p.stderr = lines{log: p.log(), tag: tagStderr, name: name}
	running, err := osproc.Start(spec)
	if err != nil {
		return err
	}
	p.running = running
	p.live.Store(running)
	p.facts.pid = running.Pid()
	_ = p.end.Close() // ours; the child has its own
	p.line(tagTrace, "Execute %s", strings.Join(spec.Args, " "))
	return nil
}
