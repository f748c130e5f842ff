package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/ansar-go/ansar/actor"
	scheduledjob "github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

func init() { programs["juggler"] = func() { framework.CreateObject(juggler) } }

// juggler does as many milliseconds long what it is told by a word: sleep, fail, kill
// itself, leave processes, or hang for ever.
var juggler = actor.Define("juggler", func(self *actor.Context, _ *lifecycle.None, in *examplespb.BlinkInput) (*examplespb.BlinkReport, error) {
	j, scheduled := scheduledjob.From(self)
	switch in.Firmware {
	case "fail":
		return nil, fmt.Errorf("it drops all after %d ms", in.Cycles)
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // does not return
	case "leave", "hang":
		if err := exec.Command("sh", "-c", leaving).Run(); err != nil {
			return nil, err
		}
		if scheduled {
			if err := j.Message("left", nil); err != nil {
				return nil, err
			}
		}
		if in.Firmware == "hang" {
			select {}
		}
	}
	self.StartTimer(actor.T1, time.Duration(in.Cycles)*time.Millisecond)
	if _, err := self.Select(actor.T1); err != nil {
		return nil, err
	}
	return &examplespb.BlinkReport{Cycles: in.Cycles}, nil
})

// leaving starts processes that outlive the shell: one of its session, one of a session of its
// own, and one that has no parent and heeds nothing but SIGKILL.
const leaving = `sleep 600 >/dev/null 2>&1 & setsid sleep 600 >/dev/null 2>&1 &
(setsid sh -c 'trap "" TERM HUP INT; sleep 600; sleep 600' >/dev/null 2>&1 &)`

// shellJob is a job that runs a line of shell.
func shellJob(id, line string) *schedulepb.Job {
	return &schedulepb.Job{Id: id, Work: &schedulepb.Job_Command{Command: &schedulepb.Command{Argv: []string{"sh", "-c", line}}}}
}

// callJob is a job that calls juggler.
func callJob(id, word string, ms int, isolation schedulepb.Isolation) *schedulepb.Job {
	input := &structpb.Struct{Fields: map[string]*structpb.Value{
		"firmware": structpb.NewStringValue(word), "cycles": structpb.NewNumberValue(float64(ms)),
	}}
	return &schedulepb.Job{
		Id: id, Isolation: &isolation, Work: &schedulepb.Job_Call{Call: &schedulepb.Call{Executable: "juggler", Input: input}},
	}
}

// planner draws plans.
type planner struct {
	*rand.Rand

	// fine has all jobs end well, at the latest in the second run, when the file
	// "again" is there.
	fine bool
}

func (p *planner) once(n int) bool { return p.IntN(n) == 0 }

// plan has jobs of all kinds.
func (p *planner) plan() *schedulepb.Plan {
	plan := &schedulepb.Plan{
		Name: "plan", Defaults: &schedulepb.Defaults{Timeout: durationpb.New(hang)}, Limits: &schedulepb.Limits{},
		Resources: []*schedulepb.Resource{
			{Name: "board", Capacity: proto.Uint32(2)},
			{Name: "reference", Capacity: proto.Uint32(1), Cleaner: &schedulepb.Cleaner{Work: &schedulepb.Cleaner_Command{
				Command: &schedulepb.Command{Argv: []string{"sh", "-c", "sleep 0.0" + fmt.Sprint(p.IntN(9))}},
			}}},
		},
	}
	for i := range 4 + p.IntN(12) {
		id := fmt.Sprint("j", i)
		j := p.job(id)
		p.adjust(plan, j)
		plan.Jobs = append(plan.Jobs, j)
	}
	if !p.fine && p.once(4) {
		plan.Limits.Failures = proto.Uint32(uint32(1 + p.IntN(4)))
	}
	if p.once(4) {
		plan.Guards = []*schedulepb.Guard{{
			Id: "watch", Alarm: schedulepb.Alarm_ALARM_WARN, Work: &schedulepb.Guard_Command{
				Command: &schedulepb.Command{Argv: []string{"sh", "-c", "sleep 600 & setsid sleep 600 &\nsleep 600"}},
			},
		}}
	}
	return plan
}

