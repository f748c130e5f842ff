package runner

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
)

// mannerVariable says how the component below behaves.
const mannerVariable = "RUNNER_TEST_MANNER"

// component does what a component in the background does, as far as its keeper
// can see it.
func component() {
	manner := os.Getenv(mannerVariable)
	interrupted := make(chan os.Signal, 4)
	if manner != "stubborn" {
		signal.Notify(interrupted, syscall.SIGINT)
	} else {
		signal.Ignore(syscall.SIGINT, syscall.SIGTERM)
	}
	tell := background.Claim()
	var marker background.Marker
	if tell != nil {
		marker = tell.Marker
	}
	if manner == "dies" {
		os.Exit(4)
	}
	if manner == "refuses" {
		tell.Failed("its settings are bad", 0)
		os.Exit(1)
	}
	h, err := home.Open(strings.TrimPrefix(os.Args[1], "--home-path="))
	if err != nil {
		tell.Failed(err.Error(), 0)
		os.Exit(1)
	}
	role := strings.TrimPrefix(os.Args[2], "--role-name=")
	_, err = h.Acquire(role)
	if locked := new(home.LockedError); errors.As(err, &locked) {
		tell.Failed(err.Error(), locked.Holder.PID)
		os.Exit(1)
	}
	file := history.Of(h, role)
	number, err := file.Begin(history.Begin{Executable: "component", By: marker.By, Digest: marker.Digest, Restart: marker.Restart, Parent: os.Getppid()})
	if err != nil {
		os.Exit(1)
	}
	tell.Started(number)
	if manner == "hangs" {
		time.Sleep(time.Hour)
	}
	if manner != "early" {
		_ = file.Ready(number)
		tell.Ready()
	}
	behave(manner, marker.Restart, file, number, interrupted)
}

// behave ends the component as its manner wants it.
func behave(manner string, restart int, file *history.File, number int, interrupted <-chan os.Signal) {
	once, after, _ := strings.Cut(manner, ",") // then another way
	if restart > 0 && after != "" {
		once = after
	}
	switch once {
	case "killed", "early":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "mute":
		os.Exit(0)
	case "panics":
		_ = file.End(number, history.Ending{How: history.Returned, Type: "Faulted", Fault: true, Panic: true, Text: "panic: index out of range",
			Value: []byte(`{"@type":"type.googleapis.com/ansar.lifecycle.v1.Faulted","cause":"CAUSE_PANIC"}`)})
		os.Exit(1)
	case "faults":
		_ = file.End(number, history.Ending{How: history.Returned, Type: "Faulted", Fault: true, Text: "no such word",
			Value: []byte(`{"@type":"type.googleapis.com/ansar.lifecycle.v1.Faulted","condition":"no such word"}`)})
		os.Exit(1)
	case "returns":
		_ = file.End(number, history.Ending{How: history.Returned, Type: "Ack", Value: []byte(`{"@type":"type.googleapis.com/ansar.lifecycle.v1.Ack"}`)})
		os.Exit(0)
	default: // until it is told to end
		<-interrupted
		_ = file.End(number, history.Ending{How: history.Returned, Type: "Aborted", Fault: true, Text: "stopped"})
		os.Exit(0)
	}
}

// component is a specification of a component to keep.
func (r *role) component(manner string, rule Restart) *Spec {
	env := append(os.Environ(), programVariable+"=component", mannerVariable+"="+manner)
	return &Spec{
		Home: r.home.Root(), Role: "web", By: "ansar start", Digest: "sha256:first", Restart: rule,
		Component: &Component{Path: os.Args[0], Env: env},
	}
}

