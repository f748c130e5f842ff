package schedule

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

// BenchmarkTrue is a thousand trivial commands over two slots, with journal and logs.
func BenchmarkTrue(b *testing.B) {
	var jobs []*schedulepb.Job
	for i := range 1000 {
		jobs = append(jobs, &schedulepb.Job{
			Id: fmt.Sprint("job-", i), Work: &schedulepb.Job_Command{Command: &schedulepb.Command{Argv: []string{"true"}}},
		})
	}
	var folder string
	for n := range b.N {
		folder = filepath.Join(b.TempDir(), fmt.Sprint(n))
		r, err := Run(context.Background(), plan(jobs...), &Options{Slots: 2, Folder: folder})
		if err != nil || r.GetExitStatus() != 0 {
			b.Fatalf("exit status %d, %v", r.GetExitStatus(), err)
		}
	}
	b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	gaps := gapsOf(b, folder)
	b.ReportMetric(float64(gaps[len(gaps)*99/100].Microseconds()), "µs-p99-gap")
	b.ReportMetric(float64(gaps[len(gaps)/2].Microseconds()), "µs-p50-gap")
}

// BenchmarkGap is how long a free slot waits for its next job, where jobs take a while.
func BenchmarkGap(b *testing.B) {
	var jobs []*schedulepb.Job
	for i := range 200 {
		jobs = append(jobs, &schedulepb.Job{
			Id: fmt.Sprint("job-", i), Work: &schedulepb.Job_Command{Command: &schedulepb.Command{Argv: []string{"sleep", "0.01"}}},
		})
	}
	var gaps []time.Duration
	for n := range b.N {
		folder := filepath.Join(b.TempDir(), fmt.Sprint(n))
		if _, err := Run(context.Background(), plan(jobs...), &Options{Slots: 2, Folder: folder}); err != nil {
			b.Fatal(err)
		}
		gaps = gapsOf(b, folder)
	}
	b.ReportMetric(float64(gaps[len(gaps)*99/100].Microseconds()), "µs-p99-gap")
	b.ReportMetric(float64(gaps[len(gaps)/2].Microseconds()), "µs-p50-gap")
}

// gapsOf are the times from the end of an attempt to the next start in its slot.
func gapsOf(b *testing.B, folder string) []time.Duration {
	ended := map[uint32]time.Duration{}
	slots := map[string]uint32{}
	var gaps []time.Duration
	for e, err := range journal.Read(folder) {
		switch {
		case err != nil:
			b.Fatal(err)
		case e.GetJobStarted() != nil:
			slot := e.GetJobStarted().GetSlot()
			slots[e.GetJob()] = slot
			if before, ok := ended[slot]; ok {
				gaps = append(gaps, e.GetSince().AsDuration()-before)
			}
		case e.GetAttemptFinished() != nil:
			ended[slots[e.GetJob()]] = e.GetSince().AsDuration()
		}
	}
	slices.Sort(gaps)
	return gaps
}

// BenchmarkBare is the same without a scheduler: a loop over os/exec in each slot.
func BenchmarkBare(b *testing.B) {
	for range b.N {
		var slots sync.WaitGroup
		for range 2 {
			slots.Go(func() {
				for range 500 {
					if err := exec.Command("true").Run(); err != nil {
						b.Error(err)
					}
				}
			})
		}
		slots.Wait()
	}
	b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
}

// BenchmarkCalls is a thousand trivial calls in a pool and in this process.
func BenchmarkCalls(b *testing.B) {
	for _, isolation := range []schedulepb.Isolation{schedulepb.Isolation_ISOLATION_POOL, schedulepb.Isolation_ISOLATION_IN_PROCESS} {
		b.Run(isolation.Name(), func(b *testing.B) {
			var jobs []*schedulepb.Job
			for i := range 1000 {
				jobs = append(jobs, plays(fmt.Sprint("job-", i), ""))
			}
			for n := range b.N {
				r, err := Run(context.Background(), plan(jobs...), &Options{
					Slots: 2, Isolation: isolation, Folder: filepath.Join(b.TempDir(), fmt.Sprint(n)),
				})
				if err != nil || r.GetExitStatus() != 0 {
					b.Fatalf("exit status %d, %v", r.GetExitStatus(), err)
				}
			}
			b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}
