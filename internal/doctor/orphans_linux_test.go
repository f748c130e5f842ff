package doctor

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/home"
)

// pids are those of the orphans that were found.
func pids(r *Report) []int {
	var list []int
	for _, f := range r.Findings {
		if f.Kind == Orphan {
			list = append(list, f.PID)
		}
	}
	return list
}

// real is a machine with its real processes, whatever their age.
func real() (Options, machine) {
	m := roomy()
	m.process = systemProcesses
	return Options{Young: -1}, m
}

func TestWhoIsAnOrphan(t *testing.T) {
	h, other := sound(t), sound(t)
	inHome := func(h *home.Home) []string { return []string{homeVariable + "=" + h.Root(), roleVariable + "=noop-0"} }
	tests := []struct {
		name   string
		part   string
		env    []string
		args   []string
		orphan bool
	}{
		{"a component without its lock", "lives", nil, []string{"--home-path=" + h.Root(), "--role-name=noop-0"}, true},
		{"one of another home", "lives", nil, []string{"--home-path=" + other.Root(), "--role-name=noop-0"}, false},
		{"something that a role has started", "lives", inHome(h), nil, true},
		{"something of a role of another home", "lives", inHome(other), nil, false},
		{"a component of another home, started by a role", "lives", inHome(h), []string{"--home-path=" + other.Root(), "--role-name=noop-0"}, false},
		{"a command about a role", "lives", nil, []string{"log", "--home-path=" + h.Root(), "--role-name=noop-0"}, false},
		{"a stranger", "lives", nil, nil, false},
		{"a component with its lock", "holder", inHome(h), []string{"--home-path=" + h.Root(), "--role-name=noop-0"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := start(t, tt.part, tt.env, tt.args...)
			o, m := real()
			var want []int
			if tt.orphan {
				want = []int{p.Process.Pid}
			}
			if diff := cmp.Diff(want, pids(look(t, h, o, m))); diff != "" {
				t.Errorf("orphans (-want +got):\n%s", diff)
			}
		})
	}
}

// What a living component has started is none, and is one when that has died.
func TestChildrenOfTheLiving(t *testing.T) {
	h := sound(t)
	table := map[int]process{}
	holder := start(t, "holder", []string{homeVariable + "=" + h.Root(), roleVariable + "=noop-0"})
	for _, p := range systemProcesses() {
		table[p.pid] = p
	}
	child := process{pid: 1 << 30, parent: holder.Process.Pid, start: 1 << 60, name: "child", env: []string{homeVariable + "=" + h.Root(), roleVariable + "=noop-0"}}
	o, m := real()
	m.process = func() []process { return []process{table[holder.Process.Pid], child} }
	if got := pids(look(t, h, o, m)); got != nil {
		t.Errorf("orphans %v, want none while the component lives", got)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // killed
	m.process = func() []process { c := child; c.parent = 1; return []process{c} }
	if diff := cmp.Diff([]int{child.pid}, pids(look(t, h, o, m))); diff != "" {
		t.Errorf("orphans after the end of the component (-want +got):\n%s", diff)
	}
}

func TestTheYoungAreNoOrphans(t *testing.T) {
	h := sound(t)
	start(t, "lives", nil, "--home-path="+h.Root(), "--role-name=noop-0")
	_, m := real()
	if got := pids(look(t, h, Options{Young: time.Hour}, m)); got != nil {
		t.Errorf("orphans %v, want none: it may be starting", got)
	}
}

// Fix ends orphans, the deaf ones too, and leaves everybody else alone.
func TestFixEndsOrphans(t *testing.T) {
	h := sound(t)
	meek := start(t, "lives", nil, "--home-path="+h.Root(), "--role-name=noop-0")
	deaf := start(t, "deaf", []string{homeVariable + "=" + h.Root(), roleVariable + "=noop-1"})
	stranger := start(t, "lives", nil)
	o, m := real()
	o.Fix, o.Grace = true, 100*time.Millisecond
	report := look(t, h, o, m)
	if len(pids(report)) != 2 || !report.Healthy {
		t.Errorf("findings %v, want two orphans that were ended", report.Findings)
	}
	for _, f := range report.Findings {
		if !f.Fixed {
			t.Errorf("not ended: %v", f)
		}
	}
	for _, p := range []struct {
		cmd  *exec.Cmd
		want syscall.Signal
	}{{meek, syscall.SIGTERM}, {deaf, syscall.SIGKILL}} {
		_ = p.cmd.Wait() // its state says how it ended
		if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != p.want {
			t.Errorf("%v: %v, want %v", p.cmd.Args, p.cmd.ProcessState, p.want)
		}
	}
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the stranger: %v", err)
	}
	if got := pids(look(t, h, o, m)); got != nil {
		t.Errorf("orphans %v afterwards, want none", got)
	}
}

// A process that is not the one that was seen is left alone.
func TestFixNeverEndsALaterProcess(t *testing.T) {
	later := start(t, "lives", nil)
	seen, ok := readProcess(later.Process.Pid)
	if !ok {
		t.Fatal("it is not there")
	}
	seen.start--
	if !terminate(seen, func() bool { return true }, (*Options)(nil).orDefaults()) {
		t.Error("the one that was seen has ended, and was not said to have")
	}
	if err := later.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the later one: %v", err)
	}
}

// Where the home is gone, its processes are found all the same, and are ended.
func TestProcessesOfALostHome(t *testing.T) {
	h := sound(t)
	p := start(t, "holder", []string{homeVariable + "=" + h.Root(), roleVariable + "=noop-0"}, "--home-path="+h.Root(), "--role-name=noop-0")
	away := h.Root() + "-away"
	if err := os.Rename(h.Root(), away); err != nil {
		t.Fatal(err)
	}
	o, m := real()
	kinds := func(fix bool) []Kind {
		o.Fix = fix
		report, err := examine(t.Context(), h.Root(), o, m)
		if err != nil {
			t.Fatal(err)
		}
		var list []Kind
		for _, f := range report.Findings {
			if list = append(list, f.Kind); f.Kind == Orphan && (f.PID != p.Process.Pid || f.Fixed != fix) {
				t.Errorf("found %+v, want process %d, fixed %t", f, p.Process.Pid, fix)
			}
		}
		return list
	}
	want := []Kind{Orphan, Missing}
	if diff := cmp.Diff(want, kinds(false)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, kinds(true)); diff != "" {
		t.Errorf("findings with fix (-want +got):\n%s", diff)
	}
	_ = p.Wait() // it was ended
	if _, err := examine(t.Context(), h.Root(), o, m); !errors.Is(err, home.ErrNotHome) {
		t.Errorf("afterwards: %v, want %v", err, home.ErrNotHome)
	}
}

// A home that is there and cannot be read may be in use: nothing is ended.
func TestProcessesOfADamagedHomeAreSpared(t *testing.T) {
	h := sound(t)
	p := start(t, "holder", []string{homeVariable + "=" + h.Root(), roleVariable + "=noop-0"}, "--home-path="+h.Root(), "--role-name=noop-0")
	if err := os.WriteFile(filepath.Join(h.Root(), "home.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	o, m := real()
	o.Fix = true
	report, err := examine(t.Context(), h.Root(), o, m)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 2 || report.Findings[0].Fixed {
		t.Errorf("found %+v, want the process, spared, and the damage", report.Findings)
	}
	if err := p.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the process: %v", err)
	}
}
