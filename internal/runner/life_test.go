package runner

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/interval"
)

// puppet is a player whose runs a test decides about. It writes down what it is
// told, with the time since the beginning.
type puppet struct {
	life  *life
	start time.Time
	runs  []func(p *puppet, restart int) error // what each run does; the last one again and again
	next  ending                               // what becomes of the present run
	told  []string
}

func (p *puppet) say(format string, args ...any) {
	p.told = append(p.told, time.Since(p.start).String()+" "+fmt.Sprintf(format, args...))
}

func (p *puppet) begin(restart int) error {
	p.say("begin %d", restart)
	return p.runs[min(restart, len(p.runs)-1)](p, restart)
}

func (p *puppet) ready()                            { p.say("ready") }
func (p *puppet) ask(by string) time.Duration       { p.say("ask"); return 10 * time.Second }
func (p *puppet) terminate()                        { p.say("terminate") }
func (p *puppet) kill()                             { p.say("kill") }
func (p *puppet) end() ending                       { return p.next }
func (p *puppet) settle(failed string)              { p.say("settle %q", failed) }
func (p *puppet) pause(why string, d time.Duration) { p.say("pause %v", d) }
func (p *puppet) over(why string)                   { p.say("over: %s", why) }

// lasts is a run that ends after some time.
func lasts(d time.Duration, e ending) func(*puppet, int) error {
	return func(p *puppet, restart int) error {
		p.next = e
		p.next.took = d
		time.AfterFunc(d, func() { p.life.post(occurrence{event: evEnd, run: restart}) })
		return nil
	}
}

// forever is a run that ends when it is killed.
func forever(p *puppet, restart int) error { return nil }

func fails(*puppet, int) error { return errors.New("no such file") }

var crash = ending{crash: true, text: "exit status 1"}

// play has a puppet live through runs. orders are given at these times.
func playPuppet(t *testing.T, rule Restart, orders map[time.Duration]occurrence, runs ...func(*puppet, int) error) []string {
	t.Helper()
	var told []string
	synctest.Test(t, func(t *testing.T) {
		p := &puppet{life: newLife(rule), start: time.Now(), runs: runs}
		p.life.player = p
		for at, o := range orders {
			time.AfterFunc(at, func() { p.life.post(o) })
		}
		if err := p.life.live(); err != nil {
			p.say("error: %v", err)
		}
		told = p.told
	})
	return told
}

