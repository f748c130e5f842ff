package runner

import (
	"cmp"
	"context"
	"fmt"
	"sync/atomic"
	"syscall"

	"github.com/ansar-go/ansar/internal/osproc"
)

// rest is what a program that was told to end has left of its grace, when it has
// ended itself: then that is the time of its process group and its session.
type rest struct {
	asked atomic.Bool     // it was told to end
	ctx   context.Context //nolint:containedctx // it ends with the grace
	over  context.CancelFunc
}

func newRest() *rest {
	r := &rest{}
	r.ctx, r.over = context.WithCancel(context.Background())
	return r
}

// clear ends what a program has left behind that has ended itself. Where that was
// told to end, what it has left is told, too, and has the rest of the grace.
func (p *plain) clear(process *osproc.Process, r *rest) {
	defer r.over()
	if r.asked.Load() {
		if program := p.spec.Program; !program.StopGroup { // otherwise it was told already
			_ = process.SignalGroup(cmp.Or(program.StopSignal, syscall.SIGTERM)) // perhaps to nobody
			_ = process.SignalGroup(syscall.SIGCONT)
		}
		process.AwaitGroup(r.ctx)
	}
	osproc.KillAdopted(adoptedLimit)
}

// terminate implements [player].
func (p *plain) terminate() {
	p.forced = syscall.SIGTERM
	p.warnOfEnd("SIGTERM to all of it")
	_ = p.process.SignalGroup(syscall.SIGTERM)
	_ = p.process.SignalGroup(syscall.SIGCONT)
}

// kill implements [player].
func (p *plain) kill() {
	p.forced = syscall.SIGKILL
	p.warnOfEnd("SIGKILL")
	_ = p.process.SignalGroup(syscall.SIGKILL) // the rest follows when it has ended
	p.rest.over()
}

func (p *plain) warnOfEnd(sent string) {
	what := "process (%d) does not end: sent %s"
	select {
	case <-p.process.Exited():
		what = "what process (%d) has left does not end: sent %s"
	default:
	}
	p.out.say(tagWarning, fmt.Sprintf(what, p.process.Pid(), sent))
}
