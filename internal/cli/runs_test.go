package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/history"
)

var begun = time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)

func ptr(n int) *int { return &n }

// Each way to end has its words, in both listings, and in what returned says if
// there is no value.
func TestEndings(t *testing.T) {
	later := begun.Add(145*time.Second + 600*time.Millisecond)
	tests := []struct {
		name              string
		run               history.Run
		short, long, lack string
	}{
		{
			"a value", history.Run{Number: 1, End: &history.Ending{How: history.Returned, Type: "Ack", Value: json.RawMessage(`{}`)}},
			"[0] 1h ago ... 2m25.6s (Ack)", "(2m25.6s) Ack", "it has returned",
		},
		{
			"a stop", history.Run{Number: 2, By: "ansar start", Stops: []history.Stop{{By: "SIGTERM"}, {By: "ansar stop"}}, End: &history.Ending{Type: "Aborted"}},
			`[1] 1h ago ... 2m25.6s (Aborted), stopped by "ansar stop"`,
			`(2m25.6s) Aborted, started by "ansar start", stopped by "ansar stop"`, "it has ",
		},
		{
			"a signal", history.Run{Number: 3, Restart: 2, End: &history.Ending{How: history.Signalled, Signal: "killed"}},
			"[2] 1h ago ... 2m25.6s (signal killed), restart 2", "(2m25.6s) signal killed, restart 2", "it was ended by signal killed",
		},
		{
			"a value, and a signal", history.Run{Number: 3, End: &history.Ending{Type: "Aborted", Signal: "killed"}},
			"[2] 1h ago ... 2m25.6s (Aborted), signal killed", "(2m25.6s) Aborted, signal killed", "it was ended by signal killed",
		},
		{
			"an exit", history.Run{Number: 4, End: &history.Ending{How: history.Exited, ExitStatus: ptr(3), Failed: "too many\nrestarts"}},
			"[3] 1h ago ... 2m25.6s (exit status 3), failed: too many restarts", "(2m25.6s) exit status 3, failed: too many restarts",
			"it exited with status 3, without a value",
		},
		{
			"an exit of a plain program", history.Run{Number: 4, End: &history.Ending{How: history.Exited, Type: "ExitCode", ExitStatus: ptr(1)}},
			"[3] 1h ago ... 2m25.6s (exit status 1)", "(2m25.6s) exit status 1", "it exited with status 1, without a value",
		},
		{
			"no trace", history.Run{Number: 5, End: &history.Ending{How: history.Vanished, Evidence: "last seen\x1b today"}},
			"[4] 1h ago ... 2m25.6s (vanished)", "(2m25.6s) vanished", "it has vanished: last seen  today",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.run.Started, tt.run.End.Time = begun, later
			var short, long strings.Builder
			shortLine(&short, &tt.run, begun.Add(time.Hour))
			longLine(&long, &tt.run)
			want := []string{tt.short + "\n", "2026-01-02T03:04:05.678Z ... 2026-01-02T03:06:31.278Z " + tt.long + "\n", tt.lack}
			if diff := cmp.Diff(want, []string{short.String(), long.String(), lack(tt.run.End)}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// All that is known of a run is told, each on a line.
func TestDetails(t *testing.T) {
	r := &history.Run{
		Number: 8, PID: 42, Executable: "server", Digest: "sha256:ab", Started: begun, Ready: begun.Add(time.Second),
		Stops: []history.Stop{{Time: begun.Add(time.Minute), By: "ansar stop"}},
		End: &history.Ending{
			Time: begun, How: history.Returned, Text: "a fault\nof two lines", Forced: "killed", Failed: "why", Evidence: "what", Dump: "/logs/crash.log",
			Usage: history.Usage{UserMS: 1, SystemMS: 2, MaxRSS: 3 << 10}, LastLines: []string{"one", "two"},
		},
	}
	var text strings.Builder
	details(&text, r)
	want := `    run         7, process 42
    executable  server sha256:ab
    ready       2026-01-02T03:04:06.678Z (1.0s)
    stopped     2026-01-02T03:05:05.678Z by "ansar stop"
    end         returned
    used        1 ms user, 2 ms system, 3 KiB
    fault       a fault of two lines
    forced      killed
    failed      why
    evidence    what
    goroutines  /logs/crash.log
    |           one
    |           two
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Runs keep their numbers when the first ones are forgotten.
func TestPick(t *testing.T) {
	p := &past{role: "r", homePath: "home"}
	if _, err := p.pick(-1); err == nil || err.Error() != `role "r" has no start/stop records (home)` {
		t.Errorf("of none: %v", err)
	}
	p.runs = []history.Run{{Number: 5}, {Number: 6}, {Number: 8}}
	tests := []struct {
		start, want int
		err         string
	}{
		{4, 5, ""},
		{7, 8, ""},
		{-1, 8, ""},
		{-3, 5, ""},
		{6, 0, "start out-of-range, 6 is none of 4 to 7, nor of -1 to -3"},
		{0, 0, "start out-of-range, 0 is none of 4 to 7, nor of -1 to -3"},
		{-4, 0, "start out-of-range, -4 is none of 4 to 7, nor of -1 to -3"},
	}
	for _, tt := range tests {
		run, err := p.pick(tt.start)
		got, text := 0, ""
		if err != nil {
			text = err.Error()
		} else {
			got = run.Number
		}
		if got != tt.want || text != tt.err {
			t.Errorf("pick(%d) = %d, %q; want %d, %q", tt.start, got, text, tt.want, tt.err)
		}
	}
}

func TestValueOfAnotherKind(t *testing.T) {
	if _, err := valueText(json.RawMessage(`{`), true); err == nil {
		t.Error("no error for what is no JSON")
	}
}
