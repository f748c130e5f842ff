package process

import (
	"context"
	"time"

	"github.com/ansar-go/ansar/internal/osproc"
)

// stopTree takes the command to the end of its own process. What that leaves is for settle.
func (p *Process) stopTree() {
	p.awaitHook()
	if p.killing.Err() == nil && !gone(p.os) {
		p.term()
		grace := time.NewTimer(p.spec.grace())
		defer grace.Stop()
		select {
		case <-p.os.Exited():
		case <-p.killing.Done():
		case <-grace.C:
		}
	}
	if gone(p.os) {
		return
	}
	p.mu.Lock()
	p.giveUpLater()
	p.byKill = true
	p.mu.Unlock()
	killFound(p.family, &p.left, func(*osproc.Held) {})
	p.tell("SIGKILL")
	select {
	case <-p.os.Exited():
	case <-p.abandoned:
	}
}

// settle ends what the command has left. It is called when its own process has ended,
// while the id of that is still its own. The usual command leaves nothing.
func (p *Process) settle() {
	p.mu.Lock()
	p.settling = true
	stopper, asked := p.stopper, p.asked
	p.mu.Unlock()
	if stopper != nil {
		<-stopper
	}
	if p.none() || !asked && awaitNone(p.stopping, p.family.Left, p.spec.leakWindow()) {
		return
	}
	if p.killing.Err() == nil {
		p.term()
		if awaitNone(p.killing, p.family.Left, p.graceLeft()) {
			return
		}
	}
	if killAll(p.family, &p.left) {
		p.tell("SIGKILL")
	}
}

// none reports whether the command has left nothing.
func (p *Process) none() bool {
	left := p.family.Left()
	defer left.Close()
	return left.Len() == 0
}

// term sends SIGTERM to the whole tree, unless that was done.
func (p *Process) term() {
	p.mu.Lock()
	done := !p.termed.IsZero()
	p.mu.Unlock()
	if done {
		return
	}
	root := term(p.family, &p.left)
	p.mu.Lock()
	p.termed, p.byTerm = time.Now(), root
	p.mu.Unlock()
	p.tell("SIGTERM")
}

func (p *Process) graceLeft() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.spec.grace() - time.Since(p.termed)
}

// tell tells OnSignal of a signal, the first time.
func (p *Process) tell(signal string) {
	p.mu.Lock()
	told := p.closed || p.told[signal]
	if p.told == nil {
		p.told = make(map[string]bool)
	}
	p.told[signal] = true
	why := p.why
	p.mu.Unlock()
	if why == "" {
		why = "processes were left"
	}
	if !told && p.spec.OnSignal != nil {
		p.spec.OnSignal(signal, why)
	}
}

// schedule sets the timers of what is done while the command runs.
func (p *Process) schedule() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spec.Slow > 0 && p.spec.OnSlow != nil {
		p.timers = append(p.timers, time.AfterFunc(p.spec.Slow, func() { p.begin(p.spec.OnSlow) }))
	}
	if p.spec.BeforeStop != nil {
		p.timers = append(p.timers, time.AfterFunc(p.spec.BeforeStop.After, func() { p.begin(p.beforeStop) }))
	}
}

// begin calls do on this goroutine, of a timer, if the command runs and was not told to stop.
func (p *Process) begin(do func()) {
	p.mu.Lock()
	over := p.closed || p.asked || p.settling
	if !over {
		p.begun.Add(1)
		defer p.begun.Done()
	}
	p.mu.Unlock()
	if !over {
		do()
	}
}

// beforeStop runs the hook.
func (p *Process) beforeStop() {
	hook := make(chan struct{})
	defer close(hook)
	p.mu.Lock()
	p.hook = hook
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(p.killing, p.spec.BeforeStop.limit())
	defer cancel()
	go func() {
		select {
		case <-p.os.Exited():
			cancel()
		case <-ctx.Done():
		}
	}()
	p.spec.BeforeStop.Run(ctx)
}

// awaitHook waits for the hook if it runs, no longer than its limit.
func (p *Process) awaitHook() {
	p.mu.Lock()
	hook := p.hook
	p.mu.Unlock()
	if hook == nil {
		return
	}
	limit := time.NewTimer(p.spec.BeforeStop.limit()) // it began earlier
	defer limit.Stop()
	select {
	case <-hook:
	case <-limit.C:
	case <-p.killing.Done():
	case <-p.os.Exited():
	}
}
