package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func TestNeeds(t *testing.T) {
	tests := []struct {
		name string
		jobs []string
		ends []string // as they are told
		want string
		why  string // cause of the last one
	}{
		{"success", []string{"a", "z < a"}, []string{"a=ok", "z=ok"}, "a=ok z=ok", ""},
		{"success of one that is skipped", []string{"a", "z < a"}, []string{"a=skipped", "z=ok"}, "a=skipped z=ok", ""},
		{"success of one that is leaky", []string{"a", "z < a"}, []string{"a=leaky", "z=ok"}, "a=leaky z=ok", ""},
		{"no success", []string{"a", "z < a"}, []string{"a=not-ready", "a=not-ready", "a=not-ready"}, "a=not-ready z=blocked", "needs a, which ended not-ready"},
		{"finish", []string{"a", "z < a!"}, []string{"a=crashed", "z=ok"}, "a=crashed z=ok", ""},
		{"finish of one that is blocked", []string{"a", "b < a", "z < b!"}, []string{"a=failed", "z=ok"}, "a=failed b=blocked z=ok", ""},
		{"any: the first is enough", []string{"a", "b", "z < a? b?"}, []string{"a=ok", "z=ok", "b=failed"}, "a=ok z=ok b=failed", ""},
		{"any: the second is enough", []string{"a", "b", "z < a? b?"}, []string{"a=failed", "b=ok", "z=ok"}, "a=failed b=ok z=ok", ""},
		{"any: none", []string{"a", "b", "z < a? b?"}, []string{"a=failed", "b=crashed"}, "a=failed b=crashed z=blocked", "needs any of several jobs, and none ended well"},
		{"any, and one that must be ok", []string{"a", "b", "z < a? b"}, []string{"a=ok", "b=failed"}, "a=ok b=failed z=blocked", "needs b, which ended failed"},
		{"an artefact that never comes", []string{"a", "z < a.x"}, []string{"a=ok"}, "a=ok z=blocked", "needs artefact x of a, which ended ok without it"},
		{"an artefact that came before a failure", []string{"a", "z < a.x"}, []string{"a+x", "a=failed", "z=ok"}, "a=failed z=ok", ""},
		{"two artefacts of one job", []string{"a", "z < a.x a.y"}, []string{"a+x", "a+x", "a+y", "z=ok", "a=ok"}, "z=ok a=ok", ""},
		{"an artefact and the end", []string{"a", "z < a.x a"}, []string{"a+x", "a=ok", "z=ok"}, "a=ok z=ok", ""},
		{"a cycle", []string{"a < c", "b < a", "c < b", "z < c", "free"}, []string{"free=ok"},
			"a=unrunnable b=unrunnable c=unrunnable z=unrunnable free=ok", "it is in a cycle of needs, or behind one"},
		{"a job that there is not", []string{"z < nobody"}, nil, "z=unrunnable", "it needs nobody, and there is no such job"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, Config{Plan: plan(tt.jobs...), Slots: 4})
			for _, end := range tt.ends {
				if job, artefact, ok := strings.Cut(end, "+"); ok {
					d.artefact(job, artefact)
					continue
				}
				job, word, _ := strings.Cut(end, "=")
				status, _ := schedulepb.StatusNamed(word)
				d.end(job, status)
			}
			d.finish()
			want(t, "ends", tt.want, d.results())
			want(t, "cause", tt.why, d.finished("z").GetCause().GetText())
		})
	}
}

// All roots are named that a job has, but no more than can be read.
func TestOrigins(t *testing.T) {
	p := plan("z", "behind < z")
	for i := range 100 {
		id := fmt.Sprint("root", i)
		p.Jobs = append(p.Jobs, &schedulepb.Job{Id: id})
		p.Jobs[0].Needs = append(p.Jobs[0].Needs, &schedulepb.Need{Job: id, After: schedulepb.After_AFTER_ANY})
	}
	d := drive(t, Config{Plan: p, Slots: 100})
	for i := range 100 {
		d.end(fmt.Sprint("root", i), bad)
	}
	d.finish()
	want(t, "origins", maxOrigins, len(d.finished("behind").GetCause().GetOrigins()))
	want(t, "cause", "needs z, which is blocked by root0, root1, root2 and 29 more", d.finished("behind").GetCause().GetText())
}

