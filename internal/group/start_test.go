package group

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
)

func TestStartSaysWhatCameOfEach(t *testing.T) {
	const quick = 1500 * time.Millisecond
	tests := []struct {
		name    string
		role    string
		timeout time.Duration
		until   Milestone
		want    string // the error, a regular expression; empty: none
		state   State
	}{
		{"one that is ready is fine", "good-0", hang, UntilReady, "", StateReady},
		{"so is one that has done its work", "once-0", hang, UntilReady, "", ""},
		{"one that is slow is named, and goes on", "slow-0", quick, UntilReady, `it is not ready within 1.5s, and goes on as \d+`, StateStarting},
		{"to be started may be enough", "slow-0", hang, UntilStarted, "", StateStarting},
		{"one that cannot start says why", "fails-0", hang, UntilReady, "it has no wings", StateIdle},
		{"one that dies leaves its status", "dies-0", hang, UntilReady, `it ended before it was ready \(exit status 3\)`, StateFailed},
		{"one that says nothing is killed", "mute-0", quick, UntilReady, "it has not started within 1.5s and was killed", StateIdle},
		{"one that will say nothing is killed at once", "quiet-0", hang, UntilReady, "it does not say that it has started, and was killed: is it a framework executable\\?", StateIdle},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, roles := newGroup(t, nil, tt.role)
			begun, err := Start(t.Context(), h, roles, &StartOptions{Timeout: tt.timeout, Until: tt.until})
			if err != nil || len(begun) != 1 {
				t.Fatalf("got %v, %v", begun, err)
			}
			text := ""
			if begun[0].Err != nil {
				text = begun[0].Err.Error()
			}
			want := "^$"
			if tt.want != "" {
				want = `^cannot start "` + tt.role + `" - ` + tt.want + "$"
			}
			if !regexp.MustCompile(want).MatchString(text) {
				t.Errorf("got %s, want %s", text, want)
			}
			if got := states(t, h)[tt.role]; got != tt.state && tt.state != "" {
				t.Errorf("it is %s, want %s", got, tt.state)
			}
		})
	}
}

// The parent has seen how it ended, so that the history knows it exactly.
func TestStartRecordsTheEndOfWhatDied(t *testing.T) {
	h, roles := newGroup(t, nil, "dies-0")
	if _, err := Start(t.Context(), h, roles, nil); err != nil {
		t.Fatal(err)
	}
	last, err := history.Of(h, "dies-0").Last()
	if err != nil || last.End == nil || last.End.How != history.Exited || *last.End.ExitStatus != 3 {
		t.Errorf("the end is %+v, %v", last.End, err)
	}
}

func TestStartGoesByTheOrder(t *testing.T) {
	h, roles := newGroup(t, map[string][]string{"good-1": {"late-0"}, "good-2": {"good-1", "late-0"}}, "late-0", "good-1", "good-2", "good-3")
	pipe := filepath.Join(h.Dir(home.Tmp), "ready")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		begun, err := Start(t.Context(), h, roles, &StartOptions{Timeout: hang})
		for _, b := range begun {
			err = errors.Join(err, b.Err)
		}
		if err != nil {
			t.Error(err)
		}
	})
	await(t, h, "good-3", UntilReady)
	writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for late-0
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]State{"late-0": StateStarting, "good-1": StateIdle, "good-2": StateIdle, "good-3": StateReady}
	if diff := cmp.Diff(want, states(t, h)); diff != "" {
		t.Errorf("states before late-0 is ready (-want +got):\n%s", diff)
	}
	_ = writer.Close()
	wait.Wait()
	started := func(role string) time.Time {
		last, err := history.Of(h, role).Last()
		if err != nil || last == nil || last.Ready.IsZero() {
			t.Fatalf("%s: %+v, %v", role, last, err)
		}
		return last.Started
	}
	if one, two := started("good-1"), started("good-2"); two.Before(one) {
		t.Errorf("good-2 started at %v, good-1 at %v", two, one)
	}

	// Stop goes backwards: who comes after another has ended before it.
	stopAll(t, h, hang)
	var ends []time.Time
	for _, role := range []string{"good-2", "good-1", "late-0"} {
		last, err := history.Of(h, role).Last()
		if err != nil || last.End == nil || len(last.Stops) != 1 || last.Stops[0].By != "ansar stop" {
			t.Fatalf("%s: %+v, %v", role, last, err)
		}
		ends = append(ends, last.End.Time)
	}
	if ends[1].Before(ends[0]) || ends[2].Before(ends[1]) {
		t.Errorf("they ended at %v", ends)
	}
}

