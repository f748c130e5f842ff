package schedule

import (
	"context"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// A run that is killed ends at once, also where a call was granted and has not begun: its process is being
// started, or it waits for a worker.
func TestKillBeforeStart(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		p := plan(plays("a", "deaf:10m"), plays("b", "deaf:10m"), plays("c", "deaf:10m"))
		p.Limits = &schedulepb.Limits{Workers: proto.Uint32(1)}
		control := new(Control)
		var asking sync.WaitGroup
		var once sync.Once
		var killed time.Time
		r, err := tries(t, context.Background(), p, &Options{
			Isolation: isolation, Grace: time.Minute, Slots: 3, Control: control, Events: func(e *schedulepb.Event) {
				if e.GetResourceGranted() != nil {
					once.Do(func() { asking.Go(func() { killed = time.Now(); _ = control.Kill("at once") }) })
				}
			},
		})
		asking.Wait()
		if err != nil || r.GetExitStatus() != 130 {
			t.Errorf("exit status %d, %v", r.GetExitStatus(), err)
		}
		if took := time.Since(killed); took > time.Second+hurry {
			t.Errorf("it took %v to end", took)
		}
		for id, status := range statuses(r) {
			if status != "interrupted" {
				t.Errorf("job %s ended %s", id, status)
			}
		}
	})
}

// However often an attempt was told to stop before it listens, the kill is not lost.
func TestKillIsNotLost(t *testing.T) {
	w := &work{orders: make(chan order, 4)}
	for range 9 {
		w.tell(order{why: "stopped"})
	}
	w.tell(order{why: "interrupt", kill: true})
	var last order
	for range len(w.orders) {
		last = <-w.orders
	}
	if !last.kill {
		t.Errorf("the last order is %+v", last)
	}
	var none *work
	none.tell(order{kill: true}) // it has ended
}
