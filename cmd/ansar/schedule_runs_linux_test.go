package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/proctest"
	"github.com/ansar-go/ansar/internal/schedule/formats"
	"github.com/ansar-go/ansar/internal/schedule/journaltest"
	"github.com/ansar-go/ansar/internal/schedule/planfile"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// bench is a folder with a plan, and what runs in it. No process of it may be left
// when the test ends.
type bench struct {
	*house
	mark string
}

func newBench(t *testing.T, plan *schedulepb.Plan) *bench {
	t.Helper()
	b := &bench{house: &house{TB: t, dir: t.TempDir()}, mark: proctest.Mark(t)}
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	b.write("plan.json", string(planfile.Write(plan)))
	return b
}

// survivorLimit is how long after the end of a scheduler something of it may live on.
func survivorLimit() time.Duration {
	if raceEnabled {
		return 6 * time.Second // the guard is this binary, too
	}
	return 2 * time.Second
}

// alone checks that no process is left, soon.
func (b *bench) alone() {
	b.Helper()
	left := proctest.Gone(b.mark, survivorLimit())
	if len(left) == 0 {
		return
	}
	var names []string
	for _, pid := range left {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // it may be gone
		state, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		names = append(names, fmt.Sprintf("%s\n\t%s", strings.ReplaceAll(string(line), "\x00", " "), state))
	}
	b.Errorf("%d processes are left:\n\t%s", len(left), strings.Join(names, "\n\t"))
}

// scheduling is a scheduler that runs.
type scheduling struct {
	*bench
	cmd   *exec.Cmd
	said  bytes.Buffer  // valid once ended is closed
	ended chan struct{} // closed when it has ended, and its output was read

	mu    sync.Mutex // guards the fields below
	lines []string   // events that it has told
	more  chan struct{}
}

// begin starts a run of the plan, which tells its events.
func (b *bench) begin(args ...string) *scheduling {
	b.Helper()
	return b.beginBy("ansar", append([]string{"schedule", "run", "plan.json", "--live=never", "--format=events"}, args...)...)
}

func (b *bench) beginBy(program string, args ...string) *scheduling {
	b.Helper()
	s := &scheduling{bench: b, ended: make(chan struct{}), more: make(chan struct{})}
	s.cmd = exec.Command(program, args...)
	s.cmd.Dir, s.cmd.Stderr = b.dir, &s.said
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = s.cmd.Process.Kill() // it has ended, unless the test has failed
		<-s.ended
	})
	go func() {
		defer close(s.ended)
		for r := bufio.NewReader(out); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				break
			}
			s.heard(line)
		}
		_ = s.cmd.Wait() // its state tells
	}()
	return s
}

func (s *scheduling) heard(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
	close(s.more)
	s.more = make(chan struct{})
}

// at waits until it has told so many events that contain a text, or has ended.
func (s *scheduling) at(count int, text string) {
	s.Helper()
	if !s.await(count, text, hang) {
		s.Fatalf("%d events that contain %q do not come:\n%s", count, text, s.dump())
	}
}

// await is at for what may not come: it is false if there is no event for so long.
func (s *scheduling) await(count int, text string, idle time.Duration) bool {
	limit := time.NewTimer(idle)
	defer limit.Stop()
	for seen, found := 0, 0; ; {
		s.mu.Lock()
		lines, more := s.lines[seen:], s.more
		s.mu.Unlock()
		seen += len(lines)
		for _, line := range lines {
			if strings.Contains(line, text) {
				found++
			}
		}
		if found >= count {
			return true
		}
		limit.Reset(idle)
		select {
		case <-more:
		case <-s.ended:
			return true
		case <-limit.C:
			return false
		}
	}
}

// send sends a signal; it may have ended by now.
func (s *scheduling) send(signal syscall.Signal) {
	s.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.Fatal(err)
	}
}

// end waits for its end and gives its status, -1 for that of a signal.
func (s *scheduling) end() int {
	s.Helper()
	select {
	case <-s.ended:
	case <-time.After(hang):
		s.Fatalf("the run does not end:\n%s", s.dump())
	}
	return s.cmd.ProcessState.ExitCode()
}

// dump has a scheduler that hangs tell where it is, and ends it.
func (s *scheduling) dump() string {
	_ = s.cmd.Process.Signal(syscall.SIGABRT) // the next tells whether it helped
	select {
	case <-s.ended:
		return s.said.String()
	case <-time.After(5 * time.Second):
		return "it does not abort either"
	}
}

