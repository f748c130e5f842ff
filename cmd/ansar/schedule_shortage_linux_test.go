package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/proctest"
	"github.com/ansar-go/ansar/internal/schedule/journaltest"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// busyPlan has so many jobs that print so many bytes, and leave processes.
func busyPlan(jobs, bytes int) *schedulepb.Plan {
	plan := &schedulepb.Plan{Name: "plan"}
	for i := range jobs {
		plan.Jobs = append(plan.Jobs, shellJob(fmt.Sprint("j", i), fmt.Sprintf("head -c %d /dev/zero", bytes)))
	}
	plan.Jobs = append(plan.Jobs, shellJob("long", leaving+"\nsleep 600"))
	plan.Jobs[jobs].Priority = proto.Int32(1)
	return plan
}

// machinery checks that a run has ended for a reason that is not in its jobs, has said so in a
// line, and has left nothing.
func (s *scheduling) machinery(status int, why string) {
	s.Helper()
	text := s.said.String()
	if status != 3 || !strings.Contains(text, why) || strings.Contains(text, "panic") || strings.Contains(text, "goroutine") {
		s.Errorf("status %d, want 3 and %q: %s", status, why, text)
	}
	var last string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "ansar: ") {
			last = line
		}
	}
	if !strings.Contains(last, why) {
		s.Errorf("its last word is %q, want %q in it", last, why)
	}
	s.alone()
}

// When the disk is full the run ends, and what is told of it can be read.
func TestScheduleOnFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := mountSmall(disk, "2m"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(disk); err != nil {
			t.Error(err)
		}
	})
	t.Run("by its jobs", func(t *testing.T) {
		b := newBench(t, busyPlan(60, 100_000))
		s := b.begin("--jobs=3", "--grace=0.2s", "--output="+disk)
		s.machinery(s.end(), "no space left on device")
		folders, err := filepath.Glob(filepath.Join(disk, "plan/*-*"))
		if err != nil || len(folders) != 1 {
			t.Fatalf("%d runs, %v", len(folders), err)
		}
		story := journaltest.Read(t, folders[0])
		report, err := replay.Of(folders[0])
		if err != nil || len(story.Ends) == 0 || len(report.GetJobs()) != 61 {
			t.Errorf("%d of %d jobs have ended, %v", len(story.Ends), len(report.GetJobs()), err)
		}
		if status, text := b.try("schedule", "report", folders[0]); status != 3 || !strings.Contains(text, "interrupted") {
			t.Errorf("the report ends with %d: %s", status, text)
		}
		if err := os.RemoveAll(filepath.Join(disk, "plan")); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("before", func(t *testing.T) {
		b := newBench(t, busyPlan(1, 1))
		filler := useUp(t, disk)
		s := b.begin("--output=" + disk)
		s.machinery(s.end(), "no space left on device")
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	})
}

// A folder that nothing can be made in is said to be one.
func TestScheduleInFolderOfOthers(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can be somebody else")
	}
	b := newBench(t, busyPlan(1, 1))
	b.forNobody()
	s := b.beginBy("as-nobody", "ansar", "schedule", "run", "plan.json", "--live=never", "--format=events")
	s.machinery(s.end(), "permission denied")
	b.write("file", "")
	s = b.begin("--output=file")
	s.machinery(s.end(), "not a directory")
}

// With however few descriptors, a run ends, says what it lacks, and leaves nothing.
func TestScheduleWithoutDescriptors(t *testing.T) {
	random := draw(t)
	limits := random.Perm(40)
	if count, all := rounds(3); !all {
		limits = limits[:min(count, len(limits))]
	}
	for _, limit := range limits {
		limit += 8 // with fewer, no program of Go starts
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			plan := shortPlan()
			if limit > 40 { // below, a component takes 10 s to be given up
				plan.Jobs = append(plan.Jobs, callJob("call", "sleep", 10, schedulepb.Isolation_ISOLATION_PROCESS))
			}
			b := newBench(t, plan)
			b.limited(fmt.Sprintf("ulimit -n %d; exec", limit), "too many open files")
		})
	}
}

