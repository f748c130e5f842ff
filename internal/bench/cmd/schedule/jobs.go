package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

// trues is how many jobs make one figure.
const trues = 1000

// programs are the executables that entries use.
type programs struct{ folder, ansar, raw, plans string }

// writePlans writes the plans that are run: jobs that do nothing, and jobs that
// take too long.
func (p programs) writePlans() error {
	var many, late strings.Builder
	many.WriteString("jobs:\n")
	for i := range trues {
		fmt.Fprintf(&many, "  - {id: true-%d, command: {argv: [\"true\"]}}\n", i)
	}
	late.WriteString("defaults: {timeout: 300ms, grace: 1s}\njobs:\n")
	for i := range 20 {
		fmt.Fprintf(&late, "  - {id: late-%d, command: {argv: [sleep, \"60\"]}}\n", i)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(p.folder, "many.yaml"), []byte(many.String()), 0o600),
		os.WriteFile(filepath.Join(p.folder, "late.yaml"), []byte(late.String()), 0o600),
	)
}

// schedule runs a plan in so many slots, into a folder of its own, and gives that of the run.
func (p programs) schedule(ctx context.Context, name, slots string, wantStatus int) (string, time.Duration, error) {
	plan := name + ".yaml"
	into, err := os.MkdirTemp(p.folder, "run-")
	if err != nil {
		return "", 0, err
	}
	latest := filepath.Join(into, name, "latest")
	var out bytes.Buffer
	command := exec.CommandContext(ctx, p.ansar, "schedule", "run", filepath.Join(p.folder, plan), "--jobs="+slots, "--quiet", "--output="+into)
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGINT) }
	command.Stdout, command.Stderr = &out, &out
	begun := time.Now()
	err = command.Run()
	took := time.Since(begun)
	if ctx.Err() != nil {
		return latest, took, context.Cause(ctx)
	}
	if status := command.ProcessState.ExitCode(); status != wantStatus {
		return latest, took, fmt.Errorf("run %s: exit status %d (%w)\n%s", plan, status, err, out.String())
	}
	return latest, took, nil
}

// jobs is how many jobs a second the command runs, its own start and end included.
func (p programs) jobs(ctx context.Context) (float64, error) {
	_, took, err := p.schedule(ctx, "many", "2", 0)
	return trues / took.Seconds(), err
}

// bareLoop is the same without anything around it: two goroutines that start a
// process and wait for it.
func bareLoop(ctx context.Context) (float64, error) {
	path, err := exec.LookPath("true")
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	todo := make(chan struct{}, trues)
	for range trues {
		todo <- struct{}{}
	}
	close(todo)
	var wait sync.WaitGroup
	var failures [2]error
	for i := range failures {
		wait.Go(func() {
			for range todo {
				if err := exec.CommandContext(ctx, path).Run(); err != nil {
					failures[i] = err
					return
				}
			}
		})
	}
	wait.Wait()
	return trues / time.Since(begun).Seconds(), errors.Join(failures[:]...)
}

// piped is a program that reads a line for each job.
func piped(argv ...string) measure.Func {
	return func(ctx context.Context) (float64, error) {
		path, err := exec.LookPath(argv[0])
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			return 0, fmt.Errorf("%s: %w", argv[0], measure.ErrMissing)
		}
		if err != nil {
			return 0, err
		}
		command := exec.CommandContext(ctx, path, argv[1:]...)
		command.Stdin = strings.NewReader(strings.Repeat("x\n", trues))
		command.Env = append(os.Environ(), "HOME="+os.TempDir())
		begun := time.Now()
		if text, err := command.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%s: %w\n%s", argv[0], err, text)
		}
		return trues / time.Since(begun).Seconds(), nil
	}
}
