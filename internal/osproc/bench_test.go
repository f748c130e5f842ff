package osproc_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/ansar-go/ansar/internal/osproc"
)

// BenchmarkSpawn starts and reaps a program that does nothing: by Start, by
// os/exec with the same outputs kept, by os/exec with none, and by the bare
// fork, exec and wait that nobody can go below. The ratios are what counts.
// SPAWN names another program than true.
func BenchmarkSpawn(b *testing.B) {
	program := os.Getenv("SPAWN")
	if program == "" {
		var err error
		if program, err = osproc.Find("true", nil); err != nil {
			b.Fatal(err)
		}
	}
	env := os.Environ()
	ways := []struct {
		name string
		run  func() error
	}{
		{"floor", func() error {
			pid, err := syscall.ForkExec(program, []string{program}, &syscall.ProcAttr{Env: env, Files: []uintptr{0, 1, 2}})
			if err == nil {
				_, err = syscall.Wait4(pid, nil, 0, nil)
			}
			return err
		}},
		{"osproc", func() error {
			p, err := osproc.Start(&osproc.Spec{Path: program, Env: env, Stdout: io.Discard})
			if err == nil {
				<-p.Done()
			}
			return err
		}},
		{"osproc/no_outputs", func() error {
			p, err := osproc.Start(&osproc.Spec{Path: program, Env: env, TailBytes: -1})
			if err == nil {
				<-p.Done()
			}
			return err
		}},
		{"os_exec", func() error {
			cmd := exec.Command(program)
			var stderr bytes.Buffer
			cmd.Env, cmd.Stdout, cmd.Stderr = env, struct{ io.Writer }{io.Discard}, &stderr
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			return cmd.Run()
		}},
		{"os_exec/no_outputs", func() error {
			cmd := exec.Command(program)
			cmd.Env = env
			return cmd.Run()
		}},
	}
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			for b.Loop() {
				if err := way.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(way.name+"/parallel", func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := way.run(); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
