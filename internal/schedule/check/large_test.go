package check_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ansar-go/ansar/internal/schedule/check"
	"github.com/ansar-go/ansar/internal/schedule/planfile"
)

// large is a plan of n jobs in a chain, each with a demand.
func large(n int) string {
	var b strings.Builder
	b.WriteString("resources: [{name: board, capacity: 100}]\njobs:\n")
	for i := range n {
		fmt.Fprintf(&b, "- {id: job-%d, command: [make, x], needs: [job-%d], resources: [{name: board, amount: 2}], timeout: 5m}\n", i, max(i-1, 0))
	}
	return strings.Replace(b.String(), "needs: [job-0]", "needs: []", 1)
}

// A plan with thousands of jobs that all need what there is not is told of
// in linear time: hints are only for the first ones.
func TestManyProblems(t *testing.T) {
	const n = 3_000
	p := written(t, strings.NewReplacer("needs: [job", "needs: [jab", "name: board, amount", "name: bord, amount").Replace(large(n)))
	problems := check.Plan(p, check.Options{})
	if len(problems) != 2*n-1 {
		t.Fatalf("%d problems, want %d", len(problems), 2*n-1)
	}
	hints := 0
	for _, p := range problems {
		if strings.Contains(p.Text, "did you mean") {
			hints++
		}
	}
	if hints == 0 || hints > 20 {
		t.Errorf("%d hints, want some, and at most 20", hints)
	}
}

func BenchmarkPlan(b *testing.B) {
	text := []byte(large(100_000))
	f, err := planfile.Parse("plan.yaml", text)
	if err != nil {
		b.Fatal(err)
	}
	json := planfile.Write(f.Plan)
	b.Run("YAML", func(b *testing.B) {
		for b.Loop() {
			_, _ = planfile.Parse("plan.yaml", text)
		}
	})
	b.Run("JSON", func(b *testing.B) {
		for b.Loop() {
			_, _ = planfile.Parse("plan.json", json)
		}
	})
	b.Run("complete", func(b *testing.B) {
		for b.Loop() {
			check.Complete(f.Plan)
		}
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			if p := check.Plan(f.Plan, check.Options{}); len(p) > 0 {
				b.Fatal(p[0])
			}
		}
	})
}
