package history

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/logstore"
)

const (
	evidenceLines = 10      // of the log
	evidenceBytes = 4 << 10 // of a line of them
	crashBytes    = 64 << 10
)

// Vanished is the ending of a run that nobody saw end, with the evidence there
// is: when it was last seen, its last lines, what the Go runtime said. It writes
// nothing; see [File.Settle], and [File.End] for who watched a process that is
// not its child.
func (f *File) Vanished(r *Run) Ending {
	e := Ending{How: Vanished, Time: r.Started}
	seen := func(t time.Time) {
		if t.After(e.Time) {
			e.Time = t.UTC().Truncate(time.Millisecond)
		}
	}
	seen(r.Ready)
	lines, last := f.lastLines(r.Started)
	e.LastLines = lines
	seen(last)
	crash, at := f.crash(r)
	if crash != "" {
		e.Dump = f.crashLog()
		seen(at)
	}
	e.Evidence = r.evidence(e.Time, crash)
	return e
}

func (r *Run) evidence(seen time.Time, crash string) string {
	var text strings.Builder
	if r.process.Boot != "" && !r.process.SameBoot() {
		fmt.Fprintf(&text, "process %d went with the machine, which was started again", r.PID)
	} else {
		fmt.Fprintf(&text, "process %d is gone and nobody saw how", r.PID)
	}
	fmt.Fprintf(&text, "; last seen %s, missed %s", seen.Format(stamp), now().Format(stamp))
	for _, s := range r.Stops {
		fmt.Fprintf(&text, "; %s was about to stop it at %s", s.By, s.Time.Format(stamp))
	}
	if crash != "" {
		fmt.Fprintf(&text, "; it crashed: %s", crash)
	}
	return text.String()
}

// stamp is how lines of the log begin: UTC with milliseconds.
const stamp = "2006-01-02T15:04:05.000"

// LastLines are the last lines of the log, as an end quotes them, without those of
// before the run began.
func (f *File) LastLines(began time.Time) []string {
	lines, _ := f.lastLines(began.UTC().Truncate(time.Millisecond))
	return lines
}

// lastLines are the last lines of the log since then, and the time of the last.
func (f *File) lastLines(since time.Time) (lines []string, last time.Time) {
	folder, err := f.home.Path(home.Logs, f.role)
	if err != nil {
		return nil, last
	}
	found, _ := logstore.Tail(folder, evidenceLines) // without it there is less evidence
	for _, line := range found {
		if len(line) < len(stamp) {
			continue
		}
		at, err := time.Parse(stamp, line[:len(stamp)])
		if err != nil || at.Before(since) {
			continue
		}
		last = at
		if len(line) > evidenceBytes {
			line = strings.ToValidUTF8(line[:evidenceBytes], "") + "..."
		}
		lines = append(lines, line)
	}
	return lines, last
}

// crash is what the runtime has said since the run began, the line that says
// why, and when.
func (f *File) crash(r *Run) (why string, at time.Time) {
	file, err := os.Open(f.crashLog())
	if err != nil {
		return "", at
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.ModTime().Before(r.Started) {
		return "", at
	}
	offset := r.crashes
	if info.Size() < offset { // it was begun again
		offset = 0
	}
	text, err := io.ReadAll(io.NewSectionReader(file, offset, crashBytes))
	if err != nil || len(text) == 0 {
		return "", at
	}
	lines := strings.Split(string(text), "\n")
	for _, line := range lines {
		for _, mark := range []string{"panic: ", "fatal error: ", "runtime: ", "SIG"} {
			if strings.HasPrefix(line, mark) {
				return line, info.ModTime()
			}
		}
	}
	return headless(lines), info.ModTime()
}

// headless is what to call a crash whose first lines are missing, as the runtime
// keeps those of some fatal errors to standard error: by its stack, and what
// was called last on it before it gave up.
func headless(lines []string) string {
	what := ""
	for _, line := range lines {
		switch {
		case what == "":
			what = strings.TrimSpace(line)
		case !strings.HasPrefix(what, "goroutine ") && what != "runtime stack:":
			return what
		case strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "runtime.throw(") || strings.HasPrefix(line, "runtime.fatal("):
			continue
		default:
			return what + " " + line[:max(0, strings.LastIndexByte(line, '('))]
		}
	}
	return what
}
