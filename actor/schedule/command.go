package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/internal/schedule/process"
)

// eventsFile is the FIFO for a command's events, in the folder of the attempt.
const eventsFile = "events"

// command runs a command and gives what came of it.
func (w *work) command(self *actor.Context, c *schedulepb.Command) engine.Outcome {
	env, err := w.environment(c)
	if err != nil {
		return failed(schedulepb.Status_STATUS_ERROR, "aborted", err.Error())
	}
	known := make(chan struct{}) // closed when the scheduler knows that it runs
	spec := &process.Spec{
		Argv: c.GetArgv(), Env: env, Dir: w.run.options.commandDir(c.GetDir()), Stdin: c.GetStdin(), StdinFile: c.GetStdinFile(),
		Stdout: w.log.Stdout(), Stderr: w.log.Stderr(), Token: w.token, Grace: graceOf(w.grace),
		EventsPath: w.path(eventsFile), EventsPipes: w.run.pipes,
		Events: func(line []byte) {
			<-known
			w.event(line)
		},
		Slow: w.job.GetSlow().AsDuration(), OnSlow: w.slow, OnSignal: w.signalled,
		BeforeStop: w.beforeStop(),
	}
	p, err := process.Start(spec)
	if err != nil {
		close(known)
		return cannotStart(err)
	}
	w.started(p.Pid(), schedulepb.Isolation_ISOLATION_PROCESS, commandLine(c.GetArgv()))
	close(known)
	steered := w.steer(p.Done(), reins{stop: p.Stop, kill: p.Kill})
	<-p.Done()
	<-steered
	return w.ended(p.Ended())
}

// graceOf is the grace for a process: none at all where zero would mean the default.
func graceOf(d time.Duration) time.Duration {
	if d <= 0 {
		return -1
	}
	return d
}

func cannotStart(err error) engine.Outcome {
	kind := "not-found"
	if !errors.Is(err, os.ErrNotExist) && errors.Is(err, syscall.EAGAIN) {
		kind = "refused"
	}
	return failed(schedulepb.Status_STATUS_ERROR, kind, err.Error())
}

// ended judges the end of a command: the exit of its process decides.
func (w *work) ended(e process.Ended) engine.Outcome {
	o := w.verdict(e)
	o.Exit = exited(e)
	o.Strays = strays(e.Strays)
	if e.StraysMore > 0 {
		w.self.Warning("%d more processes were left", e.StraysMore)
	}
	if e.EventsLost != "" {
		w.forward(warningOf("events were lost: " + e.EventsLost))
	}
	return o
}

// verdict is the outcome as far as the end of the process tells.
func (w *work) verdict(e process.Ended) engine.Outcome {
	why := w.told()
	switch {
	case e.Stuck:
		return w.cut(cmp.Or(why, "stopped"), "still running")
	case why != "" && e.KilledBy != "":
		return w.cut(why, e.KilledBy)
	case e.Exit.Signal != 0:
		o := failed(schedulepb.Status_STATUS_CRASHED, "signal", "signal: "+e.Exit.Signal.String())
		o.Cause.Signal = proto.Int32(int32(e.Exit.Signal))
		return o
	}
	return w.byStatus(e.Exit.Status)
}

// byStatus is the outcome of a command that exited by itself.
func (w *work) byStatus(status int) engine.Outcome {
	means := w.meaning(status)
	w.mu.Lock()
	said, what := w.said, w.what
	w.mu.Unlock()
	switch {
	case means != schedulepb.Status_STATUS_OK:
		o := failed(means, "exit-status", fmt.Sprintf("exit status %d", status))
		if said == "failed" {
			o.Cause.Text += ": " + what
		}
		o.Cause.ExitStatus = proto.Int32(int32(status))
		return o
	case said == "failed":
		return failed(schedulepb.Status_STATUS_FAILED, "fault", what)
	case w.job.GetMustReport() && said == "":
		return failed(schedulepb.Status_STATUS_ERROR, "no-report", "it ended with status 0 and did not say how it ended")
	}
	value, err := w.result()
	var bad *badResult
	switch {
	case errors.As(err, &bad):
		return failed(schedulepb.Status_STATUS_ERROR, bad.kind, bad.text)
	case err != nil:
		return failed(schedulepb.Status_STATUS_ERROR, "bad-reply", err.Error())
	}
	return engine.Outcome{Status: schedulepb.Status_STATUS_OK, Value: value}
}

