//go:build linux

package groups

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

// Sizes say how much is measured. Zero means the default.
type Sizes struct {
	Roles int // of a group: 40
	Lines int // that are logged in all: 1,000,000

	Settle time.Duration // before the cost of idling is measured, 1 s
	Idle   time.Duration // for which it is, 3 s
}

// A Case measures one tool with one group. The figures are by name; a group that
// does not do what was asked is an error.
type Case struct {
	Name    string
	Columns []Column // the figures, in order
	run     func(ctx context.Context, s *Site, z Sizes) (map[string]float64, error)
	Limit   time.Duration // after which the tool has failed
	Once    bool          // in one round only
}

// Column is a figure of a case.
type Column struct {
	Name, Unit string
	NoRatio    bool // one that can be 0, or is a count
}

// Cases are all of them.
func Cases() []Case {
	return []Case{
		{Name: "start", Limit: 60 * time.Second, run: startCase, Columns: []Column{
			{Name: "all run", Unit: "s"}, {Name: "all gone", Unit: "s"}, {Name: "status", Unit: "ms"},
			{Name: "PSS of the tool", Unit: "MB"}, {Name: "its processes", NoRatio: true}, {Name: "idle wake-ups", Unit: "/s", NoRatio: true},
		}},
		{Name: "one-shots", Limit: 30 * time.Second, run: onceCase, Columns: []Column{{Name: "all have run", Unit: "s"}}},
		{Name: "stubborn", Limit: 45 * time.Second, Once: true, run: stubbornCase, Columns: []Column{
			{Name: "the others gone", Unit: "s"}, {Name: "all gone", Unit: "s"},
		}},
		{Name: "log of one role", Limit: 60 * time.Second, run: logCase(1), Columns: logColumns},
		{Name: "log of all roles", Limit: 60 * time.Second, run: logCase(0), Columns: logColumns},
	}
}

var logColumns = []Column{{Name: "all in the log", Unit: "s"}, {Name: "lost", NoRatio: true}, {Name: "torn", NoRatio: true}}

// group makes the roles of a group.
func group(z Sizes, socket string, args ...string) []Role {
	var roles []Role
	for i := range z.Roles {
		roles = append(roles, Role{Name: fmt.Sprintf("role-%02d", i), Args: append([]string{socket}, args...), Once: args[0] == "once"})
	}
	return roles
}

// begin starts a group and returns when so many roles run, with how long that
// took.
func begin(ctx context.Context, s *Site, roles []Role, running int) (time.Duration, error) {
	if err := s.tool.Prepare(s, roles); err != nil {
		return 0, err
	}
	start := time.Now()
	if err := s.start(); err != nil {
		return 0, err
	}
	err := s.callers.wait(ctx, func(calls, _ int) bool { return calls >= running })
	if err != nil {
		calls, _ := s.callers.numbers()
		return 0, fmt.Errorf("start: %d of %d roles ran: %w: %s", calls, running, err, s.tail())
	}
	return time.Since(start), nil
}

// finish stops the group and returns how long it took until no more than so many
// roles lived.
func finish(ctx context.Context, s *Site, living int) (time.Duration, <-chan struct{}, error) {
	start := time.Now()
	done, err := s.stop(ctx)
	if err != nil {
		return 0, nil, err
	}
	if err := s.callers.wait(ctx, func(_, now int) bool { return now <= living }); err != nil {
		_, now := s.callers.numbers()
		return 0, nil, fmt.Errorf("stop: %d roles live on: %w: %s", now, err, s.tail())
	}
	return time.Since(start), done, nil
}

func startCase(ctx context.Context, s *Site, z Sizes) (map[string]float64, error) {
	run, err := begin(ctx, s, group(z, s.Path("roles.sock"), "wait"), z.Roles)
	if err != nil {
		return nil, err
	}
	figures := map[string]float64{"all run": run.Seconds()}
	pause(ctx, z.Settle)
	tools := s.tools()
	if figures["PSS of the tool"], err = measure.PSS(tools...); err != nil {
		return nil, err
	}
	figures["its processes"] = float64(len(tools))
	before := wakeUps(tools)
	pause(ctx, z.Idle)
	figures["idle wake-ups"] = float64(since(before, wakeUps(tools))) / z.Idle.Seconds()
	if s.tool.Status != nil {
		var took []float64
		for range 5 {
			d, err := s.status(ctx)
			if err != nil {
				return nil, err
			}
			took = append(took, measure.Milliseconds(d))
		}
		figures["status"] = measure.Median(took)
	}
	gone, done, err := finish(ctx, s, 0)
	if err != nil {
		return nil, err
	}
	figures["all gone"] = gone.Seconds()
	return figures, s.over(ctx, done)
}

func onceCase(ctx context.Context, s *Site, z Sizes) (map[string]float64, error) {
	ran, err := begin(ctx, s, group(z, s.Path("roles.sock"), "once"), z.Roles)
	if err != nil {
		return nil, err
	}
	_, done, err := finish(ctx, s, 0)
	if err != nil {
		return nil, err
	}
	return map[string]float64{"all have run": ran.Seconds()}, s.over(ctx, done)
}

func stubbornCase(ctx context.Context, s *Site, z Sizes) (map[string]float64, error) {
	roles := group(z, s.Path("roles.sock"), "wait")
	roles[len(roles)/2].Args[1] = "stubborn"
	if _, err := begin(ctx, s, roles, z.Roles); err != nil {
		return nil, err
	}
	start := time.Now()
	others, done, err := finish(ctx, s, 1)
	if err != nil {
		return nil, err
	}
	figures := map[string]float64{"the others gone": others.Seconds()}
	if s.callers.wait(ctx, func(_, now int) bool { return now == 0 }) != nil {
		return figures, nil // if it never goes, that is the finding
	}
	figures["all gone"] = time.Since(start).Seconds()
	return figures, s.over(ctx, done)
}

// over waits until the command that stopped the group has ended, and all of the
// tool with it.
func (s *Site) over(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
	case <-ctx.Done():
		return fmt.Errorf("the command that stops did not end: %w: %s", context.Cause(ctx), s.tail())
	}
	for len(s.processes()) > 0 {
		if pause(ctx, 5*time.Millisecond); ctx.Err() != nil {
			return nil // the tool goes on without its roles: what is left is ended by id
		}
	}
	return nil
}

// pause lets time pass: what is measured is what happens in it, or what no event
// tells.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// exists reports whether there is such a file.
func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist)
}
