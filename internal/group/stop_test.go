package group

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/home"
)

func TestRunningSeesLocksInTheOrderOfRoles(t *testing.T) {
	marked(t)
	h, roles := newHome(t, "a", "b", "c")
	if running, err := Running(h, roles); err != nil || running != nil {
		t.Fatalf("before any start: %v, %v", running, err)
	}
	last, first := component(t, h, "polite", "c"), component(t, h, "polite", "a")
	running, err := Running(h, roles)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range running {
		got = append(got, fmt.Sprint(m.Role, " ", m.Holder.PID))
	}
	want := []string{fmt.Sprint("a ", first.Process.Pid), fmt.Sprint("c ", last.Process.Pid)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("running (-want +got):\n%s", diff)
	}
}

func TestStopEndsEachInItsManner(t *testing.T) {
	const grace = 100 * time.Millisecond
	tests := []struct {
		name string
		how  string
		want syscall.Signal // the last one; SIGINT is not told
		at   time.Duration  // the least that it takes
	}{
		{"one that heeds SIGINT is not told", "polite", syscall.SIGINT, 0},
		{"one that does not is terminated after the grace", "slow", syscall.SIGTERM, grace},
		{"one that heeds nothing is killed two seconds later", "stubborn", syscall.SIGKILL, grace + terminateLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			marked(t)
			h, roles := newHome(t, "a")
			cmd := component(t, h, tt.how, "a")
			running, err := Running(h, roles)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			hard, err := Stop(t.Context(), h, roles, running, &StopOptions{Grace: grace})
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took < tt.at {
				t.Errorf("it took %v, less than %v", took, tt.at)
			}
			var want []Hard
			if tt.want != syscall.SIGINT {
				want = []Hard{{"a", cmd.Process.Pid, tt.want}}
			}
			if diff := cmp.Diff(want, hard); diff != "" {
				t.Errorf("hard ones (-want +got):\n%s", diff)
			}
			_ = cmd.Wait() // the state says it
			if status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != tt.want {
				t.Errorf("ended by %v, want %v", cmd.ProcessState, tt.want)
			}
		})
	}
}

func TestStopEndsManyAtOnce(t *testing.T) {
	marked(t)
	h, roles := newHome(t, "a", "b", "c", "d", "e")
	for _, role := range roles {
		component(t, h, "slow", role.Name)
	}
	cleared, err := Clear(t.Context(), h, "(all)", roles, true, &StopOptions{Grace: 50 * time.Millisecond})
	if err != nil || len(cleared.Hard) != 5 {
		t.Errorf("cleared with %v, %v", cleared.Hard, err)
	}
	if running, err := Running(h, roles); err != nil || running != nil {
		t.Errorf("still running: %v, %v", running, err)
	}
}

func TestStopWakesWhatIsSuspended(t *testing.T) {
	marked(t)
	h, roles := newHome(t, "a")
	cmd := component(t, h, "polite", "a")
	if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if cleared, err := Clear(t.Context(), h, "a", roles, true, &StopOptions{Grace: time.Minute}); err != nil || cleared.Hard != nil {
		t.Errorf("cleared with %v, %v", cleared.Hard, err)
	}
}

func TestStopStopsWaitingWithItsContext(t *testing.T) {
	marked(t)
	h, roles := newHome(t, "a")
	component(t, h, "stubborn", "a")
	running, err := Running(h, roles)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := Stop(ctx, h, roles, running, &StopOptions{Grace: time.Hour}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped with %v, want %v", err, context.Canceled)
	}
}

func TestStopLeavesAloneWhoGotTheIDSince(t *testing.T) {
	marked(t)
	h, roles := newHome(t, "a", "b")
	gone := component(t, h, "polite", "a")
	running, err := Running(h, roles)
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Process.Kill()
	_ = gone.Wait()
	other := component(t, h, "polite", "b")
	running[0].Holder.PID = other.Process.Pid // as if it had the id now; the start time differs
	if hard, err := Stop(t.Context(), h, roles, running, &StopOptions{Grace: time.Minute}); err != nil || hard != nil {
		t.Errorf("stopped with %v, %v", hard, err)
	}
	if left, err := Running(h, roles); err != nil || len(left) != 1 {
		t.Errorf("running: %v, %v", left, err)
	}
}

func TestStopSignalsNobodyItCannotSee(t *testing.T) {
	h, roles := newHome(t, "a")
	_, err := Stop(t.Context(), h, roles, []Member{{Role: "a", Holder: &home.Holder{PID: 1}}}, nil)
	if err == nil || !strings.Contains(err.Error(), `cannot stop "a", process 1 is in another pid namespace`) {
		t.Errorf("the error is %v", err)
	}
}

func TestClearNamesProcesses(t *testing.T) {
	marked(t)
	h, roles := newHome(t, "a", "b")
	first, second := component(t, h, "polite", "a"), component(t, h, "polite", "b")
	_, err := Clear(t.Context(), h, `a\d b`, roles, false, nil)
	var running *RunningError
	if !errors.As(err, &running) || len(running.Members) != 2 {
		t.Fatalf("the error is %v", err)
	}
	low, high := min(first.Process.Pid, second.Process.Pid), max(first.Process.Pid, second.Process.Pid)
	if want := fmt.Sprintf(`"a\d b" currently running as - %d, %d`, low, high); err.Error() != want {
		t.Errorf("got %s, want %s", err, want)
	}
}
