package measure

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Spawn measures the milliseconds from the start of a command until it is
// reaped: the median of so many times. Its standard descriptors are /dev/null.
func Spawn(times int, argv ...string) Func {
	return func(ctx context.Context) (float64, error) {
		path, err := exec.LookPath(argv[0])
		if err != nil {
			return 0, missing(argv[0], err)
		}
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			return 0, err
		}
		defer null.Close()
		attr := &os.ProcAttr{Files: []*os.File{null, null, null}, Sys: &syscall.SysProcAttr{Setpgid: true}}
		var took []float64
		for range times {
			begin := time.Now()
			process, err := os.StartProcess(path, argv, attr)
			if err != nil {
				return 0, err
			}
			forget := context.AfterFunc(ctx, func() { killGroup(process) })
			state, err := process.Wait()
			took = append(took, Milliseconds(time.Since(begin)))
			forget()
			if ctx.Err() != nil {
				return 0, context.Cause(ctx)
			}
			if err != nil || !state.Success() {
				return 0, fmt.Errorf("run %s: %v %w", argv[0], state, errors.Join(err))
			}
		}
		return median(took), nil
	}
}

// Program runs a command that measures by itself. The figure is the first word
// of the last line that it prints.
func Program(argv ...string) Func {
	return func(ctx context.Context) (float64, error) {
		command := exec.CommandContext(ctx, argv[0], argv[1:]...)
		var stderr bytes.Buffer
		command.Stderr = &stderr
		command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		command.Cancel = func() error { return killGroup(command.Process) }
		command.WaitDelay = time.Second // a stray descendant may hold the pipe
		out, err := command.Output()
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			return 0, missing(argv[0], err)
		}
		if err != nil {
			return 0, fmt.Errorf("run %s: %w: %s", strings.Join(argv, " "), err, bytes.TrimSpace(stderr.Bytes()))
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		word, _, _ := strings.Cut(lines[len(lines)-1], " ")
		value, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return 0, fmt.Errorf("run %s: its last line begins with %q, want a number", strings.Join(argv, " "), word)
		}
		return value, nil
	}
}

// Milliseconds is the unit of most entries.
func Milliseconds(d time.Duration) float64 {
	return float64(d) / float64(time.Millisecond)
}

// missing names what a machine lacks.
func missing(name string, err error) error {
	return fmt.Errorf("%w: %s: install it to compare with it (%w)", ErrMissing, name, err)
}

// killGroup ends a process that leads a group, and whatever is left in it.
func killGroup(process *os.Process) error {
	return syscall.Kill(-process.Pid, syscall.SIGKILL)
}
