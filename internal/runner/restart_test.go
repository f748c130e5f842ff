package runner

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/interval"
)

// quickly is a policy whose pauses a test can wait for.
func quickly(policy Policy, intensity int) Restart {
	steps := interval.Exponential(0.001, 2, 0.01)
	return Restart{Policy: policy, Intensity: intensity, Period: time.Minute, Healthy: time.Minute, Delays: &steps}
}

// counting is a script that counts its runs in a file; $n is the number.
func (r *role) counting(script string) *Spec {
	count := filepath.Join(r.home.Root(), "count")
	return r.shell(fmt.Sprintf(`n=$(cat %[1]s 2>/dev/null || echo 0); n=$((n+1)); echo $n > %[1]s; ulimit -c 0; %[2]s`, count, script))
}

// ends are how the runs ended, in one word each.
func (r *role) ends() string {
	var all []string
	for _, run := range r.runs() {
		switch {
		case run.End == nil:
			all = append(all, fmt.Sprintf("%d:open", run.Restart))
		case run.End.Signal != "":
			all = append(all, fmt.Sprintf("%d:%s", run.Restart, run.End.Signal))
		case run.End.ExitStatus != nil:
			all = append(all, fmt.Sprintf("%d:%d", run.Restart, *run.End.ExitStatus))
		default:
			all = append(all, fmt.Sprintf("%d:%s", run.Restart, run.End.How))
		}
	}
	return strings.Join(all, " ")
}

// A crashed program is started again, as its policy says.
func TestRestartsOfPrograms(t *testing.T) {
	tests := []struct {
		name, script string
		rule         Restart
		want, failed string
	}{
		{"never", "exit 1", quickly(Never, 3), "0:1", ""},
		{"on crash, and there is none", "exit 0", quickly(OnCrash, 3), "0:0", ""},
		{"on crash, until it works", "[ $n -ge 3 ]", quickly(OnCrash, 3), "0:1 1:1 2:0", ""},
		{"after a signal", "[ $n -ge 2 ] || kill -SEGV $$", quickly(OnCrash, 3), "0:segmentation fault 1:0", ""},
		{"until it is too much", "exit 2", quickly(OnCrash, 2), "0:2 1:2 2:2",
			"2 restarts within 1m0s were not enough, it ended with exit status 2"},
		{"not at all, by intensity", "exit 2", quickly(OnCrash, 0), "0:2", "0 restarts within 1m0s were not enough, it ended with exit status 2"},
		{"always, until it is too much", "exit 0", quickly(Always, 1), "0:0 1:0",
			"1 restart within 1m0s was not enough, it ended with exit status 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			spec := r.counting(tt.script)
			spec.Restart = tt.rule
			r.start(spec)
			if got := r.events(); got != "started ready" {
				t.Errorf("events: %s", got)
			}
			r.await()
			if got := r.ends(); got != tt.want {
				t.Errorf("ends: %s, want %s", got, tt.want)
			}
			if got := r.last().Failed; got != tt.failed {
				t.Errorf("failed: %q, want %q", got, tt.failed)
			}
		})
	}
}

// A role that crashes before it is ready may still become ready in a later run,
// and the starter waits for that.
func TestReadyAfterRestart(t *testing.T) {
	r := newRole(t)
	spec := r.counting("[ $n -ge 3 ] || exit 1; echo up; exec sleep 1000")
	spec.Restart = quickly(OnCrash, 5)
	spec.Program.Readiness.Log = "^up$"
	r.start(spec)
	if got := r.event() + r.event() + r.event() + r.event(); got != "startedstartedstartedready" {
		t.Errorf("events: %s", got)
	}
	r.stop()
	if got := r.ends(); got != "0:1 1:1 2:terminated" {
		t.Errorf("ends: %s", got)
	}
}

