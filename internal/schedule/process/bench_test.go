package process

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkTrue runs a program that does nothing: as a command of a job, with and without
// events, and by os/exec. The ratios are what counts.
func BenchmarkTrue(b *testing.B) {
	run := func(b *testing.B, name string, do func() error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/parallel", func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := do(); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
	process := func(events func() string) func() error {
		return func() error {
			p, err := Start(&Spec{Argv: []string{"true"}, Stdout: new(text), Stderr: new(text), EventsPath: events()})
			if err == nil {
				<-p.Done()
			}
			return err
		}
	}
	dir := b.TempDir()
	run(b, "os_exec", func() error { return exec.Command("true").Run() })
	run(b, "os_exec_outputs", func() error {
		cmd := exec.Command("true")
		cmd.Stdout, cmd.Stderr = new(text), new(text)
		return cmd.Run()
	})
	run(b, "process", process(func() string { return "" }))
	run(b, "process_events", process(func() string { return filepath.Join(dir, NewToken()) }))
}