func TestAdd(t *testing.T) {
	d := drive(t, Config{Plan: plan("a", "b < a.x", "c"), Slots: 4})
	d.artefact("a", "x")
	d.end("c", bad)
	add := func(line string) string {
		t.Helper()
		j := plan(line).Jobs[0]
		step, err := d.engine.Add(j, "a", d.now)
		if err != nil {
			return err.Error()
		}
		d.take(step)
		return ""
	}
	for _, tt := range []struct{ line, want string }{
		{"d", ""},
		{"e < a", ""},
		{"f < a.x", ""},
		{"g < c", ""},
		{"h < c!", ""},
		{"a", "add job a: there is a job of that id"},
		{"i < i", "add job i: it needs itself"},
		{"i < nobody", "add job i: it needs nobody, and there is no such job"},
		{"i : r", "add job i: no resource r"},
		{"", "add job : it has no id"},
	} {
		want(t, "answer to "+tt.line, tt.want, add(tt.line))
	}
	want(t, "running", "a b d f", d.running())
	d.end("d", ok)
	want(t, "running", "a b f h", d.running())
	want(t, "who added it", "a", d.events[len(d.events)-1].GetJobQueued().GetBy()+"a")
	for _, id := range []string{"f", "h", "b", "a", "e"} {
		d.end(id, ok)
	}
	want(t, "answer when all have ended", "add job late: all jobs have ended", add("late"))
	want(t, "exit status", uint32(1), d.finish())
	want(t, "ends", "c=failed g=blocked d=ok f=ok h=ok b=ok a=ok e=ok", d.results())
	want(t, "answer when the run has ended", "add job late: the run has ended", add("late"))
}

func TestAddAfterAbort(t *testing.T) {
	p := plan("a", "b")
	p.Jobs[0].MustPass = true
	d := drive(t, Config{Plan: p})
	d.end("a", bad)
	step, err := d.engine.Add(plan("late").Jobs[0], "b", d.now)
	want(t, "error", nil, err)
	d.take(step)
	d.end("b", ok)
	d.finish()
	want(t, "ends", "a=failed late=not-run b=ok", d.results())
}

// Long values are let go once nobody can ask for them.
func TestValuesAreLetGo(t *testing.T) {
	d := drive(t, Config{Plan: plan("long", "short", "user < long short!", "other")})
	d.ended("long", Outcome{Status: ok, Value: &schedulepb.Value{Payload: make([]byte, 5000)}})
	d.ended("short", Outcome{Status: ok, Value: &schedulepb.Value{Payload: make([]byte, 5)}})
	want(t, "value of the long one, while it is used", 5000, len(d.engine.byID["long"].value.GetPayload()))
	d.end("user", ok)
	want(t, "value of the long one", 0, len(d.engine.byID["long"].value.GetPayload()))
	want(t, "value of the short one", 5, len(d.engine.byID["short"].value.GetPayload()))
	_, err := d.engine.Add(plan("late < long").Jobs[0], "other", d.now)
	want(t, "answer", "add job late: it needs long, which has ended, and whose value is not kept: add it while that job runs", fmt.Sprint(err))
	d.end("other", ok)
	d.finish()
}

func TestOrder(t *testing.T) {
	tests := []struct {
		name   string
		jobs   []string
		change func(p *schedulepb.Plan)
		want   string
	}{
		{"as submitted", []string{"c", "a", "b"}, nil, "c a b"},
		{"what much depends on comes first", []string{"short", "long", "l2 < long", "l3 < l2"}, nil, "long l2 short l3"},
		{"by estimates", []string{"a", "b"}, func(p *schedulepb.Plan) { p.Jobs[0].Estimate, p.Jobs[1].Estimate = seconds(1), seconds(2) }, "b a"},
		{"unknown ones take as long as the others", []string{"a", "b", "c"}, func(p *schedulepb.Plan) {
			p.Jobs[0].Estimate, p.Jobs[2].Estimate = seconds(1), seconds(3)
		}, "c b a"},
		{"priority goes before all", []string{"a", "b", "c < b"}, func(p *schedulepb.Plan) { p.Jobs[0].Priority = ptr(int32(1)) }, "a b c"},
		{"priority of the defaults", []string{"a", "b"}, func(p *schedulepb.Plan) {
			p.Defaults = &schedulepb.Defaults{Priority: ptr(int32(5))}
			p.Jobs[0].Priority = ptr(int32(0))
		}, "b a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := plan(tt.jobs...)
			if tt.change != nil {
				tt.change(p)
			}
			_, events := simulate(t, Config{Plan: p, Slots: 1}, Simulation{})
			want(t, "order", tt.want, starts(events))
		})
	}
}
