package group

import (
	"fmt"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/lifecycle"
)

func TestFailed(t *testing.T) {
	aborted, faulted := &lifecycle.Aborted{}, &lifecycle.Faulted{}
	tests := []struct {
		name   string
		result Result
		want   bool
	}{
		{"nothing ran", Result{}, false},
		{"values are fine", Result{Completed: []Ending{{Role: "a"}, {Role: "b"}}}, false},
		{"a fault among values fails", Result{Completed: []Ending{{Role: "a"}, {Role: "b", Fault: faulted}}}, true},
		{"exhausted retries fail", Result{Completed: []Ending{{Fault: &lifecycle.Exhausted{}}}}, true},
		{"a crash fails", Result{Completed: []Ending{{Fault: &lifecycle.Aborted{Signal: proto.Int32(9)}}}}, true},
		{"aborted after a stop is what was asked for", Result{Stopped: true, Completed: []Ending{{Fault: aborted}}}, false},
		{"another fault after a stop fails", Result{Stopped: true, Completed: []Ending{{Fault: faulted}}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.result.Failed(); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func testRun(names ...string) *run {
	return newRun(nil, &order{roles: roleList(names...)}, &RunOptions{})
}

func roleList(names ...string) []home.Role {
	var roles []home.Role
	for _, name := range names {
		roles = append(roles, home.Role{Name: name, Executable: "component"})
	}
	return roles
}

func TestWhatIsKilledCountsAsAborted(t *testing.T) {
	r := testRun("a", "b", "c")
	r.told(false)
	r.complete(Ending{Role: "b"})
	r.told(true)
	result := r.end(true)
	var got []string
	for _, e := range result.Completed {
		got = append(got, fmt.Sprint(e.Role, " ", e.Fault))
	}
	want := []string{"b <nil>", "a component: aborted (it was killed)", "c component: aborted (it was killed)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("completed (-want +got):\n%s", diff)
	}
	if !result.Stopped || !result.Killed || result.Failed() {
		t.Errorf("stopped %v, killed %v, failed %v", result.Stopped, result.Killed, result.Failed())
	}
}

// The run may come to its end while it is being killed: it was killed all the
// same.
func TestWhatEndsWhileItIsKilledWasKilled(t *testing.T) {
	r := testRun("a")
	r.told(false)
	r.told(true)
	r.complete(Ending{Role: "a", Fault: &lifecycle.Aborted{Signal: proto.Int32(int32(syscall.SIGKILL))}})
	if result := r.end(false); !result.Killed || !result.Completed[0].Late {
		t.Errorf("killed %v, late %v", result.Killed, result.Completed[0].Late)
	}
}

// Ends and orders come from goroutines of their own. Each end is kept, once.
func TestRunUnderManyGoroutines(t *testing.T) {
	var names []string
	for i := range 200 {
		names = append(names, fmt.Sprint("role-", i))
	}
	r := testRun(names...)
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() {
			if i%50 == 0 {
				r.told(i%100 == 0)
			}
			if i%4 != 0 {
				r.complete(Ending{Role: name})
			}
		})
	}
	wait.Wait()
	seen := map[string]int{}
	killed := 0
	for _, e := range r.end(true).Completed {
		seen[e.Role]++
		if e.Fault != nil {
			killed++
		}
	}
	for _, name := range names {
		if seen[name] != 1 {
			t.Errorf("%s has ended %d times", name, seen[name])
		}
	}
	if killed != len(names)/4 {
		t.Errorf("%d were killed, want %d", killed, len(names)/4)
	}
}
