package schedule

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/internal/schedule/process"
	"github.com/ansar-go/ansar/lifecycle"
)

// carry begins what is called, waits for its end, and ends what it leaves.
func (w *work) carry(self *actor.Context, target callee, options ...actor.Option) engine.Outcome {
	options, err := w.callOptions(self, options)
	if err != nil {
		return failed(schedulepb.Status_STATUS_ERROR, "refused", err.Error())
	}
	inProcess := target.isolation == schedulepb.Isolation_ISOLATION_IN_PROCESS
	var called calledProcess
	if inProcess {
		options = append(options, actor.InProcess())
		w.started(0, target.isolation, target.name)
	} else {
		process.Guard()
		options = append(options, actor.OnStarted(func(pid int) {
			called.hold(pid)
			began := &schedulepb.JobStarted{Pid: int32(pid)}
			_ = self.Send(self.Address(), &schedulepb.Event{Kind: &schedulepb.Event_JobStarted{JobStarted: began}}) // to itself: it does not wait
		}))
	}
	pid := target.begin(self, options...)
	done := make(chan struct{})
	helped := w.helpers(done)
	r := w.callReins(pid, &called, target.isolation)
	steered := w.steer(done, r.reins())
	completed := w.await(self, pid, target)
	close(done)
	<-steered
	<-helped
	r.end()
	called.release()
	o := w.judge(completed, target, r.killedBy())
	o.Strays = strays(r.strays())
	return o
}

// callLevel is how much of what a called object logs goes into the log of its job.
const callLevel = actor.LevelConsole

// leakWindow is how long what a call has left may take to end by itself.
const leakWindow = 200 * time.Millisecond

// callOptions is what every call of the work is given.
func (w *work) callOptions(self *actor.Context, options []actor.Option) ([]actor.Option, error) {
	if err := w.spill(); err != nil {
		return nil, err
	}
	header, err := job.Encode(w.assigned)
	if err != nil {
		return nil, err
	}
	options = append(options, w.log.CallOptions(callLevel)...)
	return append(options,
		actor.Header(job.Header, header), actor.Grace(max(w.grace, time.Millisecond)),
		actor.Environment(append(append(listed(w.job.GetEnvironment()), w.variables()...), process.Mark(w.token))...),
	), nil
}

// headerValues is how much of other jobs' values a header carries.
const headerValues = 64 << 10

// spill puts the values of other jobs into files once they are too many for a
// header.
func (w *work) spill() error {
	total := 0
	for i, need := range w.assigned.GetNeeds() {
		size := len(need.GetValue().GetPayload())
		if total += size; total <= headerValues {
			continue
		}
		total -= size
		file := filepath.Join(w.assigned.GetTemporary(), fmt.Sprintf("need-%d.binpb", i))
		if err := os.WriteFile(file, need.GetValue().GetPayload(), 0o666); err != nil {
			return err
		}
		need = proto.CloneOf(need)
		need.Value.Payload, need.Value.Json, need.Value.File = nil, "", file
		w.assigned.Needs[i] = need
	}
	return nil
}

// await passes on what the called object tells until it has ended.
func (w *work) await(self *actor.Context, pid *actor.PID, target callee) *lifecycle.Completed {
	for {
		m, err := self.Select()
		if err != nil {
			continue // who steers the work has seen it, too
		}
		switch body := m.Body.(type) {
		case *lifecycle.Completed:
			if m.From.Equal(pid) {
				return body
			}
		case *schedulepb.Emitted:
			w.forward(body)
		case *schedulepb.Event:
			if s := body.GetJobStarted(); s != nil {
				w.started(int(s.GetPid()), target.isolation, target.name)
			}
		}
	}
}

// helpers does what is due while a call runs, as it is for a command: it says when
// the call is slow, and runs what comes before the time limit.
func (w *work) helpers(done <-chan struct{}) <-chan struct{} {
	var waiting sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	at := func(d time.Duration, do func()) {
		waiting.Go(func() {
			timer := time.NewTimer(d)
			defer timer.Stop()
			select {
			case <-timer.C:
				do()
			case <-ctx.Done():
			}
		})
	}
	if slow := w.job.GetSlow().AsDuration(); slow > 0 {
		at(slow, w.slow)
	}
	if b := w.beforeStop(); b != nil {
		at(b.After, func() {
			limited, stop := context.WithTimeout(ctx, b.Limit)
			defer stop()
			b.Run(limited)
		})
	}
	helped := make(chan struct{})
	go func() {
		defer close(helped)
		<-done
		cancel()
		waiting.Wait()
	}()
	return helped
}
