package schedule

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/proctest"
	"github.com/ansar-go/ansar/internal/schedule/journal"
	"github.com/ansar-go/ansar/internal/schedule/journaltest"
)

// hang is how long a test waits for what should come at once.
const hang = 60 * time.Second

// shell is a job that runs a line of shell.
func shell(id, line string, adjust ...func(*schedulepb.Job)) *schedulepb.Job {
	j := &schedulepb.Job{Id: id, Work: &schedulepb.Job_Command{Command: &schedulepb.Command{Argv: []string{"sh", "-c", line}}}}
	for _, a := range adjust {
		a(j)
	}
	return j
}

// plays is a job that calls the object "player", with what it is to do.
func plays(id, words string, adjust ...func(*schedulepb.Job)) *schedulepb.Job {
	call := &schedulepb.Call{Object: player.Name(), InputMessage: pack(wrapperspb.String(words))}
	j := &schedulepb.Job{Id: id, Work: &schedulepb.Job_Call{Call: call}}
	for _, a := range adjust {
		a(j)
	}
	return j
}

func pack(m proto.Message) *anypb.Any {
	packed, err := anypb.New(m)
	if err != nil {
		panic(err)
	}
	return packed
}

func timeout(d time.Duration) func(*schedulepb.Job) {
	return func(j *schedulepb.Job) { j.Timeout = durationpb.New(d) }
}

func grace(d time.Duration) func(*schedulepb.Job) {
	return func(j *schedulepb.Job) { j.Grace = durationpb.New(d) }
}

func retries(n uint32) func(*schedulepb.Job) {
	return func(j *schedulepb.Job) { j.Retries = &n }
}

func needs(ids ...string) func(*schedulepb.Job) {
	return func(j *schedulepb.Job) {
		for _, id := range ids {
			j.Needs = append(j.Needs, &schedulepb.Need{Job: id})
		}
	}
}

func needsArtefact(id, artefact string) func(*schedulepb.Job) {
	return func(j *schedulepb.Job) { j.Needs = append(j.Needs, &schedulepb.Need{Job: id, Artefact: artefact}) }
}

func artefacts(names ...string) func(*schedulepb.Job) {
	return func(j *schedulepb.Job) { j.Artefacts = names }
}

func plan(jobs ...*schedulepb.Job) *schedulepb.Plan {
	return &schedulepb.Plan{Name: "test", Jobs: jobs}
}

// runs runs a plan to its end, in a folder of the test, and proves that no process
// is left.
func runs(t *testing.T, p *schedulepb.Plan, o *Options) *schedulepb.Report {
	t.Helper()
	report, err := tries(t, context.Background(), p, o)
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	return report
}

// tries is runs for what may go wrong.
func tries(t *testing.T, ctx context.Context, p *schedulepb.Plan, o *Options) (*schedulepb.Report, error) {
	t.Helper()
	proctest.Mark(t)
	options := Options{}
	if o != nil {
		options = *o
	}
	if options.Folder == "" {
		options.Folder = filepath.Join(t.TempDir(), "run")
	}
	if options.Slots == 0 {
		options.Slots = 8
	}
	report, err := Run(ctx, p, &options)
	if report != nil {
		journaltest.Read(t, options.Folder)
	}
	if t.Failed() && report != nil {
		dump(t, report)
	}
	return report, err
}

// dump shows what a run has left, for a test that fails.
func dump(t *testing.T, report *schedulepb.Report) {
	t.Helper()
	text, _ := os.ReadFile(filepath.Join(report.GetFolder(), "journal.jsonl"))
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		lines[i] = line[:min(len(line), 400)]
	}
	t.Logf("journal:\n%s", strings.Join(lines[max(0, len(lines)-30):], "\n"))
}

// jobOf finds the report of a job.
func jobOf(t *testing.T, r *schedulepb.Report, id string) *schedulepb.JobReport {
	t.Helper()
	for _, j := range r.GetJobs() {
		if j.GetId() == id {
			return j
		}
	}
	t.Fatalf("the report has no job %s", id)
	return nil
}

// statuses are how the jobs ended, by their ids.
func statuses(r *schedulepb.Report) map[string]string {
	got := map[string]string{}
	for _, j := range r.GetJobs() {
		got[j.GetId()] = j.GetStatus().Name()
	}
	return got
}

// eachIsolation runs a test once for each place where calls can be done.
func eachIsolation(t *testing.T, test func(t *testing.T, isolation schedulepb.Isolation)) {
	for _, isolation := range []schedulepb.Isolation{
		schedulepb.Isolation_ISOLATION_PROCESS, schedulepb.Isolation_ISOLATION_POOL, schedulepb.Isolation_ISOLATION_IN_PROCESS,
	} {
		t.Run(isolation.Name(), func(t *testing.T) { test(t, isolation) })
	}
}

// eventsOf are the kinds of events of each job, in order, without what is of the
// place where it runs.
func eventsOf(t *testing.T, r *schedulepb.Report) map[string][]string {
	t.Helper()
	got := map[string][]string{}
	for e, err := range journal.Read(r.GetFolder()) {
		if err != nil {
			t.Fatal(err)
		}
		if e.GetJob() == "" {
			continue
		}
		kind := e.ProtoReflect().WhichOneof(e.ProtoReflect().Descriptor().Oneofs().ByName("kind"))
		got[e.GetJob()] = append(got[e.GetJob()], string(kind.Name()))
	}
	return got
}
