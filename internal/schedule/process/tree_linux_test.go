package process

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/internal/proctest"
)

func init() {
	roles["plain"], roles["killed plain"] = plain, killed
	roles["killed"] = func() {
		osproc.OwnMain()
		killed()
	}
}

// plain ends a whole family in a program that is no subreaper, and says how it went.
func plain() {
	out := new(text)
	p, err := Start(&Spec{Argv: sh(hidden + "sleep 606"), Stdout: out, Grace: 300 * time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	<-out.seen("started")
	<-out.seen("hidden-1")
	<-out.seen("hidden-2")
	p.Stop("limit")
	<-p.Done()
	fmt.Println("strays", len(p.Ended().Strays), p.Ended().KilledBy)

	out = new(text)
	p, err = Start(&Spec{Argv: sh(hidden), Stdout: out, Grace: 300 * time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	<-p.Done()
	fmt.Println("left", len(p.Ended().Strays) >= 5)
}

// killed runs a family and kills itself.
func killed() {
	out := new(text)
	p, err := Start(&Spec{Argv: sh(hidden + "sleep 606"), Stdout: out})
	if err != nil {
		fmt.Println(err)
		return
	}
	<-out.seen("started")
	<-out.seen("hidden-1")
	<-out.seen("hidden-2")
	fmt.Println("killed", p.Pid())
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// What the commands of a program have started ends with it, even if it is killed itself.
func TestProgramIsKilled(t *testing.T) {
	t.Run("one of ours", func(t *testing.T) { killsProgram(t, "killed") })
	t.Run("any other", func(t *testing.T) { killsProgram(t, "killed plain") })
}

func killsProgram(t *testing.T, role string) {
	mark := proctest.Mark(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 100)
	n, _ := out.Read(said)
	_ = cmd.Wait() // it was killed
	begun := time.Now()
	if !strings.HasPrefix(string(said[:n]), "killed") {
		t.Errorf("it said %q", said[:n])
	}
	if left := proctest.Gone(mark, hang); len(left) > 0 {
		t.Errorf("%v are alive", left)
	}
	if took := time.Since(begun); took > 4*guardWindow {
		t.Errorf("it took %v", took)
	}
}

// A program that did not say that it is ours finds the same by the token.
func TestPlainProgram(t *testing.T) {
	mark := proctest.Mark(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"=plain")
	out, err := cmd.CombinedOutput()
	var strays int
	var killedBy string
	n, _ := fmt.Sscanf(string(out), "strays %d %s", &strays, &killedBy)
	if err != nil || n != 2 || strays < 6 || !strings.HasSuffix(string(out), "left true\n") {
		t.Errorf("%v: %s", err, out)
	}
	if left := proctest.Alive(mark); len(left) > 0 {
		t.Errorf("%v are alive", left)
	}
}

// What ends within the leak window is no stray.
func TestWithinTheWindow(t *testing.T) {
	proctest.Mark(t)
	e := ended(t, start(t, &Spec{Argv: sh("sleep 0.05 & setsid sleep 0.05 &"), LeakWindow: hang}))
	if len(e.Strays) > 0 {
		t.Errorf("strays %v", e.Strays)
	}
}

// A stray that ignores SIGTERM is killed when the grace is over, and at once by Kill.
func TestStubbornStray(t *testing.T) {
	proctest.Mark(t)
	const script = "(trap '' TERM; echo ready; while :; do sleep 600; done) & until test -s $0; do sleep 0.01; done"
	for _, grace := range []time.Duration{200 * time.Millisecond, hang} {
		t.Run(grace.String(), func(t *testing.T) {
			out := t.TempDir() + "/out"
			p := start(t, &Spec{Argv: []string{"sh", "-c", strings.ReplaceAll(script, "echo ready", "echo ready > $0"), out}, Grace: grace, LeakWindow: time.Millisecond})
			await(t, p.Exited(), "exited")
			begun := time.Now()
			if grace == hang {
				p.Stop("limit")
				p.Kill("interrupt")
			}
			e := ended(t, p)
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			if e.KilledBy != "" || e.Exit.Status != 0 || len(e.Strays) == 0 || !e.Strays[0].Killed {
				t.Errorf("ended %v by %q, strays %v", e.Exit, e.KilledBy, e.Strays)
			}
		})
	}
}

// A job that forks and forks is ended as a whole, and named in part.
func TestManyChildren(t *testing.T) {
	mark := proctest.Mark(t)
	out := new(text)
	p := start(t, &Spec{
		Argv:   sh("trap '' TERM; i=0; while [ $i -lt 100 ]; do sleep 600 & setsid sleep 600 & i=$((i+1)); done; echo ready; while :; do sleep 0.01; done"),
		Stdout: out, Grace: 100 * time.Millisecond,
	})
	await(t, out.seen("ready"), "ready")
	p.Stop("limit")
	e := ended(t, p)
	if n := len(e.Strays) + e.StraysMore; len(e.Strays) != MaxStrays || n < 200 {
		t.Errorf("%d strays, %d named; want 200 at least, and %d", n, len(e.Strays), MaxStrays)
	}
	if left := proctest.Alive(mark); len(left) > 0 {
		t.Errorf("%d are alive", len(left))
	}
}

// One that answers SIGTERM with new processes does not get away.
func TestForksWhenStopped(t *testing.T) {
	mark := proctest.Mark(t)
	out := new(text)
	p := start(t, &Spec{
		Argv:   sh(`grow() { setsid sh -c 'trap "" TERM; sleep 600' & }; trap 'grow; grow' TERM; echo ready; while :; do sleep 0.01; grow; sleep 0.05; done`),
		Stdout: out, Grace: 300 * time.Millisecond,
	})
	await(t, out.seen("ready"), "ready")
	p.Stop("limit")
	e := ended(t, p)
	if len(e.Strays) == 0 || e.KilledBy != "SIGTERM, SIGKILL" {
		t.Errorf("ended by %q, strays %v", e.KilledBy, e.Strays)
	}
	if left := proctest.Alive(mark); len(left) > 0 {
		t.Errorf("%v are alive", left)
	}
}

// A process that leaves the group at the moment of the signal gets it all the same: nobody
// waits for the grace.
func TestStopMissesNobody(t *testing.T) {
	proctest.Mark(t)
	for range 50 {
		out := new(text)
		p := start(t, &Spec{Argv: sh("sleep 600 & setsid sleep 600 & echo ready; wait"), Stdout: out, Grace: hang})
		await(t, out.seen("ready"), "ready")
		begun := time.Now()
		p.Stop("limit")
		ended(t, p)
		if took := time.Since(begun); took > hang/2 {
			t.Fatalf("it took %v", took)
		}
	}
}

// What bears a token is found and ended, whoever started it.
func TestKillStrays(t *testing.T) {
	mark := proctest.Mark(t)
	token := NewToken()
	cmd := exec.Command("sh", "-c", "sleep 600 & setsid sh -c 'sleep 600 & echo ready; wait' & wait")
	cmd.Env = append(os.Environ(), Mark(token))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out := new(text)
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, out.seen("ready"), "ready")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait() }() // it ends when the outputs do
	deadline := time.Now().Add(hang)
	for n := 0; n != 3; n = len(Strays(token)) { // until the kernel has given them to this process
		if time.Now().After(deadline) {
			t.Fatalf("strays %v, want 3", Strays(token))
		}
		time.Sleep(time.Millisecond)
	}
	if got := KillStrays(t.Context(), token, time.Millisecond, hang); len(got) != 3 {
		t.Errorf("killed %v, want 3", got)
	}
	if left := proctest.Alive(mark); len(left) > 0 || len(Strays(token)) > 0 {
		t.Errorf("%v are alive", left)
	}
	if got := KillStrays(t.Context(), token, hang, hang); got != nil {
		t.Errorf("killed %v, want none", got)
	}
}

// What is below a process that this program has started is a stray, and the process is not.
func TestStraysBelow(t *testing.T) {
	proctest.Mark(t)
	out := new(text)
	p := start(t, &Spec{Argv: sh("env -i sleep 600 & setsid sleep 600 & echo ready; wait"), Stdout: out})
	await(t, out.seen("ready"), "ready")
	for _, s := range KillStrays(t.Context(), p.Token(), time.Millisecond, hang) {
		if s.PID == p.Pid() || !s.Killed {
			t.Errorf("stray %v", s)
		}
	}
	if left := Strays(p.Token()); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	await(t, p.Exited(), "exited")
}

// A run within a job is known by the token of the job, too.
func TestTokensNest(t *testing.T) {
	t.Setenv(TokenName, "outer")
	if got, want := Mark("inner"), TokenName+"=outer/"+program()+"/inner"; got != want {
		t.Errorf("mark %s, want %s", got, want)
	}
}

// Whatever is asked for in whatever order, a command ends once, and all of it.
func TestAnyOrder(t *testing.T) {
	mark := proctest.Mark(t)
	scripts := []string{
		"true", "exit 3", "sleep 600", "sleep 0.005", "sleep 600 & setsid sleep 600 &", "trap '' TERM; sleep 600 & sleep 600; sleep 600",
		"sleep 0.01 & kill -KILL $$", "kill -STOP $$",
	}
	rapid.Check(t, func(t *rapid.T) {
		p, err := Start(&Spec{
			Argv:       sh(rapid.SampledFrom(scripts).Draw(t, "script")),
			Grace:      time.Duration(rapid.SampledFrom([]int{-1, 1, 20}).Draw(t, "grace")) * time.Millisecond,
			LeakWindow: time.Duration(rapid.SampledFrom([]int{-1, 1, 20}).Draw(t, "window")) * time.Millisecond,
			NewSession: rapid.Bool().Draw(t, "session"), Stdout: new(text),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range rapid.SliceOfN(rapid.IntRange(0, 4), 0, 6).Draw(t, "steps") {
			switch step {
			case 0:
				p.Stop("stop")
			case 1:
				p.Kill("kill")
			case 2:
				time.Sleep(2 * time.Millisecond)
			case 3:
				go p.Stop("another")
			case 4:
				go p.Kill("another")
			}
		}
		p.Stop("last")
		select {
		case <-p.Done():
		case <-time.After(hang):
			t.Fatal("it does not end")
		}
		e := p.Ended()
		for _, s := range e.Strays {
			if !s.Killed {
				t.Errorf("not killed: %v", s)
			}
		}
		if e.Stuck || e.OutputErr != nil || strings.Contains(e.KilledBy, "SIGTERM, SIGTERM") {
			t.Errorf("ended %+v", e)
		}
		if left := proctest.Alive(mark); len(left) > 0 {
			t.Errorf("%v are alive", left)
		}
	})
}

// Many at once end each with its own status, and those that leave something are not
// mistaken for others.
func TestHammer(t *testing.T) {
	proctest.Mark(t)
	var running []*Process
	for i := range 60 {
		script := fmt.Sprintf("exit %d", i)
		if i%3 == 0 {
			script = fmt.Sprintf("setsid sleep %d & exit %d", 6000+i, i)
		}
		running = append(running, start(t, &Spec{Argv: sh(script), LeakWindow: 50 * time.Millisecond, Stdout: new(text)}))
	}
	for i, p := range running {
		e := ended(t, p)
		want := 0
		if i%3 == 0 {
			want = 1
		}
		if e.Exit.Status != i || len(e.Strays) != want {
			t.Errorf("command %d: %v, strays %v", i, e.Exit, e.Strays)
		} else if want == 1 && !strings.Contains(e.Strays[0].CommandLine, fmt.Sprint(6000+i)) {
			t.Errorf("command %d has %v of another", i, e.Strays)
		}
	}
	if n := osproc.KillAdopted(0); n > 0 {
		t.Errorf("%d adopted processes were left", n)
	}
}
