//go:build !race

package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"syscall"
	"testing"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// A scheduler needs little more memory for ten times as many jobs, and none for what
// they print. ANSAR_ROUNDS=n has n times 500 of them compared with 500.
func TestScheduleOfManyJobs(t *testing.T) {
	few, many := 20, 200
	if count, _ := rounds(0); count > 0 {
		few, many = 500, 500*count
	}
	const printed, each = 100_000, 20 << 10 // bytes that a job prints, and that one is remembered by
	before, after := peak(t, few, printed), peak(t, many, printed)
	t.Logf("%d jobs: %d KiB, %d jobs: %d KiB", few, before>>10, many, after>>10)
	if limit := before + 16<<20 + (many-few)*each; after > limit {
		t.Errorf("with %d jobs it takes %d KiB, with %d %d KiB, want at most %d KiB", few, before>>10, many, after>>10, limit>>10)
	}
}

// peak is how much memory the scheduler of such a plan takes at most until all jobs have ended.
func peak(t *testing.T, jobs, printed int) (highest int) {
	t.Helper()
	t.Run(fmt.Sprint(jobs), func(t *testing.T) {
		plan := &schedulepb.Plan{Name: "plan"}
		for i := range jobs {
			plan.Jobs = append(plan.Jobs, shellJob(fmt.Sprint("j", i), fmt.Sprintf("head -c %d /dev/zero", printed)))
		}
		last := shellJob("last", "sleep 600")
		for _, j := range plan.Jobs {
			last.Needs = append(last.Needs, &schedulepb.Need{Job: j.Id})
		}
		plan.Jobs = append(plan.Jobs, last)
		b := newBench(t, plan)
		s := b.begin("--jobs=4", "--grace=0.2s")
		s.at(jobs+1, `"job_started"`)
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
		if found == nil {
			t.Fatalf("no high water mark in %s", bytes.TrimSpace(status))
		}
		kib, err := strconv.Atoi(string(found[1]))
		if err != nil {
			t.Fatal(err)
		}
		highest = kib << 10
		s.send(syscall.SIGINT)
		if got := s.end(); got != 130 {
			t.Errorf("status %d: %.500s", got, s.said.Bytes())
		}
	})
	return highest
}