// A component is started again after what is a crash of it, and the history has
// the end that the component could not write.
func TestRestartsOfComponents(t *testing.T) {
	panicked := "1 restart within 1m0s was not enough, it ended with panic: index out of range"
	tests := []struct {
		name, manner string
		rule         Restart
		events       string
		want, failed string
		lastHow      string
	}{
		{"a signal", "killed", quickly(OnCrash, 1), "started ready", "0:killed 1:killed",
			"1 restart within 1m0s was not enough, it ended with signal: killed", history.Signalled},
		{"no result", "mute,returns", quickly(OnCrash, 3), "started ready", "0:0 1:returned", "", history.Returned},
		{"a panic", "panics", quickly(OnCrash, 1), "started ready", "0:returned 1:returned", panicked, history.Returned},
		{"a fault that is returned", "faults", quickly(OnCrash, 3), "started ready", "0:returned", "", history.Returned},
		{"a value", "returns", quickly(OnCrash, 3), "started ready", "0:returned", "", history.Returned},
		{"always", "returns,mute", quickly(Always, 1), "started ready", "0:returned 1:0",
			"1 restart within 1m0s was not enough, it ended with exit status 0", history.Exited},
		{"a death before it is ready", "early", quickly(Never, 0),
			"started failed(it ended with signal: killed)", "0:killed", "", history.Signalled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			r.start(r.component(tt.manner, tt.rule))
			if got := r.events(); got != tt.events {
				t.Errorf("events: %s", got)
			}
			r.await()
			if got := r.ends(); got != tt.want {
				t.Errorf("ends: %s, want %s", got, tt.want)
			}
			end := r.last()
			if diff := cmp.Diff([]string{tt.lastHow, tt.failed}, []string{end.How, end.Failed}); diff != "" {
				t.Errorf("last end (-want +got):\n%s", diff)
			}
			if first := r.runs()[0]; first.By != "ansar start" || first.Digest != "sha256:first" {
				t.Errorf("first run: %+v", first)
			}
		})
	}
}

// A component that cannot even begin is an error of the start, and no run.
func TestComponentCannotStart(t *testing.T) {
	tests := []struct {
		name, manner, want string
		rule               Restart
		change             func(*Spec)
	}{
		{"it refuses", "refuses", "failed(its settings are bad)", quickly(Always, 5), nil},
		{"it dies", "dies", "failed(it ended with exit status 4)", quickly(Never, 0), nil},
		{"it dies again and again", "dies", "failed(2 restarts within 1m0s were not enough, it ended with exit status 4)", quickly(OnCrash, 2), nil},
		{"it is not there", "", "failed(start /absent: no such file)", quickly(Always, 5), func(s *Spec) { s.Component.Path = "/absent" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			spec := r.component(tt.manner, tt.rule)
			if tt.change != nil {
				tt.change(spec)
			}
			r.start(spec)
			if got := r.events(); got != tt.want {
				t.Errorf("events: %s, want %s", got, tt.want)
			}
			r.await()
			if run, err := history.Of(r.home, "web").Last(); run != nil || err != nil {
				t.Errorf("history: %+v %v", run, err)
			}
		})
	}
}

// A stop of the keeper is one of the component, which is never started again,
// and the keeper ends last.
func TestStopKeeper(t *testing.T) {
	r := newRole(t)
	r.start(r.component("serves", quickly(Always, 5)))
	r.events()
	keeper, err := r.home.Holder("web.keeper")
	if err != nil || keeper == nil || keeper.PID != r.started.Pid() {
		t.Errorf("the lock of the keeper: %v %v", keeper, err)
	}
	r.stop()
	if got := r.ends(); got != "0:returned" {
		t.Errorf("ends: %s", got)
	}
	if stops := r.runs()[0].Stops; len(stops) != 1 || stops[0].By != "SIGTERM" {
		t.Errorf("stops: %+v", stops)
	}
}

// A stubborn component is killed after its grace.
func TestStopStubbornComponent(t *testing.T) {
	r := newRole(t)
	spec := r.component("stubborn", quickly(Always, 5))
	spec.Component.Grace = 20 * time.Millisecond
	r.start(spec)
	r.events()
	r.stop()
	if got := r.ends(); got != "0:killed" {
		t.Errorf("ends: %s", got)
	}
}

