package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/deploy"
	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/internal/home"
)

// deployGroup stops and starts roles for a deployment.
type deployGroup struct {
	env            *env
	home           *home.Home
	roles          map[string]home.Role
	grace, timeout time.Duration
	by             string
	started        []string // that were started again
}

var _ deploy.Group = (*deployGroup)(nil)

func (e *env) newDeployGroup(h *home.Home, roles []home.Role, grace, timeout time.Duration) *deployGroup {
	g := &deployGroup{env: e, home: h, roles: map[string]home.Role{}, grace: grace, timeout: timeout, by: e.by()}
	for _, role := range roles {
		g.roles[role.Name] = role
	}
	return g
}

// named returns the roles of those names.
func (g *deployGroup) named(names []string) []home.Role {
	roles := make([]home.Role, 0, len(names))
	for _, name := range names {
		roles = append(roles, g.roles[name])
	}
	return roles
}

func (g *deployGroup) Reserve(ctx context.Context, names []string) (func(), error) {
	r, err := g.home.Reserve(ctx, g.env.command, names...)
	if err != nil {
		return nil, err
	}
	if err := g.refresh(names); err != nil {
		r.Release()
		return nil, err
	}
	return func() { r.Release() }, nil
}

// refresh reads roles again: another command may have changed their properties
// before they were reserved.
func (g *deployGroup) refresh(names []string) error {
	roles, err := g.home.Roles()
	if err != nil {
		return err
	}
	for _, role := range roles {
		if slices.Contains(names, role.Name) {
			g.roles[role.Name] = role
		}
	}
	return nil
}

func (g *deployGroup) Running(names []string) ([]deploy.Member, error) {
	members, err := group.Running(g.home, g.named(names))
	if err != nil {
		return nil, err
	}
	list := make([]deploy.Member, 0, len(members))
	for _, m := range members {
		list = append(list, deploy.Member{Role: m.Role, PID: m.PID()})
	}
	return list, nil
}

func (g *deployGroup) Stop(ctx context.Context, names []string) ([]deploy.Member, error) {
	cleared, err := group.Clear(ctx, g.home, "", g.named(names), true, &group.StopOptions{Grace: g.grace, By: g.by})
	if cleared == nil {
		return nil, err
	}
	g.env.tellHard(cleared.Hard)
	var stopped []deploy.Member
	for _, role := range cleared.Stopped {
		stopped = append(stopped, deploy.Member{Role: role.Name, Args: cleared.Args[role.Name]})
	}
	return stopped, err
}

func (g *deployGroup) Start(ctx context.Context, members []deploy.Member) map[string]error {
	names, args := make([]string, 0, len(members)), map[string][]string{}
	for _, m := range members {
		names = append(names, m.Role)
		if len(m.Args) > 0 {
			args[m.Role] = m.Args
		}
	}
	failed := map[string]error{}
	begun, err := group.Start(ctx, g.home, g.named(names), &group.StartOptions{RoleArgs: args, By: g.by, Timeout: g.timeout, Restore: true})
	if err != nil {
		for _, name := range names {
			failed[name] = err
		}
	}
	for _, b := range begun {
		var start *group.StartError
		switch {
		case b.Err == nil, errors.As(b.Err, &start) && start.Locked != 0 && g.plays(ctx, b.Role):
			g.started = append(g.started, b.Role)
		case errors.As(b.Err, &start):
			failed[b.Role] = errors.New(start.Reason)
			if len(start.Lines) > 0 {
				fmt.Fprintf(g.env.stderr, "ansar: %v\n    %s\n", start, strings.Join(start.Lines, "\n    "))
			}
		default:
			failed[b.Role] = b.Err
		}
	}
	return failed
}

// plays waits for a role that a process plays already, which a deployment has
// begun that was killed, and reports whether it is ready.
func (g *deployGroup) plays(ctx context.Context, role string) bool {
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	return group.Wait(ctx, g.home, g.named([]string{role}), group.UntilReady) == nil
}
