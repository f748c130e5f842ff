package main

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// attacks are all commands that change something, at home or with processes.
var attacks = []attack{
	{name: "add", args: []string{"add", "snooze", "more-{number}", "--count=3", "--seconds=3"}},
	{name: "add a program", args: []string{"add", "--command", "sleep", "more", "--", "1000"}},
	{name: "update", args: []string{"update", "run-snooze", "--seconds=3"}},
	{name: "update what runs", runs: true, args: []string{"--force", "update", "up-snooze", "--seconds=2000"}},
	{name: "delete", args: []string{"delete", "run-.*"}},
	{name: "delete what runs", runs: true, args: []string{"--force", "delete", "up-.*"}},
	{name: "run", args: []string{"run", "run-.*", "--debug-level=CONSOLE"}},
	{name: "run what runs", runs: true, args: []string{"--force", "run", "up-snooze", "--seconds=0.02"}},
	{name: "start", args: []string{"start", "up-.*"}},
	{name: "start what runs", runs: true, args: []string{"--force", "start", "up-.*"}},
	{name: "stop", runs: true, args: []string{"stop", "up-.*"}},
	{name: "restart", runs: true, args: []string{"restart", "up-.*"}},
	{name: "set", runs: true, args: []string{"--force", "set", "restart", "up-.*", "--value=always"}},
	{name: "edit", args: []string{"edit", "storage", "run-job"}, editor: "cp value", before: func(h *house) { h.write("value", `{"value": 1000000}`) }},
	{name: "import", args: []string{"import", "Procfile"}, before: func(h *house) { h.write("Procfile", "web: sleep 1000\nworker: sleep 1000\n") }},
	{name: "settings", args: []string{"settings", "run-snooze", "--set-file=value"}, before: func(h *house) { h.write("value", `{"value": {"seconds": 3}}`) }},
	{name: "input", args: []string{"input", "run-factorial", "--set-file=value"}, before: func(h *house) { h.write("value", `{"value": 7}`) }},
	{name: "deploy", runs: true, args: []string{"--force", "deploy", "dist", "testing"}, before: func(h *house) {
		h.write("dist/tool", "#!/bin/sh\n")
		h.write("testing/model-by-role/up-job/words", "new")
		h.write("testing/setting-value-by-role/up-snooze/seconds", "2000")
	}},
	{name: "snapshot", args: []string{"snapshot", "testing"}, before: func(h *house) {
		h.write(".ansar-home/model/up-job/words", "old")
		h.write("testing/model-by-role/up-job/other", "to be removed")
	}},
	{name: "status of what has lost its keeper", runs: true, args: []string{"status"}, before: func(h *house) { h.watch(h.holder("up-kept.keeper")).kill() }},
	{name: "history of what has vanished", runs: true, args: []string{"history", "up-snooze"}, before: func(h *house) { h.watch(h.holder("up-snooze")).kill() }},
}

// TestKilledCommands kills ansar in the middle of commands that change something:
// instead of one of the calls that do, or at any moment. It draws some of the
// commands. With ANSAR_ROUNDS=n it takes all of them, so often each, and with
// ANSAR_ROUNDS=all instead of each call.
func TestKilledCommands(t *testing.T) {
	random := draw(t)
	drawn := random.Perm(len(attacks))
	if os.Getenv("ANSAR_ROUNDS") == "" {
		drawn = drawn[:3]
	}
	for _, i := range drawn {
		a := attacks[i]
		t.Run(a.name, func(t *testing.T) {
			var after map[string]string
			var took time.Duration
			var calls int
			if !t.Run("undisturbed", func(t *testing.T) { after, took, calls = undisturbed(t, &a) }) {
				return
			}
			t.Logf("it takes %v and %d calls", took, calls)
			count, all := rounds(1)
			for n := 1; all && n <= calls; n++ {
				t.Run("call "+strconv.Itoa(n), func(t *testing.T) { a.try(t, after, func(h *house) { h.killedBefore(n, a.args...) }) })
			}
			for range count {
				number, delay := 1+random.IntN(max(calls, 1)), time.Duration(random.Int64N(int64(took)))
				if calls > 0 && !all && random.IntN(3) > 0 {
					t.Run("call "+strconv.Itoa(number), func(t *testing.T) { a.try(t, after, func(h *house) { h.killedBefore(number, a.args...) }) })
				} else {
					t.Run(delay.String(), func(t *testing.T) { a.try(t, after, func(h *house) { h.killedAfter(delay, a.args...) }) })
				}
			}
		})
	}
}

// try kills the command once and checks what is left.
func (a *attack) try(t *testing.T, after map[string]string, kill func(*house)) {
	t.Helper()
	h := target(t, a)
	before := h.state()
	kill(h)
	h.between(before, after)
	h.works()
	h.between(before, after)
	_, text := h.try(append([]string{"--force"}, a.args...)...)
	h.between(after, after)
	if t.Failed() {
		t.Logf("the second time it says: %s", text)
	}
}

// rounds is how many there are to be, and whether all that there can be.
func rounds(usual int) (count int, all bool) {
	value := os.Getenv("ANSAR_ROUNDS")
	if n, err := strconv.Atoi(value); err == nil {
		return n, false
	}
	if value == "all" {
		return 10, true
	}
	return usual, false
}

func itoa(n int) string { return strconv.Itoa(n) }
