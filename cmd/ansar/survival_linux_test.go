package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// orphanLimit is what processes are given that have lost their parent, and some
// time for a busy machine.
const orphanLimit = 5*time.Second + 10*time.Second

func init() {
	for name, test := range map[string]func(*testing.T) string{
		"a component in the background":                 componentDies,
		"a component with a keeper":                     keptComponentDies,
		"a component below `ansar run`":                 componentBelowRunDies,
		"what a component has called":                   calledDies,
		"a plain program":                               plainProgramDies,
		"the runner of a plain program":                 runnerDies,
		"a keeper":                                      keeperDies,
		"`ansar run`":                                   runDies,
		"`ansar start`":                                 startDies,
		"a shell and its terminal":                      terminalDies,
		"everything at once, as when the machine fails": everythingDies,
	} {
		survivors[name] = test
	}
}

func componentDies(t *testing.T) string {
	h := newHouse(t, "family", "zombie")
	h.ansar("add", "family")
	h.ansar("add", "zombie")
	h.ansar("start")
	called := h.watch(h.child("family-0"))
	other := h.watch(h.holder("zombie-0"))
	h.watch(h.holder("family-0")).kill()
	called.gone(orphanLimit)
	other.alive()
	if !h.free("family-0") {
		t.Error("the role is not free")
	}
	run := h.ended("family-0", 1)
	if run.End.Evidence == "" {
		t.Error("no evidence is told")
	}
	h.ansar("start", "family-0")
	if run := h.last("family-0", 2); run.PID != h.holder("family-0") || run.Restart != 0 {
		t.Errorf("run %+v, want one by the process that has the lock", run)
	}
	return run.End.How
}

// child is what the role family has called, once it has.
func (h *house) child(role string) int {
	h.Helper()
	for deadline := time.Now().Add(hang); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) { // no event tells that somebody has a child
		if pids := h.below(h.holder(role)); len(pids) > 0 {
			return pids[0]
		}
	}
	h.Fatalf("%s has called nothing", role)
	return 0
}

func keptComponentDies(t *testing.T) string {
	h := newHouse(t, "zombie")
	h.ansar("add", "zombie")
	h.ansar("set", "restart", "zombie-0", "--value=on-crash")
	h.ansar("start")
	keeper := h.watch(h.holder("zombie-0.keeper"))
	h.watch(h.holder("zombie-0")).kill()
	first := h.ended("zombie-0", 1)
	h.again("zombie-0", 2)
	keeper.alive()
	if run := h.last("zombie-0", 2); run.Restart != 1 || first.End.Signal != "killed" {
		t.Errorf("ended by %q, then restart %d; want killed, 1", first.End.Signal, run.Restart)
	}
	return first.End.How
}

// again waits until a role has begun a run of this number, and is ready.
func (h *house) again(role string, number int) {
	h.Helper()
	for deadline := time.Now().Add(hang); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) { // a restart tells nobody
		if runs := h.runs(role); len(runs) > 0 && runs[len(runs)-1].Number == number {
			h.ansar("wait", role)
			return
		}
	}
	h.Fatalf("%s never begins run %d", role, number)
}

func componentBelowRunDies(t *testing.T) string {
	h := newHouse(t, "zombie", "snooze")
	h.ansar("add", "zombie")
	h.ansar("add", "snooze", "--seconds=1000")
	run := h.background("run")
	h.started("zombie-0", "snooze-0")
	other := h.watch(h.holder("snooze-0"))
	h.watch(h.holder("zombie-0")).kill()
	end := h.ended("zombie-0", 1).End
	other.alive()
	if end.Signal != "killed" {
		t.Errorf("ended by %q, want killed", end.Signal)
	}
	h.ansar("stop", "snooze-0")
	if err := run.Wait(); run.ProcessState.ExitCode() != 1 {
		t.Errorf("the run ends with %v, want status 1", err)
	}
	return end.How
}

// background starts ansar and does not wait for it.
func (h *house) background(args ...string) *exec.Cmd {
	h.Helper()
	cmd := h.command(args...)
	if err := cmd.Start(); err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill() // it has ended, if the test has come to its end
			_ = cmd.Wait()
		}
	})
	return cmd
}

