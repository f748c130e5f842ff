package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// With however few descriptors, start starts a role, or says in a line that it
// cannot; nothing is half there.
func TestStartWithoutDescriptors(t *testing.T) {
	h := target(t, &attack{})
	random := draw(t)
	limits := random.Perm(26)
	if count, all := rounds(4); !all {
		limits = limits[:min(count, len(limits))]
	}
	for _, limit := range limits {
		limit += 8 // with fewer, no program of Go starts
		cmd := exec.Command("sh", "-c", fmt.Sprintf("ulimit -n %d; exec ansar start 'up-.*'", limit))
		cmd.Dir = h.dir
		began := time.Now()
		text, err := cmd.CombinedOutput()
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("with %d descriptors start takes %v: %s", limit, took, text)
		}
		running := h.settled()
		if err == nil && len(running) != 3 {
			t.Errorf("with %d descriptors start succeeds, and %v run", limit, running)
		}
		for line := range strings.Lines(string(text)) {
			if !strings.Contains(line, "too many open files") {
				t.Errorf("with %d descriptors it says %q, want that they are too few", limit, line)
			}
		}
		if (err == nil) != (len(text) == 0) {
			t.Errorf("with %d descriptors start ends with %v, and says %q", limit, err, text)
		}
		h.healthy()
		h.ansar("--force", "stop")
		if running := h.settled(); len(running) > 0 {
			t.Errorf("%v run after the stop", running)
		}
		h.recorded()
	}
	h.works()
}

// A full disk keeps no role from starting that has run before, and none from
// being stopped. What is lost is what could not be written, and no file is
// damaged.
func TestFullHome(t *testing.T) {
	disk := t.TempDir()
	if err := mountSmall(disk, "1m"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(disk); err != nil {
			t.Error(err)
		}
	})
	h := newHouseIn(t, disk, "snooze", "zombie")
	h.ansar("add", "snooze", "up-snooze", "--seconds=1000")
	h.ansar("add", "--command", "sleep", "up-job", "--", "1000")
	h.ansar("add", "zombie", "up-kept")
	h.ansar("set", "restart", "up-kept", "--value=on-crash")
	for _, when := range []string{"before the start", "before the stop"} {
		t.Run(when, func(t *testing.T) {
			h := &house{TB: t, dir: h.dir, home: h.home}
			before := h.state()
			if when == "before the stop" {
				h.ansar("start")
			}
			filler := useUp(t, disk)
			status, text := h.try("start")
			running := h.settled()
			if status == 0 && len(running) != 3 || status != 0 && strings.Count(text, "\n") == 0 {
				t.Errorf("start on a full disk: status %d, %v run: %s", status, running, text)
			}
			if _, got := h.try("status"); got != lines(running) {
				t.Errorf("status: %q, want %q", got, lines(running))
			}
			if status, text := h.try("--force", "stop"); status != 0 {
				t.Errorf("stop on a full disk: status %d: %s", status, text)
			}
			if running := h.settled(); len(running) > 0 {
				t.Errorf("%v run after the stop", running)
			}
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
			h.between(before, before)
			h.ansar("status") // who looks next records what could not be written
			h.works()
		})
	}
}

// useUp uses up a disk, to the last byte.
func useUp(t *testing.T, disk string) string {
	t.Helper()
	file, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, size := range []int{4096, 1} {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, size))
		}
	}
	return file.Name()
}

// Of many starts at once, one does it, and the others say that the roles run.
func TestManyStartsAtOnce(t *testing.T) {
	h := target(t, &attack{})
	const starts = 6
	type outcome struct {
		status int
		text   string
	}
	done := make(chan outcome, starts)
	for range starts {
		go func() {
			cmd := h.command("start", "up-.*")
			text, _ := cmd.CombinedOutput() // its status tells
			done <- outcome{cmd.ProcessState.ExitCode(), string(text)}
		}()
	}
	succeeded := 0
	for range starts {
		o := <-done
		if o.status == 0 {
			succeeded++
		} else if !strings.Contains(o.text, "currently running") || strings.Count(o.text, "\n") != 1 {
			t.Errorf("status %d, %s", o.status, o.text)
		}
	}
	if succeeded != 1 {
		t.Errorf("%d of %d starts succeed, want one", succeeded, starts)
	}
	if running := h.settled(); !slices.Equal(running, []string{"up-job", "up-kept", "up-snooze"}) {
		t.Errorf("%v run", running)
	}
	for _, role := range []string{"up-job", "up-kept", "up-snooze"} {
		h.last(role, 1)
	}
	h.works()
}

// A start and a delete that meet come one after the other.
func TestStartAgainstDelete(t *testing.T) {
	h := target(t, &attack{})
	count, _ := rounds(3)
	for range count {
		done := make(chan string, 2)
		for _, args := range [][]string{{"start", "up-.*"}, {"--force", "delete", "up-.*"}} {
			go func() {
				text, _ := h.command(args...).CombinedOutput() // what is there then tells
				done <- fmt.Sprintf("%v: %s", args, text)
			}()
		}
		said := <-done + <-done
		if running := h.settled(); len(running) > 0 {
			t.Errorf("%v run, and should be deleted: %s", running, said)
		}
		for key := range h.state() {
			if strings.Contains(key, "up-") {
				t.Errorf("there is %s still: %s", key, said)
			}
		}
		h.healthy()
		for _, area := range []home.Area{home.Locks, home.Logs, home.History, home.Tmp} {
			left, err := filepath.Glob(filepath.Join(h.home.Dir(area), "up-*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left of the roles: %v, %v: %s", left, err, said)
			}
		}
		h.ansar("add", "zombie", "up-{number}", "--count=2")
		h.ansar("add", "--command", "sleep", "up-job", "--", "1000")
	}
	h.works()
}