// The restarts come when they should, and end when they should.
func TestRestarts(t *testing.T) {
	doubling := interval.Exponential(1, 2, 60)
	limit := uint32(2)
	one := 1.0
	rule := func(change func(*Restart)) Restart {
		r := Restart{Policy: OnCrash, Intensity: 3, Period: time.Minute, Healthy: 10 * time.Second, Delays: &doubling}
		change(&r)
		return r
	}
	usual := rule(func(*Restart) {})
	always := rule(func(r *Restart) { r.Policy = Always })
	tests := []struct {
		name string
		rule Restart
		runs []func(*puppet, int) error
		want []string
	}{
		{"never is never", rule(func(r *Restart) { r.Policy = Never }), []func(*puppet, int) error{lasts(0, crash)},
			[]string{`0s begin 0`, `0s settle ""`, `0s over: it ended with exit status 1`}},
		{"the zero value is never", Restart{}, []func(*puppet, int) error{lasts(0, crash)},
			[]string{`0s begin 0`, `0s settle ""`, `0s over: it ended with exit status 1`}},
		{"an end in order is no crash", usual, []func(*puppet, int) error{lasts(0, ending{text: "Ack"})},
			[]string{`0s begin 0`, `0s settle ""`, `0s over: it ended with Ack`}},
		{"an end that was asked for is none", always, []func(*puppet, int) error{lasts(0, ending{crash: true, final: true, text: "Aborted"})},
			[]string{`0s begin 0`, `0s settle ""`, `0s over: it ended with Aborted`}},
		{"crashes are answered later and later, and then no more", usual, []func(*puppet, int) error{lasts(0, crash)},
			[]string{
				`0s begin 0`, `0s settle ""`, `0s pause 1s`,
				`1s begin 1`, `1s settle ""`, `1s pause 2s`,
				`3s begin 2`, `3s settle ""`, `3s pause 4s`,
				`7s begin 3`, `7s settle "3 restarts within 1m0s were not enough, it ended with exit status 1"`,
				`7s over: 3 restarts within 1m0s were not enough, it ended with exit status 1`,
			}},
		{"a healthy run begins anew", usual, []func(*puppet, int) error{lasts(0, crash), lasts(0, crash), lasts(10*time.Second, crash), lasts(0, ending{text: "Ack"})},
			[]string{
				`0s begin 0`, `0s settle ""`, `0s pause 1s`,
				`1s begin 1`, `1s settle ""`, `1s pause 2s`,
				`3s begin 2`, `13s settle ""`, `13s pause 1s`,
				`14s begin 3`, `14s settle ""`, `14s over: it ended with Ack`,
			}},
		{"what is longer ago than the period does not count", rule(func(r *Restart) { r.Intensity, r.Period, r.Healthy = 1, 5*time.Second, time.Hour }),
			[]func(*puppet, int) error{lasts(0, crash), lasts(4*time.Second, crash), lasts(0, crash)},
			[]string{
				`0s begin 0`, `0s settle ""`, `0s pause 1s`,
				`1s begin 1`, `5s settle ""`, `5s pause 2s`,
				`7s begin 2`, `7s settle "1 restart within 5s was not enough, it ended with exit status 1"`,
				`7s over: 1 restart within 5s was not enough, it ended with exit status 1`,
			}},
		{"delays that are used up are the end", rule(func(r *Restart) { r.Delays = &interval.Steps{Regular: &one, Limit: &limit} }),
			[]func(*puppet, int) error{lasts(0, crash)},
			[]string{
				`0s begin 0`, `0s settle ""`, `0s pause 1s`, `1s begin 1`, `1s settle ""`, `1s pause 1s`,
				`2s begin 2`, `2s settle "it was started again 2 times in a row, it ended with exit status 1"`,
				`2s over: it was started again 2 times in a row, it ended with exit status 1`,
			}},
		{"always answers every end", always, []func(*puppet, int) error{lasts(0, ending{text: "Ack"}), lasts(0, ending{text: "Ack", final: true})},
			[]string{`0s begin 0`, `0s settle ""`, `0s pause 1s`, `1s begin 1`, `1s settle ""`, `1s over: it ended with Ack`}},
		{"a first start that fails is told, and not tried again", usual, []func(*puppet, int) error{fails},
			[]string{`0s begin 0`, `0s error: no such file`}},
		{"a later start that fails is a crash", rule(func(r *Restart) { r.Intensity = 2 }), []func(*puppet, int) error{lasts(0, crash), fails},
			[]string{
				`0s begin 0`, `0s settle ""`, `0s pause 1s`, `1s begin 1`, `1s pause 2s`,
				`3s begin 2`, `3s settle "2 restarts within 1m0s were not enough, it ended with no such file"`,
				`3s over: 2 restarts within 1m0s were not enough, it ended with no such file`,
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, playPuppet(t, tt.rule, nil, tt.runs...)); diff != "" {
				t.Errorf("what happened (-want +got):\n%s", diff)
			}
		})
	}
}

