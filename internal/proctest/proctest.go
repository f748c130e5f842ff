// Package proctest finds the processes of a test, and proves that none is
// left behind.
//
// Processes are told apart by a mark in their environment, which whatever they
// start inherits. The kernel's own account is read, so what has lost its
// parent counts as well. Linux only: elsewhere nothing is found.
package proctest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

const variable = "ANSAR_PROCTEST"

// Mark marks all processes that are started from now on until the test ends,
// where none of them may be left. It changes the environment of the process,
// so tests that use it do not run in parallel.
func Mark(t testing.TB) string {
	t.Helper()
	mark := fmt.Sprintf("%d-%x", os.Getpid(), rand.Uint64())
	t.Setenv(variable, mark)
	t.Cleanup(func() {
		if left := Gone(mark, 10*time.Second); len(left) > 0 {
			t.Errorf("%d processes are left behind:%s", len(left), describe(left))
			for _, pid := range left {
				if p, err := os.FindProcess(pid); err == nil {
					_ = p.Kill() // the test has failed already
				}
			}
		}
	})
	return mark
}

// Alive lists the marked processes that run, without this one. Zombies do not
// count: they have ended, and wait for their parent to say so.
func Alive(mark string) []int {
	want := []byte(variable + "=" + mark + "\x00")
	files, _ := filepath.Glob("/proc/[0-9]*/environ") // the pattern is good
	var pids []int
	for _, file := range files {
		env, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(env, want) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Gone waits until no marked process is alive, at most for the limit, and
// gives those that are.
func Gone(mark string, limit time.Duration) []int {
	for deadline := time.Now().Add(limit); ; {
		left := Alive(mark)
		if len(left) == 0 || time.Now().After(deadline) {
			return left
		}
		time.Sleep(2 * time.Millisecond) // no event tells of the end of what is not a child
	}
}

func describe(pids []int) string {
	var text string
	for _, pid := range pids[:min(len(pids), 10)] {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // it may be gone by now
		text += fmt.Sprintf("\n\t%d %s", pid, bytes.ReplaceAll(line, []byte{0}, []byte{' '}))
	}
	return text
}