// lines are what jobs do in a shell; those of the first list end well.
var (
	fineLines = []string{
		"true", "sleep 0.01", "sleep 0.05", "sleep 0.1",
		"head -c 300000 /dev/zero | tr '\\0' x",
		leaving,
		"sleep 600 & sleep 0.01",
		`echo '{"artefact":"x","value":"of it"}' >$ANSAR_EVENTS; sleep 0.05`,
		`echo '{"message":"hello","payload":{"a":1}}' >$ANSAR_EVENTS`,
		`echo '{"a":[1,2]}' >$ANSAR_RESULT`,
		`[ $ANSAR_ATTEMPT -gt 1 ] || exit 75`,
		`echo text >$ANSAR_OUTPUT/file; echo text >$ANSAR_TMP/file`,
		`test -e again || { ` + leaving + "\nsleep 600; }",
		`trap "" TERM INT HUP; test -e again || { sleep 600; sleep 600; }`,
		`test -e again || kill -STOP $$`,
	}
	otherLines = []string{
		"exit 3", "kill -SEGV $$", "kill -KILL $$", "exit 75", "exit 125", `printf '{"a' >$ANSAR_RESULT`,
		"trap '' TERM; sleep 0.2; sleep 0.2", `echo '{"failed":"as it says"}' >$ANSAR_EVENTS`, `echo nonsense >$ANSAR_EVENTS`,
		"no-such-program", "kill -KILL 0", "env -i setsid sleep 600 & sleep 0.03",
	}
)

func (p *planner) job(id string) *schedulepb.Job {
	if p.once(8) {
		isolation := schedulepb.Isolation_ISOLATION_PROCESS
		if p.once(2) {
			isolation = schedulepb.Isolation_ISOLATION_POOL
		}
		words := []string{"sleep", "leave"}
		if !p.fine {
			words = append(words, "fail", "kill", "hang")
		}
		return callJob(id, words[p.IntN(len(words))], p.IntN(80), isolation)
	}
	lines := fineLines
	if !p.fine && p.once(2) {
		lines = otherLines
	}
	return shellJob(id, "echo begin $ANSAR_JOB $ANSAR_ATTEMPT\n"+lines[p.IntN(len(lines))]+"\nend=$?\necho end\nexit $end")
}

// adjust gives a job needs, demands and rules.
func (p *planner) adjust(plan *schedulepb.Plan, j *schedulepb.Job) {
	if p.fine {
		j.Strays = schedulepb.Strays_STRAYS_IGNORE
	} else {
		j.Strays = schedulepb.Strays(p.IntN(4))
		j.Timeout = durationpb.New(time.Duration(100+p.IntN(400)) * time.Millisecond)
	}
	for _, i := range p.Perm(len(plan.Jobs))[:min(p.IntN(3), len(plan.Jobs))] {
		other := plan.Jobs[i]
		n := &schedulepb.Need{Job: other.Id, After: schedulepb.After(p.IntN(3))}
		if strings.Contains(strings.Join(other.GetCommand().GetArgv(), ""), "artefact") && n.After == 0 {
			other.Artefacts = []string{"x"}
			n.Artefact = "x"
		}
		j.Needs = append(j.Needs, n)
	}
	if p.once(3) {
		j.Resources = append(j.Resources, &schedulepb.Demand{Name: "board", Shared: p.once(3)})
	}
	if p.once(3) {
		j.Resources = append(j.Resources, &schedulepb.Demand{Name: "reference", Shared: p.once(2)})
	}
	j.Retries = proto.Uint32(uint32(p.IntN(2)))
	j.Priority = proto.Int32(int32(p.IntN(3)))
	if p.once(5) {
		j.Weight = proto.Uint32(2)
	}
	if p.once(6) {
		j.Always = true
	}
	if p.once(6) && j.GetCommand() != nil {
		j.Repeat = &schedulepb.Repeat{Count: 2}
		j.Retries = nil
	}
	if !p.fine && p.once(8) {
		j.MustPass = true
	}
	if !p.fine && p.once(8) {
		j.ExpectedFailure = "it is known"
	}
}
