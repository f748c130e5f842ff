package testbench

import (
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/examples/examplespb"
)

// Plan is what plan.yaml says, written in Go. Its tests are objects of this program
// instead of executables, so that they can be run anywhere: in processes, in pools of
// warm ones, and in this process.
func Plan() *pb.Plan {
	plan := &pb.Plan{
		Name:     "testbench",
		Limits:   &pb.Limits{Slots: proto.Uint32(4), Timeout: durationpb.New(2 * time.Minute)},
		Defaults: &pb.Defaults{Timeout: durationpb.New(20 * time.Second), Grace: durationpb.New(500 * time.Millisecond)},
		Resources: []*pb.Resource{
			{Name: "board-a", Capacity: proto.Uint32(2), Cleaner: powerCycle()},
			{Name: "board-b", Cleaner: powerCycle()},
			{Name: "reference"},
		},
		Expected: []*pb.Expected{{Job: "uart-*", Resource: "board-b", Reason: "the plug of board B has no flow control"}},
		Jobs: []*pb.Job{
			shell("build", "sh", "build.sh"),
			call("calibrate", "calibrate", nil),
		},
	}
	plan.Jobs[0].Artefacts = []string{"fw-a", "fw-b", "fw-b-debug"}
	plan.Jobs[1].Resources = []*pb.Demand{{Name: "reference"}}
	plan.Jobs = append(plan.Jobs, leds()...)
	plan.Jobs = append(plan.Jobs, measurements()...)
	plan.Jobs = append(plan.Jobs, links()...)
	plan.Jobs = append(plan.Jobs,
		on("board-a", "fw-a", shell("uart-a", "sh", "uart.sh", "115200")),
		on("board-b", "fw-b-debug", shell("uart-b", "sh", "uart.sh", "921600")),
		style(),
	)
	plan.Jobs = append(plan.Jobs, collect(plan))
	for _, job := range plan.Jobs {
		if labels := labelOf[strings.SplitN(job.Id, "-", 2)[0]]; labels != "" {
			job.Labels = []string{labels}
		}
	}
	return plan
}

// labelOf gives the label of jobs by the front of their ids.
var labelOf = map[string]string{
	"build": "setup", "calibrate": "setup", "blink": "led", "range": "measure", "link": "link", "hang": "link", "uart": "uart", "style": "static",
}

func powerCycle() *pb.Cleaner {
	return &pb.Cleaner{
		Work:    &pb.Cleaner_Command{Command: &pb.Command{Argv: []string{"sh", "power-cycle.sh"}}},
		Timeout: durationpb.New(5 * time.Second),
	}
}

func shell(id string, argv ...string) *pb.Job {
	return &pb.Job{Id: id, Work: &pb.Job_Command{Command: &pb.Command{Argv: argv}}}
}

// call is a job that calls an object with an input, nil for its own.
func call(id, object string, input proto.Message) *pb.Job {
	c := &pb.Call{Object: object}
	if input != nil {
		c.InputMessage, _ = anypb.New(input) // these messages can be encoded
	}
	return &pb.Job{Id: id, Work: &pb.Job_Call{Call: c}}
}

// on has a job use a board, flashed with a firmware.
func on(board, firmware string, job *pb.Job) *pb.Job {
	job.Resources = append([]*pb.Demand{{Name: board}}, job.Resources...)
	job.Needs = append(job.Needs, &pb.Need{Job: "build", Artefact: firmware})
	return job
}

func leds() []*pb.Job {
	var jobs []*pb.Job
	for _, id := range []string{"blink-a1", "blink-a2", "blink-a3"} {
		jobs = append(jobs, on("board-a", "fw-a", call(id, "blink-test", &examplespb.BlinkInput{Cycles: 4, Firmware: "fw-a"})))
	}
	b := on("board-b", "fw-b", call("blink-b", "blink-test", &examplespb.BlinkInput{Cycles: 6, Firmware: "fw-b"}))
	b.Priority = proto.Int32(2)
	return append(jobs, b)
}

func measurements() []*pb.Job {
	var jobs []*pb.Job
	for _, board := range []string{"a", "b"} {
		job := call("range-"+board, "range-test", &examplespb.RangeInput{Limit: 3})
		job.GetCall().Take = []*pb.Take{{Job: "calibrate", To: "calibration"}}
		job.Needs = []*pb.Need{{Job: "calibrate"}}
		job.Resources = []*pb.Demand{{Name: "reference", Shared: true}}
		jobs = append(jobs, on("board-"+board, "fw-"+board, job))
	}
	return jobs
}

func links() []*pb.Job {
	link := on("board-a", "fw-a", call("link-a", "link-test", &examplespb.LinkInput{BadAttempts: 1}))
	link.Retries = proto.Uint32(2)
	link.Backoff = &pb.Backoff{Delay: durationpb.New(200 * time.Millisecond)}
	hang := on("board-a", "fw-a", call("hang-a", "hang-test", nil))
	hang.Timeout = durationpb.New(time.Second)
	return []*pb.Job{link, hang}
}

func style() *pb.Job {
	job := shell("style", "sh", "-c", "for script in *.sh; do sh -n $script; done")
	job.Fingerprint = &pb.Fingerprint{Files: []string{"*.sh"}}
	return job
}

// collect writes a page, however the tests end.
func collect(plan *pb.Plan) *pb.Job {
	job := shell("collect", "sh", "collect.sh")
	job.Description, job.Always = "a page with the results", true
	for _, other := range plan.Jobs {
		if len(other.Needs) > 0 {
			job.Needs = append(job.Needs, &pb.Need{Job: other.Id, After: pb.After_AFTER_FINISH})
		}
	}
	return job
}
