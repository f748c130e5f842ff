package actor

import (
	"context"
	"errors"
	"maps"
	"os"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/internal/link/linkpb"
	"github.com/ansar-go/ansar/lifecycle"
)

// beginProcess starts what the order says in a process of its own. The link
// exists when it returns, so that the child can be written to at once.
func (n *node) beginProcess(parent *Context, o *order, c *child) {
	n.startLog()
	if n.address == root(n.address) { // whoever is below may have pools
		n.startBudget()
	}
	address := n.address + "." + strconv.FormatUint(n.lastSub.Add(1), 10)
	p := &process{node: n, child: c, order: o, parent: parent, id: n.newID(), main: link.PID{Address: address, ID: mainID}}
	p.facts.name, p.facts.executable = o.name, o.name
	p.launch = p.exec
	c.pid = fromLink(p.main)
	c.halt = func(stop *lifecycle.Stop) { p.post(occurrence{event: evStop, stop: stop}) }
	c.kill = func() { p.post(occurrence{event: evKill}) }
	if c.last == nil {
		l := o.log
		c.last = func(announce func()) { n.afterLogs(l, announce) }
	}
	p.line(tagCreated, "Created by %s", n.text(pidOfParent(parent)))
	n.spawnEngine(p.id, p.receive) // before anybody can stop it
	n.mu.Lock()
	n.procs[address] = p
	n.mu.Unlock()
	p.facts.startError = p.connect()
	parent.adopt(c)
	n.system.Root.Send(n.system.NewLocalPID(p.id), inPlace{})
	c.limit()
}

func pidOfParent(parent *Context) *PID {
	if parent == nil {
		return nil
	}
	return parent.pid
}

// connect makes the link and writes what the child is to read first.
func (p *process) connect() error {
	if err := p.node.mayStart(p.order); err != nil {
		return err
	}
	ours, theirs, err := socketpair()
	if err != nil {
		return err
	}
	p.end = theirs
	l := p.node.router.AddChild(p.main.Address, ours, parentSide{p})
	p.link = l
	_ = l.Hello(&linkpb.Hello{Name: programName(), Pid: int32(os.Getpid())}) // a dead link ends itself
	begin, err := p.beginning()
	if err != nil {
		return err
	}
	if len(begin.GetInput().GetPayload())+len(begin.GetSettings().GetPayload()) < window/2 {
		_ = l.Begin(context.Background(), begin) // fits into the queue
		return nil
	}
	go func() { // ends with the link at the latest
		if err := l.Begin(context.Background(), begin); errors.Is(err, link.ErrTooLarge) {
			p.post(occurrence{event: evKill, err: err})
		}
	}()
	return nil
}

func (p *process) beginning() (*linkpb.Begin, error) {
	o := p.order
	b := &linkpb.Begin{
		Address: p.main.Address, Executable: o.name, LogLevel: int32(o.level), Headers: maps.Clone(o.headers),
		OrphanLimitMs: proto.Int64(DefaultOrphanLimit.Milliseconds()), WantsReady: o.ready != nil,
	}
	if o.kind != nil {
		b.Object = o.kind.name
	}
	if o.level == 0 {
		b.LogLevel = o.log.current().level.Load()
	}
	if p.parent != nil {
		if b.Headers == nil {
			b.Headers = map[string]string{}
		}
		b.Headers[parentHeader] = p.parent.pid.Id
	}
	if o.log.links {
		if b.Headers == nil {
			b.Headers = map[string]string{}
		}
		b.Headers[logHeader] = o.log.target.Address + "/" + o.log.target.ID
		if o.log.files != "" {
			b.Headers[filesHeader] = o.log.files
		}
	}
	if !o.deadline.IsZero() {
		b.DeadlineLeftMs = proto.Int64(max(0, time.Until(o.deadline).Milliseconds()))
	}
	var err error
	if b.Settings, err = packed(o.settings); err != nil {
		return nil, err
	}
	b.Input, err = packed(o.input)
	return b, err
}

func packed(m proto.Message) (*linkpb.Value, error) {
	if m == nil {
		return nil, nil
	}
	payload, err := proto.Marshal(m)
	return &linkpb.Value{Type: string(nameOf(m)), Payload: payload}, err
}
