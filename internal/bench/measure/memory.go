package measure

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// PSS returns the memory of processes in MB (1,000,000 bytes): what they share
// is divided among those who share it. A process that is gone counts nothing.
// Where there is no /proc/<pid>/smaps_rollup, the error wraps [ErrMissing].
func PSS(pids ...int) (float64, error) {
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		return 0, missing("/proc/<pid>/smaps_rollup", err)
	}
	total := 0.0
	for _, pid := range pids {
		content, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("read the memory of process %d: %w", pid, err)
		}
		for line := range strings.Lines(string(content)) {
			if words := strings.Fields(line); len(words) > 1 && words[0] == "Pss:" {
				kb, err := strconv.ParseFloat(words[1], 64)
				if err != nil {
					return 0, fmt.Errorf("read the memory of process %d: %w", pid, err)
				}
				total += kb * 1024 / 1e6
			}
		}
	}
	return total, nil
}

// HeldPSS measures the PSS for each process, in MB, of a tree that is started
// with the argument hold, in which every process writes its id as a line to
// descriptor 3 and ends at the end of descriptor 4. The tree has so many
// processes.
func HeldPSS(processes int, path string) Func {
	return func(ctx context.Context) (float64, error) {
		report, reportEnd, err := os.Pipe()
		if err != nil {
			return 0, err
		}
		defer report.Close()
		releaseEnd, release, err := os.Pipe()
		if err != nil {
			reportEnd.Close()
			return 0, err
		}
		command := exec.CommandContext(ctx, path, "hold")
		command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		command.Cancel = func() error { return killGroup(command.Process) }
		command.ExtraFiles = []*os.File{reportEnd, releaseEnd}
		err = command.Start()
		reportEnd.Close()
		releaseEnd.Close()
		if err != nil {
			release.Close()
			return 0, err
		}
		total, err := heldTotal(report, processes)
		release.Close() // the end of the tree, whatever was found
		if waitErr := command.Wait(); err == nil {
			err = waitErr
		}
		return total / float64(processes), err
	}
}

// heldTotal reads so many process ids, and returns their PSS together.
func heldTotal(report *os.File, processes int) (float64, error) {
	var pids []int
	lines := bufio.NewScanner(report)
	for len(pids) < processes && lines.Scan() {
		pid, err := strconv.Atoi(lines.Text())
		if err != nil {
			return 0, fmt.Errorf("read process ids: %w", err)
		}
		pids = append(pids, pid)
	}
	if len(pids) < processes {
		return 0, fmt.Errorf("only %d of %d processes reported", len(pids), processes)
	}
	return PSS(pids...)
}
