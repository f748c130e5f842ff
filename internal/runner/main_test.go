package runner

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
)

// hangBound is after what time a test that waits has failed.
const hangBound = 20 * time.Second

// TestMain makes this test binary stand in for the runner, and for the programs
// in programs_test.go.
func TestMain(m *testing.M) {
	StandIn()
	if name := os.Getenv(programVariable); name != "" {
		_ = os.Unsetenv(programVariable)
		programs[name]()
		os.Exit(0)
	}
	if signal.Ignored(syscall.SIGINT) { // and so it would be in what is started
		signal.Notify(make(chan os.Signal, 1), syscall.SIGINT)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("os/signal.loop"))
}

// role is one that a test runs.
type role struct {
	*testing.T
	home    *home.Home
	mark    string
	started *Started
}

// newRole makes a home with the role "web" in it. No process of it may outlive
// the test.
func newRole(t *testing.T) *role {
	t.Helper()
	r := &role{T: t, mark: proctest.Mark(t)}
	h, err := home.Create(filepath.Join(t.TempDir(), "home"), nil)
	if err == nil {
		err = h.Add(home.NewRole{Role: home.Role{Name: "web", Executable: "sh"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	r.home = h
	return r
}

// shell is a specification that runs a script.
func (r *role) shell(script string) *Spec {
	return &Spec{
		Home: r.home.Root(), Role: "web", By: "ansar start",
		Program: &Program{Path: "/bin/sh", Args: []string{"-c", script}, Grace: hangBound},
	}
}

// start starts a runner in the background.
func (r *role) start(spec *Spec) { r.startWith(spec, &StartOptions{}) }

func (r *role) startWith(spec *Spec, o *StartOptions) {
	r.Helper()
	o.Executable = os.Args[0]
	started, err := Start(spec, o)
	if err != nil {
		r.Fatal(err)
	}
	r.started = started
	_ = started.Events().SetReadDeadline(time.Now().Add(hangBound))
	r.Cleanup(func() {
		_ = started.Events().Close()
		_ = started.Process.Signal(syscall.SIGKILL) // most have ended
		<-started.Process.Done()
	})
}

// event reads what the runner tells next.
func (r *role) event() string {
	r.Helper()
	e, err := background.Read(r.started.Events())
	if errors.Is(err, io.EOF) {
		return "end"
	}
	if err != nil {
		r.Fatal(err)
	}
	if e.Error != "" {
		return string(e.Kind) + "(" + e.Error + ")"
	}
	return string(e.Kind)
}

// events reads what the runner tells until the last word, as one text.
func (r *role) events() string {
	r.Helper()
	first := r.event()
	if first != string(background.Started) {
		return first
	}
	return first + " " + r.event()
}

// await waits until the runner has ended.
func (r *role) await() {
	r.Helper()
	select {
	case <-r.started.Process.Done():
	case <-time.After(hangBound):
		r.Fatalf("the runner does not end; its log:\n%s", strings.Join(r.log(), "\n"))
	}
}

// stop stops the role in order.
func (r *role) stop() {
	r.Helper()
	if err := r.started.Stop(); err != nil {
		r.Fatal(err)
	}
	r.await()
}

// runs are those in the history.
func (r *role) runs() []history.Run {
	r.Helper()
	runs, err := history.Of(r.home, "web").Runs()
	if err != nil {
		r.Fatal(err)
	}
	return runs
}

// last is how the last run ended.
func (r *role) last() history.Ending {
	r.Helper()
	runs := r.runs()
	if len(runs) == 0 || runs[len(runs)-1].End == nil {
		r.Fatalf("no run has ended: %+v", runs)
	}
	return *runs[len(runs)-1].End
}

// log is the stored log, without times.
func (r *role) log() []string {
	r.Helper()
	folder, err := r.home.Folder(home.Logs, "web")
	if err != nil {
		r.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(folder, "log*.txt")) // the pattern is good
	var lines []string
	for i := range files { // log.txt sorts last, as log-... is before log.
		text, err := os.ReadFile(files[i])
		if errors.Is(err, fs.ErrNotExist) {
			return r.log() // a new segment was begun
		}
		if err != nil {
			r.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			lines = append(lines, strings.TrimSuffix(line, "\n")[min(len(line)-1, 24):])
		}
	}
	return lines
}

// printed are those lines of the log that the program has printed.
func (r *role) printed() []string {
	r.Helper()
	var lines []string
	for _, line := range r.log() {
		tag, rest, _ := strings.Cut(line, " ")
		if text, ok := strings.CutPrefix(rest, "<00000001>web - "); ok {
			lines = append(lines, tag+text)
		}
	}
	return lines
}

// logged waits until the program has printed a line.
func (r *role) logged(line string) {
	r.Helper()
	for deadline := time.Now().Add(hangBound); !slices.Contains(r.printed(), line); {
		if time.Now().After(deadline) {
			r.Fatalf("no line %q in\n%s", line, strings.Join(r.log(), "\n"))
		}
		time.Sleep(2 * time.Millisecond)
	}
}
