package formats

import (
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

const (
	ok     = schedulepb.Status_STATUS_OK
	failed = schedulepb.Status_STATUS_FAILED
)

func exitCause(status int32) *schedulepb.Cause {
	return &schedulepb.Cause{Kind: "exit-status", Text: "exit status " + strconv.Itoa(int(status)), ExitStatus: proto.Int32(status)}
}

// sample is a run in which every status comes about.
func sample() *schedulepb.Report { return sampleStory().report() }

func samplePlan() *schedulepb.Plan {
	need := func(job string) []*schedulepb.Need { return []*schedulepb.Need{{Job: job}} }
	return &schedulepb.Plan{
		Name:        "testbench",
		Environment: map[string]string{"LAB": "north", "LAB_TOKEN": "s3cret"},
		Resources: []*schedulepb.Resource{
			{Name: "board-a", Capacity: proto.Uint32(2)}, {Name: "board-b"}, {Name: "reference", Units: []*schedulepb.Unit{{Name: "reference.0"}}},
		},
		Expected: []*schedulepb.Expected{{Job: "ble-*", Resource: "board-b", Reason: "no antenna"}, {Job: "usb-scan", Reason: "not yet fitted"}},
		Jobs: []*schedulepb.Job{
			{Id: "build", Labels: []string{"firmware"}, Description: "firmware for both boards", Artefacts: []string{"fw-a", "fw-b"}},
			{Id: "blink-a", Labels: []string{"smoke"}, Needs: []*schedulepb.Need{{Job: "build", Artefact: "fw-a"}}},
			{Id: "wlan-a", Labels: []string{"wlan"}, Needs: []*schedulepb.Need{{Job: "build", Artefact: "fw-a"}}},
			{Id: "wlan-b", Labels: []string{"wlan"}, Needs: []*schedulepb.Need{{Job: "build", Artefact: "fw-b"}}},
			{Id: "ble-b", Labels: []string{"ble"}, Needs: []*schedulepb.Need{{Job: "build", Artefact: "fw-b"}}},
			{Id: "hang", Labels: []string{"slow"}, Needs: need("blink-a")},
			{Id: "segv", Needs: need("build")},
			{Id: "leak", Needs: need("build")},
			{Id: "lint"}, {Id: "docs"}, {Id: "license"},
			{Id: "fixed-bug", Needs: need("build")},
			{Id: "early", Needs: need("build")},
			{Id: "bad-reply", Needs: need("build")},
			{Id: "publish", Needs: []*schedulepb.Need{{Job: "segv"}, {Job: "wlan-b"}}},
			{Id: "camera"},
			{Id: "summary", Needs: []*schedulepb.Need{{Job: "publish", After: schedulepb.After_AFTER_FINISH}}},
			{Id: "last"},
		},
	}
}

func sampleStory() *story {
	s := &story{}
	s.plan(samplePlan(), 4)
	s.finish("lint", schedulepb.Status_STATUS_SKIPPED, 0, &schedulepb.Cause{Text: "only on release branches"})
	s.finish("docs", schedulepb.Status_STATUS_UNCHANGED, 0, &schedulepb.Cause{Text: "no file has changed"})
	s.finish("camera", schedulepb.Status_STATUS_UNRUNNABLE, 0, &schedulepb.Cause{Text: "no resource camera"})
	s.start("build", 1, 0)
	s.wait("blink-a", "build: artefact fw-a")
	s.at(1000)
	s.artefact("build", "fw-a", "out/a.bin")
	s.start("blink-a", 1, 1, "board-a.0")
	s.start("wlan-a", 1, 2, "board-a.1", "reference.0")
	s.at(1400)
	s.end("wlan-a", 1, 2, failed, exitCause(1), "no beacon within 300ms\n", "retry in 100ms", "board-a.1", "reference.0")
	s.at(1500).start("wlan-a", 2, 2, "board-a.1", "reference.0")
	s.at(1700).artefact("build", "fw-b", "out/b.bin")
	s.start("wlan-b", 1, 3, "board-b.0", "reference.0")
	s.wait("ble-b", "board-b.0: held by wlan-b")
	s.at(1900)
	s.end("wlan-a", 2, 2, ok, nil, "", "", "board-a.1", "reference.0")
	s.finish("wlan-a", schedulepb.Status_STATUS_FLAKY, 2, &schedulepb.Cause{Text: "ok after 1 failure"})
	s.at(2000).output("blink-a", 1, "stdout", 18)
	s.end("blink-a", 1, 1, ok, nil, "", "", "board-a.0")
	s.finish("blink-a", ok, 1, nil)
	s.start("hang", 1, 1, "board-a.0")
	s.at(2300).output("build", 1, "stdout", 70_000)
	s.end("build", 1, 0, ok, nil, "", "")
	s.finish("build", ok, 1, nil)
	sampleTroubles(s)
	s.at(6200)
	s.over(1, "")
	return s
}

// sampleTroubles is what happens after the build.
func sampleTroubles(s *story) {
	s.at(2320).end("wlan-b", 1, 3, failed, exitCause(2), "associate: timeout\nwant <connected>, got \"idle\" & gave up\n", "", "board-b.0", "reference.0")
	s.finish("wlan-b", failed, 1, exitCause(2))
	segv := &schedulepb.Cause{Kind: "signal", Text: "signal 11 (segmentation fault)", Signal: proto.Int32(11)}
	s.run("segv", 2330, 2500, 0, schedulepb.Status_STATUS_CRASHED, segv, "about to read 0x0\n")
	s.finish("publish", schedulepb.Status_STATUS_BLOCKED, 0, &schedulepb.Cause{Text: "segv crashed, wlan-b failed", Origins: []string{"segv", "wlan-b"}})
	s.run("ble-b", 2340, 2900, 3, schedulepb.Status_STATUS_XFAIL, &schedulepb.Cause{Text: "no antenna"}, "scan: nothing found\n", "board-b.0")
	s.run("leak", 2510, 2800, 0, schedulepb.Status_STATUS_LEAKY, &schedulepb.Cause{Kind: "strays", Text: "1 process left behind"}, "")
	s.tell("leak", 1, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_JobLeaked{JobLeaked: &schedulepb.JobLeaked{Strays: []*schedulepb.Stray{{Pid: 6001, CommandLine: "sleep 60", Killed: true}}}}
	})
	s.run("fixed-bug", 2400, 2950, 2, schedulepb.Status_STATUS_XPASS, &schedulepb.Cause{Text: "expected to fail: bug 12"}, "")
	s.run("bad-reply", 2960, 3100, 2, schedulepb.Status_STATUS_ERROR, &schedulepb.Cause{Kind: "bad-reply", Text: "reply of type bench.Other, want bench.Result"}, "")
	s.at(3000).start("early", 1, 0)
	s.at(3100).end("early", 1, 0, schedulepb.Status_STATUS_NOT_READY, &schedulepb.Cause{Text: "port 8080 is taken"}, "", "again in 1s")
	s.at(4100).start("early", 2, 0)
	s.at(4150).end("early", 2, 0, schedulepb.Status_STATUS_NOT_READY, &schedulepb.Cause{Text: "port 8080 is taken"}, "", "")
	s.finish("early", schedulepb.Status_STATUS_NOT_READY, 2, &schedulepb.Cause{Text: "not ready in 2 tries: port 8080 is taken"})
	s.run("license", 4200, 4300, 2, ok, nil, "")
	s.at(4400).start("summary", 1, 3)
	s.at(6000).signal("hang", "SIGTERM", "out of time")
	s.at(6100)
	late := &schedulepb.Cause{Kind: "job-timeout", Text: "ran longer than 4s", KilledBy: "SIGTERM, SIGKILL", Signal: proto.Int32(9)}
	s.end("hang", 1, 1, schedulepb.Status_STATUS_TIMED_OUT, late, "waiting for the pin\n", "", "board-a.0")
	s.finish("hang", schedulepb.Status_STATUS_TIMED_OUT, 1, late)
	s.condition("board-a.0", schedulepb.Condition_CONDITION_QUARANTINED, "its cleaner failed: exit status 1")
	s.tell("", 0, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_RunInterrupt{RunInterrupt: &schedulepb.RunInterrupt{Stage: 1, Why: "SIGINT"}}
	})
	s.at(6150)
	stopped := &schedulepb.Cause{Kind: "interrupt", Text: "the run was interrupted"}
	s.end("summary", 1, 3, schedulepb.Status_STATUS_INTERRUPTED, stopped, "", "")
	s.finish("summary", schedulepb.Status_STATUS_INTERRUPTED, 1, stopped)
	s.finish("last", schedulepb.Status_STATUS_NOT_RUN, 0, stopped)
	s.tell("", 0, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_Warning{Warning: &schedulepb.Warning{Text: "two jobs wrote more than 50 kB"}}
	})
	s.tell("", 0, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_GuardChanged{GuardChanged: &schedulepb.GuardChanged{Id: "usb-watch", Pid: 4800, Log: "guards/usb-watch/log"}}
	})
}

func (s *story) artefact(job, name, value string) {
	s.tell(job, 1, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_ArtefactReady{ArtefactReady: &schedulepb.ArtefactReady{Name: name, Value: value}}
	})
}

func (s *story) signal(job, signal, why string) {
	s.tell(job, 1, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_JobSignalled{JobSignalled: &schedulepb.JobSignalled{Signal: signal, Why: why}}
	})
}

func (s *story) condition(unit string, c schedulepb.Condition, why string) {
	s.tell("", 0, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_ResourceCondition{ResourceCondition: &schedulepb.ResourceCondition{Unit: hold(unit), Condition: c, Why: why}}
	})
}