// await waits until somebody else has started the role.
func await(t *testing.T, h *home.Home, role string, until Milestone) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	for ctx.Err() == nil {
		err := Wait(ctx, h, search(t, h, role), until)
		if idle := new(NotRunningError); !errors.As(err, &idle) {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal(ctx.Err())
}

func TestStartGivesUpWhatComesAfterAFailure(t *testing.T) {
	h, roles := newGroup(t, map[string][]string{"good-1": {"fails-0"}, "good-2": {"good-1"}}, "fails-0", "good-1", "good-2", "good-3")
	begun, err := Start(t.Context(), h, roles, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, b := range begun {
		if b.Err != nil {
			got[b.Role] = b.Err.Error()
		}
	}
	want := map[string]string{
		"fails-0": `cannot start "fails-0" - it has no wings`,
		"good-1":  `cannot start "good-1" - it was not started, because it comes after "fails-0", which is not ready`,
		"good-2":  `cannot start "good-2" - it was not started, because it comes after "good-1", which is not ready`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestStartNeedsWhatItComesAfter(t *testing.T) {
	h, _ := newGroup(t, map[string][]string{"good-1": {"once-0"}}, "once-0", "good-1")
	alone := search(t, h, "good-1")
	_, err := Start(t.Context(), h, alone, nil)
	if want := `role "good-1" comes after "once-0", which does not run: start both, or that one first`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if begun, err := Start(t.Context(), h, alone, &StartOptions{Restore: true}); err != nil || begun[0].Err != nil {
		t.Errorf("to start it again: %v, %v", begun, err)
	}
	stopAll(t, h, hang)
	if _, err := Start(t.Context(), h, search(t, h, "once-0"), nil); err != nil {
		t.Fatal(err)
	}
	await(t, h, "once-0", UntilEnded)
	if begun, err := Start(t.Context(), h, alone, nil); err != nil || begun[0].Err != nil {
		t.Errorf("after one that has done its work: %v, %v", begun, err)
	}
}

func TestStartCanBeInterrupted(t *testing.T) {
	h, roles := newGroup(t, map[string][]string{"good-1": {"slow-0"}}, "slow-0", "good-1", "mute-2")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for ctx.Err() == nil {
			if holder, err := h.Holder("slow-0"); holder != nil || err != nil {
				return
			}
			time.Sleep(time.Millisecond) // looks again
		}
	}()
	began := time.Now()
	begun, err := Start(ctx, h, roles, &StartOptions{Timeout: hang})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > hang/2 {
		t.Errorf("it took %v", took)
	}
	got := map[string]string{}
	for _, b := range begun {
		if b.Err != nil {
			got[b.Role] = b.Err.Error()
		}
	}
	want := map[string]string{
		"good-1": `cannot start "good-1" - it was not started, because of an interrupt`,
		"mute-2": `cannot start "mute-2" - it was killed before it had started, because of an interrupt`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if holder, err := h.Holder("slow-0"); holder == nil || err != nil {
		t.Errorf("slow-0 does not go on: %v", err)
	}
}

// A role is given back as soon as it has started, not when it is ready.
func TestStartGivesRolesBack(t *testing.T) {
	h, roles := newGroup(t, nil, "slow-0")
	reservation, err := h.Reserve(t.Context(), "start", "slow-0")
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		if _, err := Start(t.Context(), h, roles, &StartOptions{Timeout: hang, Reservation: reservation}); err != nil {
			t.Error(err)
		}
	})
	other, err := h.Reserve(t.Context(), "stop", "slow-0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Release()
	stopAll(t, h, hang)
	wait.Wait()
}

// Whoever starts roles at the same time, each of them runs once.
func TestHammerStart(t *testing.T) {
	names := []string{"good-0", "good-1", "good-2"}
	h, roles := newGroup(t, nil, names...)
	const starters = 6
	var wait sync.WaitGroup
	var mu sync.Mutex
	started := map[string]int{}
	for range starters {
		wait.Go(func() {
			begun, err := Start(t.Context(), h, roles, &StartOptions{Timeout: hang}) // nobody has reserved them
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, b := range begun {
				if b.Err == nil {
					started[b.Role]++
				}
			}
		})
	}
	wait.Wait()
	if diff := cmp.Diff(map[string]int{"good-0": 1, "good-1": 1, "good-2": 1}, started); diff != "" {
		t.Errorf("starts (-want +got):\n%s", diff)
	}
	if running, err := Running(h, roles); err != nil || len(running) != 3 {
		t.Errorf("running: %v, %v", running, err)
	}
}

// What has to be killed takes with it what is below it, in sessions of their own
// too, and holds up nobody else.
func TestStopKillsAllThatIsBelow(t *testing.T) {
	h, roles := newGroup(t, nil, "stubborn-0", "good-1")
	if _, err := Start(t.Context(), h, roles, nil); err != nil {
		t.Fatal(err)
	}
	members, err := Running(h, roles)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	hard, err := Stop(t.Context(), h, roles, members, &StopOptions{
		Grace: 50 * time.Millisecond, Stopped: func(role string) { order = append(order, role) }, // they end seconds apart
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(hard) != 1 || hard[0].Role != "stubborn-0" || hard[0].Signal != syscall.SIGKILL {
		t.Errorf("hard ones are %v", hard)
	}
	if diff := cmp.Diff([]string{"good-1", "stubborn-0"}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
