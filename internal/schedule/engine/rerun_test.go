package engine

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// report is one of a run before: "a=ok b=failed".
func report(words string) *schedulepb.Report {
	r := &schedulepb.Report{Run: "run-0"}
	for _, word := range strings.Fields(words) {
		id, name, _ := strings.Cut(word, "=")
		status, _ := schedulepb.StatusNamed(name)
		j := &schedulepb.JobReport{Id: id, Status: status}
		if name == "passed-before" {
			j.Status, j.Cause = skipped, &schedulepb.Cause{Kind: passedBefore, Text: "passed in run long-ago"}
		}
		r.Jobs = append(r.Jobs, j)
	}
	return r
}

func TestRerun(t *testing.T) {
	const before = "fine=ok flaky=flaky passed=passed-before same=unchanged bad=failed late=timed-out behind=blocked waited=not-run left=skipped cut=interrupted"
	lines := []string{"fine", "flaky", "passed", "same", "bad", "late", "behind < bad", "waited", "left", "cut", "new"}
	tests := []struct {
		name  string
		rerun Rerun
		lines []string
		last  string
		mark  map[string]string // job to setup or always
		want  string            // what is run
	}{
		{"all", All, lines, before, nil, "bad behind cut fine flaky late left new passed same waited"},
		{"failed", Failed, lines, before, nil, "bad behind cut late"},
		{"not passed", NotPassed, lines, before, nil, "bad behind cut late left new waited"},
		{"changed", Changed, lines, before, nil, "bad behind cut late left new waited"},
		{"what a failed one needs, and was not run", Failed, []string{"a", "b < a"}, "a=not-run b=failed", nil, "a b"},
		{"what a failed one needs, and passed", Failed, []string{"a", "b < a"}, "a=ok b=failed", nil, "b"},
		{"set-up behind what is not run", Failed, []string{"power", "flash < power", "test < flash"}, "power=ok flash=ok test=failed",
			map[string]string{"power": "setup"}, "power test"},
		{"set-up that nothing needs", Failed, []string{"power", "test"}, "power=ok test=failed", map[string]string{"power": "setup"}, "test"},
		{"clean-up of what is run", Failed, []string{"a", "tidy-a < a!", "b", "tidy-b < b!"}, "a=failed tidy-a=ok b=ok tidy-b=ok",
			map[string]string{"tidy-a": "always", "tidy-b": "always"}, "a tidy-a"},
		{"clean-up of everything", Failed, []string{"a", "tidy"}, "a=failed tidy=ok", map[string]string{"tidy": "always"}, "a tidy"},
		{"nothing failed", Failed, []string{"a", "tidy"}, "a=ok tidy=ok", map[string]string{"tidy": "always"}, ""},
		{"behind what has changed", Changed, []string{"a", "b < a", "c < b", "d"}, "b=ok c=ok d=ok", nil, "a b c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := plan(tt.lines...)
			for id, mark := range tt.mark {
				with(p, id, func(j *schedulepb.Job) { j.Setup, j.Always = mark == "setup", mark == "always" })
			}
			rules, events := simulate(t, Config{Plan: p, Slots: 2, Previous: report(tt.last), Rerun: tt.rerun}, Simulation{})
			ran := strings.Fields(starts(events))
			slices.Sort(ran)
			want(t, "what is run", tt.want, strings.Join(ran, " "))
			for id, status := range rules.ends {
				if !slices.Contains(ran, id) {
					want(t, "end of "+id, skipped, status)
				}
			}
		})
	}
}

// What passed two runs ago still says so, and is not run in the next one either.
func TestRerunOfRerun(t *testing.T) {
	d := drive(t, Config{Plan: plan("a", "b < a"), Previous: report("a=passed-before b=failed"), Rerun: NotPassed})
	d.end("b", ok)
	d.finish()
	want(t, "cause", "passed in run long-ago", d.finished("a").GetCause().GetText())
	want(t, "kind", passedBefore, d.finished("a").GetCause().GetKind())
}

