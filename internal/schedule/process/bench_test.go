package process

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// BenchmarkTrue runs a program that does nothing, as a command of a job and in a bare loop of
// os/exec, in turns of 50, so that both meet the same machine. The ratios are what counts: of
// the times, and of what was used of processors, which others on the machine disturb less.
func BenchmarkTrue(b *testing.B) {
	dir := b.TempDir()
	bare := func() error { return exec.Command("true").Run() }
	outputs := func() error {
		cmd := exec.Command("true")
		cmd.Stdout, cmd.Stderr = new(text), new(text)
		return cmd.Run()
	}
	command := func(events func() string) func() error {
		return func() error {
			p, err := Start(&Spec{Argv: []string{"true"}, Stdout: new(text), Stderr: new(text), EventsPath: events()})
			if err == nil {
				<-p.Done()
			}
			return err
		}
	}
	ways := []struct {
		name string
		do   func() error
	}{
		{"os_exec_outputs", outputs},
		{"process", command(func() string { return "" })},
		{"process_events", command(func() string { return filepath.Join(dir, NewToken()) })},
	}
	for _, at := range []int{1, 2} {
		for _, way := range ways {
			b.Run(fmt.Sprintf("%s/%d_at_once", way.name, at), func(b *testing.B) {
				var base, took cost
				for range b.N {
					base.add(b, at, bare)
					took.add(b, at, way.do)
				}
				b.ReportMetric(float64(took.wall.Microseconds())/float64(50*b.N), "us/command")
				b.ReportMetric(float64(took.wall)/float64(base.wall), "of-bare-loop")
				b.ReportMetric(float64(took.cpu)/float64(base.cpu), "cpu-of-bare-loop")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkKill is the time from Kill, and from Stop, to Done, for a process with two below it.
func BenchmarkKill(b *testing.B) {
	for name, end := range map[string]func(*Process){
		"kill": func(p *Process) { p.Kill("bench") },
		"stop": func(p *Process) { p.Stop("bench") },
	} {
		b.Run(name, func(b *testing.B) {
			var sum, longest time.Duration
			for range b.N {
				out := new(text)
				p := start(b, &Spec{Argv: sh("sleep 600 & setsid sleep 600 & echo ready; wait"), Stdout: out})
				await(b, out.seen("ready"), "ready")
				begun := time.Now()
				end(p)
				await(b, p.Done(), "done")
				took := time.Since(begun)
				sum, longest = sum+took, max(longest, took)
			}
			b.ReportMetric(float64(sum.Microseconds())/float64(b.N), "us/end")
			b.ReportMetric(float64(longest.Microseconds()), "us-longest")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// cost is what many commands took.
type cost struct{ wall, cpu time.Duration }

// add runs 50 commands, so many at once.
func (c *cost) add(b *testing.B, at int, do func() error) {
	begun, before := time.Now(), used(b)
	var workers sync.WaitGroup
	for range at {
		workers.Go(func() {
			for range 50 / at {
				if err := do(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
	c.wall += time.Since(begun)
	c.cpu += used(b) - before
}

// used is what this process and its children have used of processors.
func used(b *testing.B) (sum time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}
