package property_test

import (
	"encoding/json"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

// role is a role with the properties of a line of JSON.
func role(t *testing.T, properties string) home.Role {
	t.Helper()
	r := home.Role{Name: "cache", Executable: "redis-server"}
	if err := json.Unmarshal([]byte(properties), &r.Properties); err != nil {
		t.Fatal(err)
	}
	return r
}

func of(t *testing.T, properties string) *property.Set {
	t.Helper()
	s, err := property.Of(role(t, properties))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDefaults(t *testing.T) {
	s := of(t, `{"later": 1}`)
	r := s.Restart()
	steps := r.Backoff.Delays(nil)
	first, _ := steps()
	if first < 100*time.Millisecond || first > 125*time.Millisecond {
		t.Errorf("first pause %v, want 0.1 s and up to a quarter more", first)
	}
	var last time.Duration
	for range 20 {
		last, _ = steps()
	}
	if last < 60*time.Second || last > 75*time.Second {
		t.Errorf("a late pause %v, want 60 s and up to a quarter more", last)
	}
	r.Backoff.First, r.Backoff.Regular, r.Backoff.Randomized, r.Backoff.Truncated = nil, nil, nil, nil
	if diff := cmp.Diff(property.Restart{Policy: property.Never, Intensity: 5, Period: time.Minute, Healthy: 10 * time.Second}, r); diff != "" {
		t.Errorf("restart (-want +got):\n%s", diff)
	}
	ready := property.Readiness{Notify: property.NotifyNone, Every: 250 * time.Millisecond, Timeout: time.Second}
	if diff := cmp.Diff(ready, s.Readiness()); diff != "" {
		t.Errorf("readiness (-want +got):\n%s", diff)
	}
	if s.Storage() != 64<<20 || s.Retry() != nil || s.After() != nil || s.Command() != nil || s.Plain() {
		t.Errorf("storage %d, retry %v, after %v, command %v, plain %v", s.Storage(), s.Retry(), s.After(), s.Command(), s.Plain())
	}
}

func TestGiven(t *testing.T) {
	s := of(t, `{
		"storage": 4000000, "after": ["db", "disk"], "retry": {"first_steps": [1, 2]},
		"restart": {"policy": "on-crash", "intensity": 0, "period": "1m30s", "healthy": 3, "backoff": {"regularSteps": 5}},
		"readiness": {"tcp": "localhost:6379", "every": "0.1s"},
		"command": {"program": "/bin/sleep", "args": ["7"], "env": {"A": "b"}, "dir": "/tmp", "stop_signal": "quit", "stop_group": true, "grace": "2s"}
	}`)
	five := 5.0
	restart := property.Restart{Policy: property.OnCrash, Period: 90 * time.Second, Healthy: 3 * time.Second}
	restart.Backoff.Regular = &five
	if diff := cmp.Diff(restart, s.Restart()); diff != "" {
		t.Errorf("restart (-want +got):\n%s", diff)
	}
	ready := property.Readiness{Notify: property.NotifyNone, TCP: "localhost:6379", Every: 100 * time.Millisecond, Timeout: time.Second}
	if diff := cmp.Diff(ready, s.Readiness()); diff != "" {
		t.Errorf("readiness (-want +got):\n%s", diff)
	}
	command := &property.Command{
		Program: "/bin/sleep", Args: []string{"7"}, Env: map[string]string{"A": "b"}, Dir: "/tmp",
		StopSignal: syscall.SIGQUIT, StopGroup: true, Grace: 2 * time.Second,
	}
	if diff := cmp.Diff(command, s.Command()); diff != "" {
		t.Errorf("command (-want +got):\n%s", diff)
	}
	if s.Storage() != 4000000 || !cmp.Equal(s.After(), []string{"db", "disk"}) || !cmp.Equal(s.Retry().FirstSteps, []float64{1, 2}) {
		t.Errorf("storage %d, after %v, retry %v", s.Storage(), s.After(), s.Retry())
	}
}
