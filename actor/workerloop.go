package actor

import (
	"os"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/internal/link/linkpb"
	"github.com/ansar-go/ansar/internal/poolpb"
	"github.com/ansar-go/ansar/lifecycle"
)

// workerHeader says that a process is to be a worker.
const workerHeader = "ansar-worker"

// workbench is where a worker gets its work: the object that a process runs
// instead of the one that it was started for, which it runs once for each call.
type workbench struct {
	node  *node
	kind  *kind
	work  chan *piece   // holds what the pool has sent: one at a time
	input proto.Message // where a call has none; nil: the default of the object
	taken uint64        // the loop's own
}

// piece is one call on its way.
type piece struct {
	work  *poolpb.Work
	reply link.PID
	came  time.Time
}

func newWorkbench(n *node) *workbench {
	b := &workbench{node: n, work: make(chan *piece, 1)}
	n.receive(workID, b.deliver)
	return b
}

// deliver takes a call from the reader of the link.
func (b *workbench) deliver(m link.Message) {
	w := new(poolpb.Work)
	err := proto.Unmarshal(m.Payload, w)
	if m.Free != nil {
		m.Free()
	}
	m.Done()
	p := &piece{work: w, reply: m.Sender}
	if w.DeadlineLeftMs != nil {
		p.came = time.Now()
	}
	if err != nil {
		return // a pool of ours sends nothing else
	}
	select {
	case b.work <- p:
	default: // a pool that sends two at a time is none of ours
	}
}

// runs makes the bench the object of the process.
func (b *workbench) runs(k *kind, input proto.Message) *kind {
	b.kind, b.input = k, input
	return &kind{
		name: k.name, subject: k.subject, settings: k.settings, defaultSettings: k.defaultSettings, settles: k.settles,
		run: func(self *Context, settings, _ proto.Message) (proto.Message, error) {
			return b.loop(self, settings), nil
		},
	}
}

// loop works until it is told to stop.
func (b *workbench) loop(self *Context, settings proto.Message) proto.Message {
	for {
		select {
		case p := <-b.work:
			if self.Stopped() {
				break
			}
			b.taken++
			b.perform(self, settings, p)
			continue
		case <-self.Done():
		}
		_ = self.heed() // nobody else is to be told
		return &poolpb.Left{Taken: b.taken}
	}
}

// perform runs one call as an object of its own and answers it.
func (b *workbench) perform(self *Context, settings proto.Message, p *piece) {
	ended := make(chan *lifecycle.Completed, 1)
	printMark(p.work.GetMark())
	birth, err := b.birth(self, settings, p)
	if err != nil {
		b.answer(p, lifecycle.Complete(lifecycle.FaultOf(err)))
		return
	}
	birth.born = func(call *Context) { self.inner.Store(call) }
	birth.end = func(c *lifecycle.Completed) { ended <- c }
	call := b.node.spawn(birth)
	defer self.inner.Store(nil)
	select {
	case completed := <-ended:
		b.answer(p, completed)
		return
	case <-self.Done():
	}
	b.answer(p, b.stop(self, call, ended))
}

// stop passes a stop on to the call.
func (b *workbench) stop(self, call *Context, ended <-chan *lifecycle.Completed) *lifecycle.Completed {
	c := &child{pid: call.pid, name: call.name, ended: make(chan struct{})}
	c.halt, c.kill = call.tell, func() {} // killed with the process
	self.adopt(c)                         // a later stop that leaves less time comes by Host.endTree
	self.mu.Lock()
	stop := stopIn(time.Until(self.deadline), self.stop.GetReason())
	self.mu.Unlock()
	call.tell(stop)
	completed := <-ended
	close(c.ended)
	self.reaped(c.pid)
	return completed
}

// birth is how the object of a call begins.
func (b *workbench) birth(self *Context, settings proto.Message, p *piece) (*birth, error) {
	w := p.work
	n := &birth{
		kind: b.kind, settings: clone(settings), headers: w.GetHeaders(), parent: self.parent,
		env: append(self.env[:len(self.env):len(self.env)], w.GetEnvironment()...),
	}
	if w.GetCaller() != "" {
		n.parent = &PID{Address: p.reply.Address, Id: w.GetCaller()}
	}
	if w.DeadlineLeftMs != nil {
		n.deadline = p.came.Add(time.Duration(w.GetDeadlineLeftMs()) * time.Millisecond)
	}
	if w.GetWantsReady() {
		n.waited, n.ready = true, func() { _ = b.node.router.TrySend(p.reply, link.PID{}, &poolpb.Underway{}) }
	}
	if target, ok := logTarget(w.GetHeaders()[logHeader]); ok {
		n.log = b.node.elsewhere(Level(w.GetLogLevel()), target, w.GetHeaders()[filesHeader])
		if w.GetHeaders()[ownLogHeader] != "" {
			n.log.processStarted(&ProcessStarted{Address: b.node.address, Pid: int32(os.Getpid()), Name: b.kind.name, Called: true})
		}
		for _, name := range []string{logHeader, filesHeader, ownLogHeader} {
			delete(n.headers, name)
		}
	}
	if w.GetType() == "" {
		n.input = clone(b.input)
		return n, nil
	}
	input, err := decode(w.GetType(), w.GetInput())
	if err != nil { // the same, with an error that says what it means
		input, err = unpack("input", b.kind.input, &linkpb.Value{Type: w.GetType(), Payload: w.GetInput()})
	}
	n.input = input
	return n, err
}

// answer tells the pool what came of a call.
func (b *workbench) answer(p *piece, completed *lifecycle.Completed) {
	printMark(p.work.GetMark())
	value := completed.GetValue()
	m := &poolpb.Worked{Type: string(value.MessageName()), Value: value.GetValue()}
	if p.work.GetTellMemory() {
		m.Memory = residentMemory()
	}
	if err := b.node.router.TrySend(p.reply, link.PID{}, m); err == nil || !isTooLarge(err) {
		return // a dead link ends the worker
	}
	value = lifecycle.Complete(&lifecycle.Faulted{
		Cause: lifecycle.Faulted_CAUSE_TOO_LARGE, Condition: "cannot return the value", Explanation: "it is over the limit of a message",
	}).GetValue()
	m.Type, m.Value = string(value.MessageName()), value.GetValue()
	_ = b.node.router.TrySend(p.reply, link.PID{}, m)
}