// Orders are obeyed in every state.
func TestOrders(t *testing.T) {
	doubling := interval.Exponential(1, 2, 60)
	rule := Restart{Policy: Always, Intensity: 3, Period: time.Minute, Delays: &doubling}
	stop, again := occurrence{event: evStop, by: "SIGTERM"}, occurrence{event: evKill}
	orphan := occurrence{event: evStop, by: "end of ansar run", limit: 5 * time.Second}
	end := occurrence{event: evEnd}
	const s = time.Second
	tests := []struct {
		name   string
		orders map[time.Duration]occurrence
		run    func(*puppet, int) error
		want   []string
	}{
		{"a run that ends when it is told to", map[time.Duration]occurrence{s: stop, 2 * s: end}, forever,
			[]string{"0s begin 0", "1s ask", `2s settle ""`, "2s over: it was stopped, and ended with "}},
		{"a run that does not", map[time.Duration]occurrence{s: stop, 14 * s: end}, forever,
			[]string{"0s begin 0", "1s ask", "11s terminate", "13s kill", `14s settle ""`, "14s over: it was stopped, and ended with "}},
		{"a run that the system holds", map[time.Duration]occurrence{s: stop, 2 * s: again, 7 * s: end}, forever,
			[]string{"0s begin 0", "1s ask", "2s kill", "4s kill", "6s kill", `7s settle ""`, "7s over: it was stopped, and ended with "}},
		{"an order to kill without one to stop", map[time.Duration]occurrence{s: again, 2 * s: end}, forever,
			[]string{"0s begin 0", "1s kill", `2s settle ""`, "2s over: it was stopped, and ended with "}},
		{"the end of the starter leaves less time", map[time.Duration]occurrence{s: orphan, 7 * s: end}, forever,
			[]string{"0s begin 0", "1s ask", "6s terminate", `7s settle ""`, "7s over: it was stopped, and ended with "}},
		{"the end of the starter shortens a stop", map[time.Duration]occurrence{s: stop, 2 * s: orphan, 8 * s: end}, forever,
			[]string{"0s begin 0", "1s ask", "7s terminate", `8s settle ""`, "8s over: it was stopped, and ended with "}},
		{"the end of the starter does not lengthen one", map[time.Duration]occurrence{s: stop, 8 * s: orphan, 12 * s: end}, forever,
			[]string{"0s begin 0", "1s ask", "11s terminate", `12s settle ""`, "12s over: it was stopped, and ended with "}},
		{"a pause ends at once", map[time.Duration]occurrence{s + 1: stop}, lasts(s, crash),
			[]string{"0s begin 0", `1s settle ""`, "1s pause 1s", "1.000000001s over: it was stopped while it waited to be started again"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, playPuppet(t, rule, tt.orders, tt.run)); diff != "" {
				t.Errorf("what happened (-want +got):\n%s", diff)
			}
		})
	}
}

// Every pair of state and event says what happens.
func TestStepsTotal(t *testing.T) {
	for s := range numStates {
		for e := range numEvents {
			if steps[s][e] == nil {
				t.Errorf("nothing is said of event %d in state %d", e, s)
			}
		}
	}
}

// Whatever comes in whatever order: there is never more than one run, each one
// is settled once, nothing begins after an order to end, and the end comes once.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := 1.0
		l := newLife(Restart{Policy: Always, Intensity: rapid.IntRange(0, 3).Draw(t, "intensity"), Period: time.Hour, Delays: &interval.Steps{Regular: &one}})
		p := &puppet{life: l, start: time.Now(), next: crash, runs: []func(*puppet, int) error{func(*puppet, int) error {
			if l.restart > 0 && rapid.Bool().Draw(t, "fails") {
				return errors.New("fails")
			}
			return nil
		}}}
		l.player = p
		_ = p.begin(0) // the first one does not fail
		stopped := false
		for _, e := range rapid.SliceOfN(rapid.IntRange(0, int(numEvents)-1), 0, 30).Draw(t, "events") {
			runs := l.state == running || l.state == ready || l.state == stopping || l.state == terminating || l.state == killing
			if event(e) == evEnd && !runs || event(e) == evTime && (l.state == running || l.state == ready || l.state == over) {
				continue // cannot come
			}
			begun := mentions(p.told, "begin")
			l.on(occurrence{event: event(e), run: l.restart})
			stopped = stopped || event(e) == evStop || event(e) == evKill
			if stopped && mentions(p.told, "begin") > begun {
				t.Fatalf("a run began after an order to end: %q", p.told)
			}
		}
		l.timer.Stop()
		if n := mentions(p.told, "over"); (l.state == over) != (n == 1) || n > 1 {
			t.Fatalf("over was told %d times in state %d: %q", n, l.state, p.told)
		}
	})
}

func mentions(told []string, word string) int {
	n := 0
	for _, line := range told {
		if slices.Contains(strings.Fields(strings.ReplaceAll(line, ":", " ")), word) {
			n++
		}
	}
	return n
}