// shortPlan needs a few processes at a time, and leaves some.
func shortPlan() *schedulepb.Plan {
	plan := &schedulepb.Plan{Name: "plan"}
	for i := range 6 {
		plan.Jobs = append(plan.Jobs, shellJob(fmt.Sprint("j", i), leaving+"\nsleep 0.02; echo '{\"ok\":true}' >$ANSAR_EVENTS"))
		plan.Jobs[i].Strays = schedulepb.Strays_STRAYS_IGNORE
	}
	return plan
}

// limited runs the plan by a shell, below what sets a limit of the system, and checks that it either does all or
// says what it lacks.
func (b *bench) limited(limit, lack string) {
	b.Helper()
	s := b.beginBy("sh", "-c", limit+" ansar schedule run plan.json --live=never --jobs=4 --grace=0.2s")
	status := s.end()
	said := s.said.String() + strings.Join(s.lines, "")
	if strings.Contains(said, "pthread_create failed") || strings.Contains(said, "failed to create new OS thread") {
		for _, folder := range b.folders() { // Go ends a program that gets no thread, be it the guard
			journaltest.Read(b, folder)
		}
		b.watch(proctest.Alive(b.mark)...).kill()
		return
	}
	b.alone()
	if strings.Contains(said, "panic") || strings.Contains(said, "DATA RACE") || strings.Contains(said, "goroutine ") {
		b.Errorf("status %d: %s", status, said)
	}
	folders := b.folders()
	switch {
	case status == 3 || status == 2: // before it began, or in the middle
		if !strings.Contains(said, lack) {
			b.Errorf("status %d, and it does not say %q: %s", status, lack, said)
		}
		for _, folder := range folders {
			journaltest.Read(b, folder)
		}
	case len(folders) != 1 || status != 0 && status != 1:
		b.Errorf("%d runs, status %d: %s", len(folders), status, said)
	default:
		_, report := b.wholly(folders[0], status)
		for _, j := range report.GetJobs() {
			text := j.GetCause().GetText()
			ours := !strings.HasPrefix(text, "exit status") // what the job itself lacks it says itself
			if !j.GetStatus().Fine() && ours && !strings.Contains(text, lack) {
				b.Errorf("job %s is %s: %s", j.GetId(), j.GetStatus().Name(), j.GetCause().GetText())
			}
		}
	}
}

func init() { programs["few-processes"] = fewProcesses }

// fewProcesses becomes a command that may have so many processes, with all others of its user.
func fewProcesses() {
	limit, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err == nil {
		err = unix.Setrlimit(unix.RLIMIT_NPROC, &unix.Rlimit{Cur: limit, Max: limit})
	}
	path, missing := exec.LookPath(os.Args[2])
	if err = errors.Join(err, missing); err == nil {
		err = unix.Exec(path, os.Args[2:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, "few-processes:", err)
	os.Exit(99)
}

// forNobody lets another user read the folder of the test and the programs, and write the former.
func (b *bench) forNobody() {
	b.Helper()
	ansar, err := exec.LookPath("ansar")
	if err != nil {
		b.Fatal(err)
	}
	for _, dir := range []string{b.dir, filepath.Dir(ansar)} {
		for ; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// With however few processes, too.
func TestScheduleWithoutProcesses(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can be somebody else, who has no processes yet")
	}
	random := draw(t)
	count, _ := rounds(2)
	for range count {
		limit := 16 + random.IntN(40)
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			b := newBench(t, shortPlan())
			b.forNobody()
			if err := os.Chmod(b.dir, 0o777); err != nil {
				t.Fatal(err)
			}
			b.limited("exec few-processes "+fmt.Sprint(limit)+" as-nobody", "too many processes")
		})
	}
}
