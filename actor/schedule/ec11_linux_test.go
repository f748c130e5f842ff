package schedule

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// While nothing happens, nothing is done.
func TestEC11(t *testing.T) {
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