// One that never becomes ready fails when it is given up.
func TestNeverReady(t *testing.T) {
	r := newRole(t)
	spec := r.counting("echo no database; exit 1")
	spec.Restart = quickly(OnCrash, 1)
	spec.Program.Readiness.Log = "^up$"
	r.start(spec)
	want := "startedstartedfailed(it was never ready: 1 restart within 1m0s was not enough, it ended with exit status 1: no database)"
	if got := r.event() + r.event() + r.event(); got != want {
		t.Errorf("events: %s\nwant    %s", got, want)
	}
	r.await()
}

// What was asked to end does not come back, whoever ended it.
func TestNoRestartAfterStop(t *testing.T) {
	r := newRole(t)
	spec := r.shell("exec sleep 1000")
	spec.Restart = quickly(Always, 5)
	r.start(spec)
	r.events()
	if err := history.Of(r.home, "web").Stopping(1, "ansar stop"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(r.runs()[0].PID, syscall.SIGKILL); err != nil { // it is there, as it has not been reaped
		t.Fatal(err)
	}
	r.await()
	if got := r.ends(); got != "0:killed" {
		t.Errorf("ends: %s", got)
	}
}

// A role that waits to be started again holds its lock, and stops at once.
func TestStopWhileWaiting(t *testing.T) {
	r := newRole(t)
	hour := 3600.0
	spec := r.shell("exit 1")
	spec.Restart = Restart{Policy: OnCrash, Intensity: 5, Period: time.Minute, Delays: &interval.Steps{Regular: &hour}}
	r.start(spec)
	r.events()
	for deadline := time.Now().Add(hangBound); ; {
		if run := r.runs(); len(run) > 0 && run[0].End != nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the run does not end")
		}
		time.Sleep(time.Millisecond)
	}
	holder, err := r.home.Holder("web")
	if err != nil || holder == nil || holder.PID != r.started.Pid() {
		t.Errorf("holder %v %v, want the runner", holder, err)
	}
	begun := time.Now()
	r.stop()
	if took := time.Since(begun); took > hangBound/2 {
		t.Errorf("it took %v", took)
	}
	if got := r.ends(); got != "0:1" {
		t.Errorf("ends: %s", got)
	}
}

// The lines about runs are in the log of the role, in order.
func TestLogOfRestarts(t *testing.T) {
	r := newRole(t)
	spec := r.counting("echo run $n; exit $((n-1))")
	spec.Restart = quickly(Always, 1)
	r.start(spec)
	r.events()
	r.await()
	var got []string
	for _, line := range r.log() {
		got = append(got, strings.NewReplacer(
			fmt.Sprintf("(%d)", r.runs()[0].PID), "(first)", fmt.Sprintf("(%d)", r.runs()[1].PID), "(second)",
		).Replace(line))
	}
	want := []string{
		"( <00000001>ansar-runner - Started process (first)",
		"^ <00000001>web - run 1",
		") <00000001>ansar-runner - Process (first) ended with exit status 0",
		"? <00000001>ansar-runner - starting again in 1ms, after exit status 0",
		"( <00000001>ansar-runner - Started process (second)",
		"^ <00000001>web - run 2",
		") <00000001>ansar-runner - Process (second) ended with exit status 1",
		"? <00000001>ansar-runner - not started again: 1 restart within 1m0s was not enough, it ended with exit status 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// A message of somebody who is no part of the program does not make it ready.
func TestStrangersCannotTell(t *testing.T) {
	r := newRole(t)
	spec := r.shell("echo $NOTIFY_SOCKET; exec sleep 1000")
	spec.Program.Readiness.Notify = "socket"
	r.start(spec)
	if got := r.event(); got != "started" {
		t.Fatalf("event: %s", got)
	}
	var name string
	for deadline := time.Now().Add(hangBound); name == "" && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if lines := r.printed(); len(lines) > 0 {
			name = lines[0][1:]
		}
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("READY=1")); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if got := r.event(); !strings.HasPrefix(got, "failed(it was never ready") {
		t.Errorf("event: %s", got)
	}
}