func TestRerunKeepsArtefacts(t *testing.T) {
	previous := report("build=ok test=failed")
	previous.Jobs[0].Artefacts = []*schedulepb.ArtefactReady{{Name: "fw", Value: "fw.bin"}}
	previous.Jobs[0].Fingerprint = "key"
	d := drive(t, Config{Plan: plan("build", "test < build.fw"), Previous: previous, Rerun: Failed})
	want(t, "artefact", "fw.bin", d.active["test"].Needs[0].Artefacts[0].Value)
	want(t, "fingerprint", "key", d.finished("build").GetFingerprint())
	d.end("test", ok)
	d.finish()
}

// What jobs took in the run before decides on what depends most.
func TestPreviousDurations(t *testing.T) {
	previous := report("a=ok b=ok")
	for i, took := range []int64{1, 60} {
		previous.Jobs[i].Started, previous.Jobs[i].Ended = &timestamppb.Timestamp{Seconds: 100}, &timestamppb.Timestamp{Seconds: 100 + took}
	}
	_, events := simulate(t, Config{Plan: plan("a", "new", "b"), Previous: previous, Slots: 1}, Simulation{})
	want(t, "order", "b new a", starts(events))
}

func TestFingerprints(t *testing.T) {
	build := func(lines ...string) *driver {
		p := plan(lines...)
		for _, j := range p.Jobs {
			if !strings.HasPrefix(j.Id, "plain") {
				j.Fingerprint = &schedulepb.Fingerprint{}
			}
			j.Setup = strings.HasSuffix(j.Id, "-setup")
			if strings.HasSuffix(j.Id, "-skip") {
				j.Skip = "why"
			}
		}
		return drive(t, Config{Plan: p})
	}
	t.Run("behind a job without one it is not even asked", func(t *testing.T) {
		d := build("plain", "a < plain")
		d.end("plain", ok)
		want(t, "asked", 0, len(done[Fingerprint](d)))
		d.end("a", ok)
		d.finish()
		want(t, "saved", 0, len(done[SaveFingerprint](d)))
	})
	t.Run("set-up and skipped jobs may have none", func(t *testing.T) {
		d := build("plain-setup", "x-skip", "a < plain-setup x-skip")
		d.end("plain-setup", ok)
		asked := done[Fingerprint](d)
		want(t, "keys of needs", map[string]string{"x-skip": "skipped"}, asked[0].NeedKeys)
		d.take(d.engine.Fingerprinted("a", "k", nil, d.now))
		d.end("a", bad)
		d.finish()
		want(t, "dropped", []DropFingerprint{{"a"}}, done[DropFingerprint](d))
		want(t, "saved", 0, len(done[SaveFingerprint](d)))
		want(t, "fingerprint of one that failed", "", d.finished("a").GetFingerprint())
	})
	t.Run("unchanged keeps value and artefacts", func(t *testing.T) {
		d := build("a", "plain < a.fw")
		d.take(d.engine.Fingerprinted("a", "k", &Stored{
			Key: "k", Status: ok, Value: &schedulepb.Value{Json: "7"}, Artefacts: []*schedulepb.ArtefactReady{{Name: "fw"}},
		}, d.now))
		need := d.active["plain"].Needs[0]
		want(t, "what the next one is told", "unchanged 7 fw", need.Status+" "+need.Value.Json+" "+need.Artefacts[0].Name)
		d.end("plain", ok)
		want(t, "exit status", uint32(0), d.finish())
		want(t, "fingerprint", "k", d.finished("a").GetFingerprint())
	})
	t.Run("another key is run, and kept", func(t *testing.T) {
		d := build("a")
		d.take(d.engine.Fingerprinted("a", "new", &Stored{Key: "old"}, d.now))
		d.ended("a", Outcome{Status: ok, Value: &schedulepb.Value{Json: "7"}})
		d.finish()
		want(t, "saved", "new 7", done[SaveFingerprint](d)[0].Stored.Key+" 7")
	})
	t.Run("interrupted while it is worked out", func(t *testing.T) {
		d := build("a")
		d.take(d.engine.Interrupt(1, "SIGINT", d.now))
		d.take(d.engine.Fingerprinted("a", "k", nil, d.now))
		want(t, "exit status", uint32(130), d.finish())
	})
}
