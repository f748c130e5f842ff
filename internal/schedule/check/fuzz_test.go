package check_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
)

// Whatever a plan is made of, it is checked, and each problem says where it is.
func FuzzPlan(f *testing.F) {
	for _, text := range []string{
		`jobs: [{id: a, command: [x], needs: [b]}, {id: b, command: [x], needs: [{job: a, artefact: f}]}]`,
		`{resources: [{name: r, capacity: 9}], jobs: [{id: a, command: [x], resources: [{name: r, amount: 8}, r, r.0]}]}`,
		`{guards: [{id: g}], expected: ["["], exit_statuses: [{status: 999}], limits: {load: .nan}, defaults: {backoff: {factor: -.inf}}}`,
	} {
		data, err := proto.Marshal(written(f, text))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := &pb.Plan{}
		if proto.Unmarshal(data, p) != nil {
			return
		}
		for _, problem := range append(check.Plan(p, check.Options{}), check.Warnings(p)...) {
			if problem.Path == "" || problem.Text == "" {
				t.Errorf("a problem without a place or a text: %+v", problem)
			}
		}
		complete := check.Complete(p)
		if !proto.Equal(complete, check.Complete(complete)) {
			t.Error("completed twice, it is different")
		}
	})
}
