package main

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// A create that is killed leaves no home, or what another create completes.
func TestKilledCreate(t *testing.T) {
	args := []string{"create", "second", "--redirect-logs=elsewhere"}
	killedHomes(t, args, func(*house) {}, func(h *house) {
		if status, text := h.try(args...); status != 0 && !strings.Contains(text, "already exists") {
			t.Errorf("the second create: status %d, %s", status, text)
		}
		h.ansar("add", "--command", "sleep", "job", "second", "--", "1000")
		if status, text := h.try("doctor", "second"); status != 0 {
			t.Errorf("doctor: status %d, %s", status, text)
		}
		if got := h.ansar("list", "second"); got != "job\n" {
			t.Errorf("list: %q", got)
		}
		h.ansar("start", "--home-path=second")
		h.ansar("stop", "--home-path=second")
		if entries, err := os.ReadDir(filepath.Join(h.dir, "elsewhere")); err != nil || len(entries) != 1 {
			t.Errorf("the redirected area is %v (%v), want one folder", entries, err)
		}
	})
}

// A destroy that is killed leaves a home that works, or one that another destroy
// removes without a trace.
func TestKilledDestroy(t *testing.T) {
	before := func(h *house) {
		h.ansar("create", "second", "--redirect-logs=elsewhere")
		h.ansar("add", "--command", "sleep", "job", "second", "--", "1000")
		h.ansar("start", "--home-path=second")
	}
	args := []string{"--force", "destroy", "second"}
	killedHomes(t, args, before, func(h *house) {
		h.settledIn("second")
		if status, text := h.try("list", "second"); status != 0 && strings.Count(text, "\n") != 1 {
			t.Errorf("list: status %d, %s", status, text)
		}
		if status, text := h.try(args...); status != 0 && !strings.Contains(text, "does not exist or is incomplete") {
			t.Errorf("the second destroy: status %d, %s", status, text)
		}
		if _, err := os.Lstat(filepath.Join(h.dir, "second")); !errors.Is(err, os.ErrNotExist) {
			if left, _ := filepath.Glob(filepath.Join(h.dir, "second", "*")); len(left) > 0 { // an empty folder is no home
				t.Errorf("the home is still there: %v, %v", err, left)
			}
		}
		if entries, err := os.ReadDir(filepath.Join(h.dir, "elsewhere")); err != nil || len(entries) != 0 {
			t.Errorf("the redirected area is %v (%v), want nothing", entries, err)
		}
		h.ansar("create", "second")
	})
}

// killedHomes kills a command about a second home at some of its calls, or at
// all, and at any moment.
func killedHomes(t *testing.T, args []string, before, check func(*house)) {
	random := draw(t)
	prepared := func(t *testing.T) *house {
		h := newHouse(t)
		h.write("elsewhere/.keep", "")
		if err := os.Remove(filepath.Join(h.dir, "elsewhere", ".keep")); err != nil {
			t.Fatal(err)
		}
		before(h)
		t.Cleanup(func() {
			_, _ = h.command("--force", "stop", "--home-path=second").Output() // there may be none
		})
		return h
	}
	var took time.Duration
	calls := 0
	t.Run("undisturbed", func(t *testing.T) {
		h := prepared(t)
		began := time.Now()
		if calls = 0; canBreak() {
			calls, _ = h.killedBefore(0, args...)
		} else {
			h.ansar(args...)
		}
		took = time.Since(began)
	})
	t.Logf("it takes %v and %d calls", took, calls)
	count, all := rounds(1)
	for n := 1; n <= calls; n++ {
		if !all && random.IntN(calls) >= count {
			continue
		}
		t.Run("call "+strconv.Itoa(n), func(t *testing.T) {
			h := prepared(t)
			h.killedBefore(n, args...)
			check(h)
		})
	}
	for range max(count/2, 1) {
		delay := time.Duration(random.Int64N(int64(took)))
		t.Run(delay.String(), func(t *testing.T) {
			h := prepared(t)
			h.killedAfter(delay, args...)
			check(h)
		})
	}
}

// settledIn waits until what a killed command has told to stop has stopped.
func (h *house) settledIn(path string) {
	h.Helper()
	second, err := home.Open(filepath.Join(h.dir, path))
	if err != nil {
		return // it is gone, or nearly
	}
	(&house{TB: h.TB, dir: h.dir, home: second}).settled()
}

// Commands that only look can be killed whenever: nothing is changed, and nobody
// notices.
func TestKilledLooks(t *testing.T) {
	random := draw(t)
	h := target(t, &attack{runs: true})
	before := h.state()
	count, all := rounds(1)
	if all {
		count = 20
	}
	for _, args := range [][]string{
		{"list"}, {"list", "-l"}, {"status"}, {"status", "-l", "--all"}, {"history", "up-snooze"}, {"returned", "up-snooze"}, {"log", "up-.*"},
		{"log", "up-.*", "--follow"}, {"wait", "up-.*"}, {"wait", "--for=ended", "up-.*"}, {"doctor"}, {"get", "restart", "up-kept"},
		{"settings", "run-snooze"}, {"input", "run-factorial"}, {"folder", "model", "up-job"}, {"snapshot", "testing", "--dry-run"}, {"help", "start"},
	} {
		for range count {
			h.killedAfter(time.Duration(random.Int64N(int64(60*time.Millisecond))), args...)
		}
	}
	h.between(before, before)
	for _, role := range []string{"up-job", "up-kept", "up-snooze"} {
		h.last(role, 1)
	}
	h.works()
}
