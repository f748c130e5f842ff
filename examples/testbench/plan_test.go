package testbench

import (
	"os"
	"testing"

	"go.yaml.in/yaml/v4"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Both plans have the same jobs, with the same needs, boards and labels.
func TestPlansAgree(t *testing.T) {
	text, err := os.ReadFile("plan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var written struct {
		Jobs []map[string]any `yaml:"jobs"`
	}
	if err := yaml.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	jobs := map[string]*pb.Job{}
	for _, j := range Plan().GetJobs() {
		jobs[j.GetId()] = j
	}
	if len(written.Jobs) != len(jobs) {
		t.Errorf("%d jobs in plan.yaml, %d in Go", len(written.Jobs), len(jobs))
	}
	count := func(value any) int { list, _ := value.([]any); return len(list) }
	for _, w := range written.Jobs {
		id, _ := w["id"].(string)
		j := jobs[id]
		if j == nil {
			t.Errorf("job %q is in plan.yaml alone", id)
			continue
		}
		if got, want := len(j.GetNeeds()), count(w["needs"]); got != want {
			t.Errorf("job %s has %d needs in Go, %d in plan.yaml", id, got, want)
		}
		if got, want := len(j.GetResources()), count(w["resources"]); got != want {
			t.Errorf("job %s has %d resources in Go, %d in plan.yaml", id, got, want)
		}
		if got, want := len(j.GetLabels()), count(w["labels"]); got != want {
			t.Errorf("job %s has %d labels in Go, %d in plan.yaml", id, got, want)
		}
		if got, want := len(j.GetArtefacts()), count(w["artefacts"]); got != want {
			t.Errorf("job %s has %d artefacts in Go, %d in plan.yaml", id, got, want)
		}
		if _, called := w["call"]; called != (j.GetCall() != nil) {
			t.Errorf("job %s is a call in one of both alone", id)
		}
	}
}
