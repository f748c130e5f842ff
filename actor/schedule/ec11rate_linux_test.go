//go:build !race

package schedule

import (
	"fmt"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// A thousand trivial commands over two slots take little longer than to start them, with
// journal and logs.
func TestEC11Rate(t *testing.T) {
	var p schedulepb.Plan
	for i := range 1000 {
		p.Jobs = append(p.Jobs, &schedulepb.Job{
			Id: fmt.Sprint(i), Work: &schedulepb.Job_Command{Command: &schedulepb.Command{Argv: []string{"true"}}},
		})
	}
	var got, want float64
	for range 3 { // whatever else the machine has to do
		want = min(300, 0.6*bareRate(t, len(p.Jobs)))
		began := time.Now()
		if r := runs(t, &p, &Options{Slots: 2}); r.GetExitStatus() != 0 {
			t.Fatalf("exit status %d", r.GetExitStatus())
		}
		if got = float64(len(p.Jobs)) / time.Since(began).Seconds(); got >= want {
			return
		}
	}
	t.Errorf("%.0f jobs a second, want %.0f", got, want)
}

// bareRate is how many processes a second two loops start that do nothing else.
func bareRate(t *testing.T, n int) float64 {
	began := time.Now()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			for range n / 2 {
				if err := exec.Command("true").Run(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	return float64(n) / time.Since(began).Seconds()
}