// A component that is stopped past its keeper stays stopped, if somebody has
// said so.
func TestStopPastKeeper(t *testing.T) {
	r := newRole(t)
	r.start(r.component("serves", quickly(Always, 5)))
	r.events()
	if err := history.Of(r.home, "web").Stopping(1, "ansar stop"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(r.runs()[0].PID, syscall.SIGINT); err != nil { // it is there: it waits for this
		t.Fatal(err)
	}
	r.await()
	if got := r.ends(); got != "0:returned" {
		t.Errorf("ends: %s", got)
	}
}

// A killed keeper leaves its component running, and the next one goes on with
// the very same process.
func TestAdopt(t *testing.T) {
	tests := []struct {
		name  string
		end   syscall.Signal // of the component
		asked bool
		want  string
	}{
		{"it is stopped", syscall.SIGINT, true, "0:returned"},
		{"it crashes", syscall.SIGKILL, false, "0:vanished 1:open"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			spec := r.component("serves", quickly(OnCrash, 5))
			r.start(spec)
			r.events()
			pid := r.runs()[0].PID
			if err := r.started.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			r.await()
			if alive := proctest.Alive(r.mark); len(alive) != 1 || alive[0] != pid {
				t.Fatalf("%v run, want %d", alive, pid)
			}
			spec.Component.Adopt = true
			r.start(spec)
			if got := r.events(); got != "started ready" {
				t.Errorf("events: %s", got)
			}
			if tt.asked {
				r.stop()
			} else {
				if err := syscall.Kill(pid, tt.end); err != nil { // it is there: it was an instant ago
					t.Fatal(err)
				}
				r.begun(2)
			}
			if got := r.ends(); got != tt.want {
				t.Errorf("ends: %s, want %s", got, tt.want)
			}
			if !tt.asked {
				r.stop()
			}
		})
	}
}

// begun waits for a run to be in the history.
func (r *role) begun(number int) {
	r.Helper()
	for deadline := time.Now().Add(hangBound); len(r.runs()) < number; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			r.Fatalf("run %d does not begin: %s", number, r.ends())
		}
	}
}

// There is one keeper at a time.
func TestOneKeeper(t *testing.T) {
	r := newRole(t)
	r.start(r.component("serves", quickly(Always, 5)))
	r.events()
	first := r.started
	again := r.component("serves", quickly(Always, 5))
	again.Component.Adopt = true
	r.start(again)
	if got := r.events(); !strings.HasPrefix(got, "failed(") || !strings.Contains(got, fmt.Sprint(first.Pid())) {
		t.Errorf("events: %s", got)
	}
	r.await()
	r.started = first
	r.stop()
}

// A component that somebody starts by hand while its keeper waits is not started
// a second time: the keeper goes on with that one.
func TestAdoptInsteadOfRestart(t *testing.T) {
	r := newRole(t)
	rule := quickly(OnCrash, 5)
	pause := 0.5 // to start one by hand
	rule.Delays.First, rule.Delays.Regular = nil, &pause
	spec := r.component("killed,serves", rule)
	r.start(spec)
	r.events()
	for deadline := time.Now().Add(hangBound); !strings.HasPrefix(r.ends(), "0:killed"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not end")
		}
	}
	cmd := exec.Command(os.Args[0], "--home-path="+r.home.Root(), "--role-name=web")
	cmd.Env = append(spec.Component.Env, mannerVariable+"=serves")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.begun(2)
	defer func() { _ = cmd.Wait() }()
	r.watches(cmd.Process.Pid)
	r.stop()
	if got := r.ends(); got != "0:killed 0:returned" {
		t.Errorf("ends: %s", got)
	}
}

// watches waits until the keeper holds a process that it has not started.
func (r *role) watches(pid int) {
	r.Helper()
	want := fmt.Sprintf("\nPid:\t%d\n", pid)
	for deadline := time.Now().Add(hangBound); ; time.Sleep(time.Millisecond) {
		files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fdinfo/*", r.started.Pid())) // the pattern is good
		for _, file := range files {
			if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), want) {
				return
			}
		}
		if time.Now().After(deadline) {
			r.Fatalf("the keeper does not watch %d", pid)
		}
	}
}
