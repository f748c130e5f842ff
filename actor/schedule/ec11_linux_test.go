package schedule

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// A thousand trivial commands over two slots take little longer than to start them, with
// journal and logs; and while nothing happens, nothing is done.
func TestEC11(t *testing.T) {
	t.Run("rate", func(t *testing.T) {
		if raced {
			t.Skip("the race detector makes this slow")
		}
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
	})
	t.Run("idle", func(t *testing.T) {
		began := make(chan struct{})
		var once sync.Once
		var switches int
		var measured sync.WaitGroup
		measured.Go(func() {
			<-began
			time.Sleep(300 * time.Millisecond) // what belongs to the start is over
			before := voluntary(t)
			time.Sleep(time.Second)
			switches = voluntary(t) - before
		})
		r := runs(t, plan(shell("sleeps", "sleep 2"), shell("waits", "true", needs("sleeps"))), &Options{Slots: 2, Events: func(e *schedulepb.Event) {
			if e.GetJobStarted() != nil {
				once.Do(func() { close(began) })
			}
		}})
		measured.Wait()
		t.Logf("%d switches in a second", switches)
		if switches > 20 { // to poll each 100 ms takes more, with the threads that it wakes
			t.Errorf("%d switches in a second without anything to do, exit status %d", switches, r.GetExitStatus())
		}
	})
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

// voluntary is how often the threads of this process have gone to sleep.
func voluntary(t *testing.T) (total int) {
	files, _ := filepath.Glob("/proc/self/task/*/status") // the pattern is good
	for _, file := range files {
		text, _ := os.ReadFile(file) // the thread may have ended
		for line := range bytes.Lines(text) {
			if rest, found := bytes.CutPrefix(line, []byte("voluntary_ctxt_switches:")); found {
				n, err := strconv.Atoi(string(bytes.TrimSpace(rest)))
				if err != nil {
					t.Error(err)
				}
				total += n
			}
		}
	}
	return total
}