// started waits until roles that somebody else starts run.
func (h *house) started(roles ...string) {
	h.Helper()
	deadline := time.Now().Add(hang)
	for _, role := range roles {
		for len(h.runs(role)) == 0 || h.free(role) {
			if time.Now().After(deadline) {
				h.Fatalf("%s is not started", role)
			}
			time.Sleep(5 * time.Millisecond) // a start tells its starter alone
		}
	}
}

func calledDies(t *testing.T) string {
	h := newHouse(t, "family", "zombie")
	h.ansar("add", "family")
	h.ansar("start")
	h.watch(h.child("family-0")).kill()
	end := h.ended("family-0", 1).End
	if end.Type != "Aborted" || !strings.Contains(end.Text, "killed") {
		t.Errorf("ended with %s (%s), want an Aborted that names the signal", end.Type, end.Text)
	}
	return end.How
}

// sleeper adds a plain program that ends only by a signal, with a child of its
// own.
func (h *house) sleeper(role string) {
	h.Helper()
	h.ansar("add", "--command", "sh", role, "--", "-c", "sleep 1000 & echo up; wait")
	h.ansar("set", "readiness", role, `--value={"log": "up"}`)
}

func plainProgramDies(t *testing.T) string {
	h := newHouse(t)
	h.sleeper("job")
	h.ansar("start")
	rest := h.watch(h.below(h.holder("job"))...)
	h.watch(h.last("job", 1).PID).kill()
	rest.gone(hang)
	once := h.ended("job", 1).End
	if once.Signal != "killed" {
		t.Errorf("ended by %q, want killed", once.Signal)
	}
	h.ansar("wait", "--for=ended", "job")
	h.ansar("set", "restart", "job", "--value=on-crash")
	h.ansar("start")
	h.watch(h.last("job", 2).PID).kill()
	h.again("job", 3)
	if run := h.last("job", 3); run.Restart != 1 {
		t.Errorf("restart %d, want 1", run.Restart)
	}
	return once.How
}

func runnerDies(t *testing.T) string {
	h := newHouse(t)
	h.sleeper("job")
	h.ansar("start")
	run := h.last("job", 1)
	program, rest := h.watch(run.PID), h.watch(h.below(run.PID)...)
	h.watch(h.holder("job")).kill()
	program.gone(hang)
	rest.alive()
	end := h.ended("job", 1).End
	h.ansar("start") // the role is free
	rest.gone(hang)
	return end.How
}

func keeperDies(t *testing.T) string {
	h := newHouse(t, "zombie")
	h.ansar("add", "zombie")
	h.ansar("set", "restart", "zombie-0", "--value=on-crash")
	h.ansar("start")
	component := h.watch(h.holder("zombie-0"))
	h.watch(h.holder("zombie-0.keeper")).kill()
	component.alive()
	if h.ansar("status"); h.free("zombie-0.keeper") {
		t.Error("nobody has become its keeper")
	}
	component.alive()
	if runs := h.runs("zombie-0"); len(runs) != 1 {
		t.Errorf("%d runs, want the first alone", len(runs))
	}
	component.kill()
	end := h.ended("zombie-0", 1).End
	h.again("zombie-0", 2)
	return end.How
}

func runDies(t *testing.T) string {
	h := newHouse(t, "zombie")
	h.ansar("add", "zombie")
	h.ansar("add", "--command", "sleep", "job", "--", "1000")
	run := h.background("run")
	h.started("zombie-0", "job")
	all := h.watch(append(h.below(run.Process.Pid), h.holder("zombie-0"))...)
	if err := run.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	all.gone(orphanLimit)
	_ = run.Wait() // killed
	if end := h.ended("job", 1).End; end.How != "signalled" {
		t.Errorf("the plain program: %s, want that its runner has ended it", end.How)
	}
	return h.ended("zombie-0", 1).End.How
}

