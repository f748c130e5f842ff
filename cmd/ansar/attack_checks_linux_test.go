package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
)

// between checks that each thing that a home says is as it was or as it is to
// be.
func (h *house) between(before, after map[string]string) {
	h.Helper()
	now := h.state()
	keys := slices.Concat(slices.Collect(maps.Keys(now)), slices.Collect(maps.Keys(before)))
	for _, key := range keys {
		if value, ok := now[key]; value != before[key] && value != after[key] {
			h.Errorf("%s is %q (%t), it was %q and is to be %q", key, value, ok, before[key], after[key])
		}
	}
}

// players are the processes that there should be now, by who holds which lock:
// a component, a keeper, or a runner with its program. A keeper alone is about
// to start something, or to end: more is to come.
func (h *house) players() (running []string, count int) {
	h.Helper()
	opened, err := home.Open(h.home.Root())
	if err != nil {
		return nil, 0
	}
	roles, err := opened.Roles()
	if err != nil {
		h.Fatal(err)
	}
	for _, r := range roles {
		keeper := !h.free(r.Name + ".keeper")
		switch plays := !h.free(r.Name); {
		case plays:
			running = append(running, r.Name)
			if count++; keeper || r.Properties["command"] != nil {
				count++
			}
		case keeper:
			return nil, -1
		}
	}
	return running, count
}

// settled waits until there are exactly the processes that hold roles, and
// returns the roles. What a killed command was the parent of is given its time.
func (h *house) settled() []string {
	h.Helper()
	mark := os.Getenv(markVariable)
	for deadline := time.Now().Add(orphanLimit); ; time.Sleep(5 * time.Millisecond) { // no event tells of the end of a process of others
		running, want := h.players()
		alive := proctest.Alive(mark)
		if again, _ := h.players(); len(alive) == want && slices.Equal(running, again) {
			return running
		}
		if time.Now().After(deadline) {
			var names []string
			for _, pid := range alive {
				line, _ := os.ReadFile(filepath.Join("/proc", itoa(pid), "cmdline")) // it may be gone
				names = append(names, itoa(pid)+" "+strings.ReplaceAll(string(line), "\x00", " "))
			}
			h.Fatalf("%d processes, want the %d of %v:\n%s", len(alive), want, running, strings.Join(names, "\n"))
		}
	}
}

// healthy has doctor look at the home.
func (h *house) healthy() {
	h.Helper()
	_, text := h.try("doctor", "--json")
	var report struct {
		Findings []struct {
			Kind, Path, What string
			Note             bool
		}
	}
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		h.Fatalf("doctor says %s: %v", text, err)
	}
	for _, f := range report.Findings {
		if !f.Note && f.Kind != "disk" && f.Kind != "limit" && f.Kind != "clock" { // those are about this machine
			h.Errorf("doctor finds %+v", f)
		}
	}
}

// recorded checks the histories: only who runs has a run that has not ended, the
// last, and only one; numbers rise.
func (h *house) recorded() {
	h.Helper()
	opened, err := home.Open(h.home.Root())
	if err != nil {
		return
	}
	roles, err := opened.Roles()
	if err != nil {
		h.Fatal(err)
	}
	for _, r := range roles {
		runs := h.runs(r.Name)
		for i, run := range runs {
			open := run.End == nil
			if goes := i == len(runs)-1 && !h.free(r.Name); open != goes {
				h.Errorf("run %d of %d of %s: open is %t, it should be %t: %+v", run.Number, len(runs), r.Name, open, goes, run)
			}
			if i > 0 && run.Number <= runs[i-1].Number {
				h.Errorf("run %d of %s comes after %d", run.Number, r.Name, runs[i-1].Number)
			}
		}
	}
}

// works checks what follows a kill: the home can be looked at, says who runs, and
// starts and stops each role, once.
func (h *house) works() {
	h.Helper()
	running := h.settled()
	h.healthy()
	if _, text := h.try("status"); text != lines(running) {
		h.Errorf("status says %q, want %q", text, running)
	}
	if running = h.settled(); len(running) > 0 { // status may have found a keeper for one
		h.recorded()
	}
	var up []string
	for key := range h.state() {
		if name, ok := strings.CutPrefix(key, "role up-"); ok {
			up = append(up, "up-"+name)
		}
	}
	if slices.Sort(up); len(up) == 0 {
		return
	}
	h.tellsEnd(up, running)
	if status, text := h.try("--force", "start", "up-.*"); status != 0 {
		h.Errorf("the next start ends with %d: %s", status, text)
	}
	if running := h.settled(); !slices.Equal(running, up) {
		h.Errorf("%v run after the next start, want %v", running, up)
	}
	h.recorded()
	if status, text := h.try("stop", "up-.*"); status != 0 {
		h.Errorf("the next stop ends with %d: %s", status, text)
	}
	if running := h.settled(); len(running) > 0 {
		h.Errorf("%v run after the next stop", running)
	}
	h.tellsEnd(up, nil)
	h.recorded()
}

// tellsEnd asks what the first role has returned that does not run, and has: that
// must not be waited for.
func (h *house) tellsEnd(roles, running []string) {
	h.Helper()
	for _, role := range roles {
		if !slices.Contains(running, role) && len(h.runs(role)) > 0 {
			if status, text := h.try("returned", role, "--timeout=60"); strings.Contains(text, "60") || status < 0 || text == "" {
				h.Errorf("returned of %s: status %d, %s", role, status, text)
			}
			return
		}
	}
}

// lines are words, each on a line.
func lines(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return strings.Join(words, "\n") + "\n"
}
