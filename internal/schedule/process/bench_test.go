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
// the times, and of what this process alone used of processors.
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
				b.ReportMetric(float64(took.cpu.Microseconds())/float64(50*b.N), "cpu-us/command")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// cost is what many commands took.
type cost struct{ wall, cpu time.Duration }

// add runs 50 commands, so many at once.
func (c *cost) add(b *testing.B, at int, do func() error) {
	begun, used := time.Now(), self(b)
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
	c.cpu += self(b) - used
}

// self is what this process has used of processors.
func self(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
