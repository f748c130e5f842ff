package process

import (
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/proctest"
)

// A job that starts a process, hangs and ignores SIGTERM is out of time: nothing of it is left.
func TestOC4(t *testing.T) {
	mark := proctest.Mark(t)
	out := new(text)
	p := start(t, &Spec{
		Argv:   sh("trap '' TERM; sleep 600 & echo ready; while :; do :; done"),
		Stdout: out, Grace: 300 * time.Millisecond,
	})
	await(t, out.seen("ready"), "ready")
	begun := time.Now()
	p.Stop("time limit")
	e := ended(t, p)
	if took := time.Since(begun); took < 300*time.Millisecond || took > 1300*time.Millisecond {
		t.Errorf("it took %v, want the grace of 300 ms and little more", took)
	}
	if e.Exit.Signal != syscall.SIGKILL || e.KilledBy != "SIGTERM, SIGKILL" || e.Why != "time limit" {
		t.Errorf("ended %v by %q for %q", e.Exit, e.KilledBy, e.Why)
	}
	if len(e.Strays) != 1 || e.Strays[0].CommandLine != "sleep 600" || !e.Strays[0].Killed {
		t.Errorf("strays %v, want sleep 600 (killed)", e.Strays)
	}
	if left := proctest.Alive(mark); len(left) > 0 {
		t.Errorf("%v are alive after done", left)
	}
}

// What a command leaves holds its output, and delays its end by the leak window alone.
func TestEC10(t *testing.T) {
	mark := proctest.Mark(t)
	for _, script := range []string{"sleep 60 &", "setsid sleep 60 &", "setsid sh -c 'sleep 60 & sleep 60' & sleep 0.1"} {
		t.Run(script, func(t *testing.T) {
			p := start(t, &Spec{Argv: sh(script), Stdout: new(text), Stderr: new(text)})
			await(t, p.Exited(), "exited")
			begun := time.Now()
			ended(t, start(t, &Spec{Argv: []string{"true"}, Stdout: new(text), Stderr: new(text)}))
			select {
			case <-p.Done():
				if took := time.Since(begun); took < time.Second { // or the machine is slow
					t.Errorf("another command had to wait for it, %v", took)
				}
			default:
			}
			e := ended(t, p)
			if took := time.Since(begun); took < 190*time.Millisecond || took > 600*time.Millisecond {
				t.Errorf("it took %v after the end, want the leak window of 200 ms", took)
			}
			if e.Exit.Status != 0 || e.KilledBy != "" || len(e.Strays) == 0 || !e.Strays[0].Killed {
				t.Errorf("ended %v, killed by %q, strays %v", e.Exit, e.KilledBy, e.Strays)
			}
			if left := proctest.Alive(mark); len(left) > 0 {
				t.Errorf("%v are alive after done", left)
			}
		})
	}
}

// hidden starts processes before, behind and beside its own, in other sessions, and away from their parents.
const hidden = `
sleep 601 &
setsid sleep 602 &
sh -c 'setsid sh -c "sleep 603 & sleep 604 & echo hidden-1" &' 
setsid sh -c 'setsid sh -c "trap \"\" TERM; echo hidden-2; while :; do sleep 605; done" & wait' &
echo started
`

// Whatever a job starts, and however it hides that, is gone when the job is.
func TestNoSurvivors(t *testing.T) {
	tests := []struct {
		name   string
		script string
		end    func(p *Process)
		least  int // strays
	}{
		{"out of time", hidden + "sleep 606", func(p *Process) { p.Stop("time limit") }, 7},
		{"killed", hidden + "sleep 606", func(p *Process) { p.Kill("second interrupt") }, 7},
		{"ended by itself", hidden, func(*Process) {}, 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mark := proctest.Mark(t)
			out := new(text)
			p := start(t, &Spec{Argv: sh(tt.script), Stdout: out, Grace: 300 * time.Millisecond})
			await(t, out.seen("started"), "started")
			await(t, out.seen("hidden-1"), "hidden")
			await(t, out.seen("hidden-2"), "hidden")
			tt.end(p)
			e := ended(t, p)
			if left := proctest.Alive(mark); len(left) > 0 {
				t.Errorf("%v are alive after done", left)
			}
			if len(e.Strays) < tt.least {
				t.Errorf("only %d strays, want %d: %v", len(e.Strays), tt.least, e.Strays)
			}
			for _, s := range e.Strays {
				if !s.Killed {
					t.Errorf("not killed: %v", s)
				}
			}
		})
	}
}