// meaning is what an exit status stands for.
func (w *work) meaning(status int) schedulepb.Status {
	for _, rule := range w.run.plan.GetExitStatuses() {
		if int(rule.GetStatus()) == status {
			return rule.GetMeans()
		}
	}
	switch status {
	case 0:
		return schedulepb.Status_STATUS_OK
	case 75:
		return schedulepb.Status_STATUS_NOT_READY
	case 125:
		return schedulepb.Status_STATUS_SKIPPED
	}
	return schedulepb.Status_STATUS_FAILED
}

func exited(e process.Ended) *schedulepb.JobExited {
	if e.Stuck {
		return nil
	}
	x := &schedulepb.JobExited{CoreDumped: e.Exit.CoreDumped, Usage: &schedulepb.Usage{
		User: durationpb.New(e.Exit.Usage.User), System: durationpb.New(e.Exit.Usage.System), MaxResidentBytes: e.Exit.Usage.MaxResident,
	}}
	if e.Exit.Signal != 0 {
		x.Signal = proto.Int32(int32(e.Exit.Signal))
	} else {
		x.Status = proto.Int32(int32(e.Exit.Status))
	}
	return x
}

func strays(found []process.Stray) []*schedulepb.Stray {
	list := make([]*schedulepb.Stray, 0, len(found))
	for _, s := range found {
		list = append(list, &schedulepb.Stray{Pid: int32(s.PID), CommandLine: s.CommandLine, Killed: s.Killed})
	}
	return list
}

// commandLine is a command as it would be typed.
func commandLine(argv []string) string {
	words := make([]string, 0, len(argv))
	for _, word := range argv {
		if word == "" || strings.ContainsAny(word, " \t\n\"'\\$`*?[]{}()<>|&;#~!") {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// beforeStop is what is done ahead of the time limit, or nil.
func (w *work) beforeStop() *process.BeforeStop {
	b := w.job.GetBeforeStop()
	if b == nil || w.assigned.GetDeadline() == nil {
		return nil
	}
	lead := check.DefaultLead
	if b.GetLead() != nil {
		lead = b.GetLead().AsDuration()
	}
	limit := lead
	if b.GetTimeout() != nil {
		limit = b.GetTimeout().AsDuration()
	}
	after := max(time.Until(w.assigned.GetDeadline().AsTime())-lead, time.Nanosecond)
	return &process.BeforeStop{After: after, Limit: limit, Run: func(ctx context.Context) { w.runHook(ctx, b.GetCommand()) }}
}

// runHook runs a command beside the job, with its environment and into its log.
func (w *work) runHook(ctx context.Context, c *schedulepb.Command) {
	w.log.Note("before stop: " + commandLine(c.GetArgv()))
	env, err := w.environment(c)
	if err != nil {
		w.log.Note("before stop: " + err.Error())
		return
	}
	p, err := process.Start(&process.Spec{
		Argv: c.GetArgv(), Env: env, Dir: w.run.options.commandDir(c.GetDir()), Stdin: c.GetStdin(), StdinFile: c.GetStdinFile(),
		Stdout: w.log.Stdout(), Stderr: w.log.Stderr(), Grace: -1,
	})
	if err != nil {
		w.log.Note("before stop: " + err.Error())
		return
	}
	select {
	case <-ctx.Done():
		p.Kill("its time is over")
		<-p.Done()
	case <-p.Done():
	}
	w.log.Note("before stop: " + p.Ended().Exit.String())
}