func startDies(t *testing.T) string {
	h := newHouse(t)
	h.ansar("add", "--command", "sh", "slow", "--", "-c", "mkfifo pipe; cat pipe; echo up; cat pipe")
	h.ansar("set", "readiness", "slow", `--value={"log": "up"}`)
	h.ansar("add", "--command", "sleep", "later", "--", "1000")
	h.ansar("set", "after", "later", "--value=slow")
	start := h.background("start", "--timeout=1000")
	h.started("slow")
	if err := start.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = start.Wait() // killed
	write := func() {
		pipe, err := os.OpenFile(filepath.Join(h.home.Root(), "pipe"), os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		pipe.Close()
	}
	for {
		if _, err := os.Stat(filepath.Join(h.home.Root(), "pipe")); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond) // the program makes it when it gets to it
	}
	write()
	h.ansar("wait", "slow")
	if len(h.runs("later")) > 0 {
		t.Error("a role was started that waited for another")
	}
	h.ansar("start", "later") // the reservation is free
	write()
	return h.ended("slow", 1).End.How
}

func terminalDies(t *testing.T) string {
	h := newHouse(t, "zombie")
	h.ansar("add", "zombie")
	h.ansar("add", "--command", "sh", "job", "--", "-c", "mkfifo pipe; echo up; cat pipe")
	h.ansar("set", "readiness", "job", `--value={"log": "up"}`)
	master, slave := terminal(t)
	shell := exec.Command("sh", "-c", "ansar start && echo started && cat")
	shell.Dir, shell.Stdin, shell.Stdout, shell.Stderr = h.dir, slave, slave, slave
	shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	said := ""
	for text := make([]byte, 1024); !strings.Contains(said, "started"); {
		n, err := master.Read(text)
		if err != nil {
			t.Fatalf("%v, after: %s", err, said)
		}
		said += string(text[:n])
	}
	all := h.watch(h.holder("zombie-0"), h.holder("job"), h.last("job", 1).PID)
	sh := h.watch(shell.Process.Pid)
	if err := shell.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	master.Close()
	_ = shell.Wait() // killed
	sh.gone(hang)
	all.alive()
	if got := h.ansar("status"); got != "job\nzombie-0\n" {
		t.Errorf("status: %q, want both", got)
	}
	pipe, err := os.OpenFile(filepath.Join(h.home.Root(), "pipe"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	pipe.Close()
	return h.ended("job", 1).End.How
}

func everythingDies(t *testing.T) string {
	h := newHouse(t, "zombie")
	h.ansar("add", "zombie", "plain-no")
	h.ansar("add", "zombie", "kept")
	h.ansar("set", "restart", "kept", "--value=on-crash")
	h.ansar("add", "--command", "sleep", "job", "--", "1000")
	h.ansar("start")
	h.watch(h.holder("kept.keeper"), h.holder("kept"), h.holder("plain-no"), h.holder("job"), h.last("job", 1).PID).kill()
	h.anotherBoot()
	if got := h.ansar("status"); got != "" {
		t.Errorf("status after that: %q, want nothing", got)
	}
	for _, role := range []string{"kept", "job"} {
		if end := h.last(role, 1).End; end == nil || end.How != "vanished" {
			t.Errorf("%s ended as %+v, want vanished", role, end)
		}
	}
	how := h.last("plain-no", 1).End.How
	h.ansar("start")
	if got := h.ansar("status"); got != "job\nkept\nplain-no\n" {
		t.Errorf("status after the start: %q, want all", got)
	}
	return how
}

// anotherBoot has all files of the home say that they were written before the
// machine was booted, and that this very process did, whose id is in use again.
func (h *house) anotherBoot() {
	h.Helper()
	for _, area := range []home.Area{home.Locks, home.History} {
		files, err := filepath.Glob(filepath.Join(h.home.Dir(area), "*"))
		if err != nil {
			h.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				h.Fatal(err)
			}
			var lines []string
			for line := range strings.Lines(string(text)) {
				var object map[string]any
				if err := json.Unmarshal([]byte(line), &object); err != nil {
					h.Fatalf("%s: %v", file, err)
				}
				reboot(object)
				changed, err := json.Marshal(object)
				if err != nil {
					h.Fatal(err)
				}
				lines = append(lines, string(changed)+"\n")
			}
			if err := os.WriteFile(file, []byte(strings.Join(lines, "")), 0o600); err != nil {
				h.Fatal(err)
			}
		}
	}
}

// reboot changes the processes that an object of JSON names.
func reboot(object map[string]any) {
	for _, value := range object {
		if inner, ok := value.(map[string]any); ok {
			reboot(inner)
		}
	}
	if _, ok := object["boot"]; ok {
		object["boot"], object["pid"] = "another", os.Getpid()
	}
}
