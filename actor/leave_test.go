package actor

import (
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/lifecycle"
)

// A process that has said what it returns may take its time to exit, unless it
// is told to stop. One that ends its link without a word may not.
func TestTimeToLeave(t *testing.T) {
	result := occurrence{event: evResult, value: lifecycle.Complete(&lifecycle.Ack{})}
	stop := func(grace time.Duration) occurrence {
		return occurrence{event: evStop, stop: stopIn(grace, "test")}
	}
	tests := []struct {
		name   string
		events []occurrence
		want   time.Duration // until SIGTERM
	}{
		{"after a result", []occurrence{result}, 10 * time.Second},
		{"after a result and the end of the link", []occurrence{result, {event: evLinkEnd}}, 10 * time.Second},
		{"without a result", []occurrence{{event: evLinkEnd}}, 2 * time.Second},
		{"after a result that was hurried", []occurrence{stop(5 * time.Second), result}, 5 * time.Second},
		{"told to stop after its result", []occurrence{result, stop(3 * time.Second)}, 3 * time.Second},
		{"told to stop after its result, with hardly any time", []occurrence{result, stop(0)}, 2 * time.Second},
		{"told to stop after its result, with much time", []occurrence{result, stop(time.Minute)}, 10 * time.Second},
		{"told to stop after the end of its link", []occurrence{{event: evLinkEnd}, stop(time.Minute)}, 2 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bubble) {
				fake := &leaver{fakeProcess{t: t, done: make(chan struct{})}, make(chan syscall.Signal, 8)}
				p := b.leaving(fake)
				for _, o := range append([]occurrence{{event: evHello}}, tt.events...) {
					p.post(o)
				}
				begun := time.Now()
				sent := <-fake.sent
				for sent == syscall.SIGCONT { // of a stop
					sent = <-fake.sent
				}
				if got := time.Since(begun); got != tt.want || sent != syscall.SIGTERM {
					t.Errorf("sent %v after %v, want SIGTERM after %v", sent, got, tt.want)
				}
				fake.ended, fake.exit = true, osproc.Exit{Status: -1, Signal: syscall.SIGTERM}
				close(fake.done)
				p.post(occurrence{event: evLinkEnd})
				<-p.child.ended
			})
		})
	}
}

// leaver is a process that passes on the signals that it gets.
type leaver struct {
	fakeProcess
	sent chan syscall.Signal
}

func (l *leaver) SignalGroup(sig syscall.Signal) error {
	l.sent <- sig
	return nil
}

// leaving begins a process that is the test's.
func (b *bubble) leaving(fake executed) *process {
	c := &child{name: "fake", pid: &PID{Address: "1.1", Id: mainID}, ended: make(chan struct{})}
	p := &process{node: b.node, child: c, order: &order{name: "fake"}, id: b.newID(), link: &fakeLink{}}
	p.stdout, p.stderr = lines{log: b.log}, lines{log: b.log}
	p.launch = func() error {
		p.running, p.facts.pid = fake, 42
		return nil
	}
	b.spawnEngine(p.id, p.receive)
	b.system.Root.Send(b.system.NewLocalPID(p.id), inPlace{})
	return p
}