// folders are those of all runs of the plan, in order.
func (b *bench) folders() []string {
	b.Helper()
	journals, err := filepath.Glob(filepath.Join(b.dir, ".ansar-schedule/plan/*-*/journal.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	for i, file := range journals {
		journals[i] = filepath.Dir(file)
	}
	return journals
}

// wholly checks a run that was not killed: the journal comes to its end, and the reports
// say the same.
func (b *bench) wholly(folder string, status int) (*journaltest.Story, *schedulepb.Report) {
	b.Helper()
	story := journaltest.Read(b, folder)
	story.Over()
	if got := int(story.Finished.GetExitStatus()); got != status {
		b.Errorf("it ends with status %d, its journal says %d (%s)", status, got, story.Finished.GetWhy())
	}
	replayed, err := replay.Of(folder)
	if err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, formats.ReportFile))
	if err != nil {
		b.Fatal(err)
	}
	report, err := formats.ReadJSON(text)
	if err != nil {
		b.Fatal(err)
	}
	if diff := cmp.Diff(report, replayed, protocmp.Transform()); diff != "" {
		b.Errorf("the journal replays to another report (-report.json +journal):\n%s", diff)
	}
	b.counted(story, report)
	b.printed(folder, report)
	b.wellFormed(folder)
	return story, report
}

// counted checks that each job has one status, that of the journal.
func (b *bench) counted(story *journaltest.Story, report *schedulepb.Report) {
	b.Helper()
	totals, seen := map[string]uint32{}, map[string]bool{}
	for _, j := range report.GetJobs() {
		if want, ended := story.Ends[j.GetId()]; ended && j.GetStatus() != want || seen[j.GetId()] || j.GetStatus() == 0 {
			b.Errorf("job %s is %s, its journal says %s", j.GetId(), j.GetStatus().Name(), want.Name())
		}
		seen[j.GetId()] = true
		totals[j.GetStatus().Name()]++
	}
	if diff := cmp.Diff(totals, report.GetTotals()); diff != "" || len(seen) != len(story.Jobs) {
		b.Errorf("%d of %d jobs are in the report, totals (-want +got):\n%s", len(seen), len(story.Jobs), diff)
	}
}

// printed checks that the files of attempts have what the report says of them, and that
// nothing temporary is left.
func (b *bench) printed(folder string, report *schedulepb.Report) {
	b.Helper()
	for _, j := range report.GetJobs() {
		for _, a := range j.GetAttempts() {
			for _, o := range a.GetOutputs() {
				text, err := os.ReadFile(filepath.Join(folder, o.GetFile()))
				if err != nil || int64(len(text)) < o.GetOffset()+o.GetLength() {
					b.Errorf("%v has %d bytes (%v)", o, len(text), err)
					continue
				}
				whole := a.GetStatus() == schedulepb.Status_STATUS_OK && strings.Contains(a.GetCommandLine(), "echo begin")
				if front := fmt.Sprintf("begin %s %d\n", j.GetId(), a.GetNumber()); o.GetStream() == "stdout" && whole &&
					(!bytes.HasPrefix(text, []byte(front)) || !bytes.HasSuffix(text, []byte("end\n"))) {
					b.Errorf("attempt %d of job %s has printed %.50q", a.GetNumber(), j.GetId(), text)
				}
			}
			dir := filepath.Join(folder, "jobs", j.GetId(), fmt.Sprint(a.GetNumber()))
			if exists(filepath.Join(dir, "events")) {
				b.Errorf("the events of job %s are left: %s", j.GetId(), dir)
			}
			if exists(filepath.Join(dir, "tmp")) && a.GetStatus().Fine() {
				b.Errorf("job %s ended well, and this is left: %s/tmp", j.GetId(), dir)
			}
		}
	}
}

// wellFormed checks the other reports of a run.
func (b *bench) wellFormed(folder string) {
	b.Helper()
	junit, err := os.Open(filepath.Join(folder, formats.JUnitFile))
	if err != nil {
		b.Fatal(err)
	}
	defer junit.Close()
	for d := xml.NewDecoder(junit); err == nil; {
		_, err = d.Token()
	}
	if !errors.Is(err, io.EOF) {
		b.Errorf("%s: %v", junit.Name(), err)
	}
	page, err := os.ReadFile(filepath.Join(folder, formats.PageFile))
	if err != nil || !bytes.HasSuffix(bytes.TrimSpace(page), []byte("</html>")) {
		b.Errorf("the page has %d bytes (%v)", len(page), err)
	}
	trace, err := os.ReadFile(filepath.Join(folder, formats.TraceFile))
	if err != nil || !json.Valid(trace) {
		b.Errorf("the trace is no JSON: %.100q (%v)", trace, err)
	}
}
