package selection

import (
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/graph"
	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Prune returns a copy of the plan with the jobs that keep wants, and those that
// they need, directly or not. All else of the plan stays.
func Prune(plan *pb.Plan, keep func(*pb.Job) bool) *pb.Plan {
	g := graph.New()
	var wanted []string
	for _, job := range plan.GetJobs() {
		needs := g.Needs(job.GetId()) // of another job of that id, which is a problem for others
		for _, need := range job.GetNeeds() {
			needs = append(needs, need.GetJob())
		}
		g.Put(job.GetId(), needs...)
		if keep(job) {
			wanted = append(wanted, job.GetId())
		}
	}
	kept := map[string]bool{}
	for _, id := range g.Closure(wanted...) {
		kept[id] = true
	}
	pruned := proto.CloneOf(plan)
	if pruned == nil {
		return &pb.Plan{}
	}
	jobs := pruned.Jobs
	pruned.Jobs = nil
	for _, job := range jobs {
		if kept[job.GetId()] {
			pruned.Jobs = append(pruned.Jobs, job)
		}
	}
	return pruned
}
