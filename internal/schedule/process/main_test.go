package process

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/internal/osproc"
)

// hang is when a test gives up on an event. No test takes that long unless something
// is wrong.
const hang = 30 * time.Second

// roles are what this test binary does as a child: the name is in roleVariable.
const roleVariable = "PROCESS_TEST_ROLE"

var roles = map[string]func(){}

func TestMain(m *testing.M) {
	if name := os.Getenv(roleVariable); name != "" {
		os.Unsetenv(roleVariable)
		roles[name]()
		os.Exit(0)
	}
	osproc.OwnMain()
	start(nil, &Spec{Argv: []string{"true"}}) // what is begun once and for ever is there now
	known := goleak.IgnoreCurrent()
	status := m.Run()
	if err := goleak.Find(known); err != nil {
		fmt.Fprintln(os.Stderr, "goroutines are left:", err)
		status = 1
	}
	os.Exit(status)
}

// start runs a command to its end if t is nil, or sees to it that it has ended with the test.
func start(t testing.TB, spec *Spec) *Process {
	p, err := Start(spec)
	if t == nil {
		if err != nil {
			panic(err)
		}
		<-p.Done()
		return p
	}
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill("the test has ended")
		await(t, p.Done(), "done")
	})
	return p
}

// await fails the test if event does not come.
func await(t testing.TB, event <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-event:
	case <-time.After(hang):
		t.Fatalf("not %s after %v", what, hang)
	}
}

// ended waits for the end of the command.
func ended(t testing.TB, p *Process) Ended {
	t.Helper()
	await(t, p.Done(), "done")
	return p.Ended()
}

func sh(script string) []string { return []string{"sh", "-c", script} }

// text is a Writer that keeps everything and tells when a text has come.
type text struct {
	mu      sync.Mutex // guards the fields below
	content bytes.Buffer
	waiting map[string]chan struct{}
}

func (w *text) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.content.Write(b)
	for what, seen := range w.waiting {
		if bytes.Contains(w.content.Bytes(), []byte(what)) {
			close(seen)
			delete(w.waiting, what)
		}
	}
	return len(b), nil
}

// seen returns what is closed when the text has come.
func (w *text) seen(what string) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := make(chan struct{})
	if bytes.Contains(w.content.Bytes(), []byte(what)) {
		close(seen)
		return seen
	}
	if w.waiting == nil {
		w.waiting = make(map[string]chan struct{})
	}
	w.waiting[what] = seen
	return seen
}

func (w *text) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.content.String()
}
