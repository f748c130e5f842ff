package group

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
)

// NotRunningError says that a role will not be ready: it does not run.
type NotRunningError struct {
	Role string
	Last *history.Run // nil: it never ran
}

func (e *NotRunningError) Error() string { return fmt.Sprintf("role %q does not run", e.Role) }

// Wait waits until each of the roles has come that far: UntilReady or
// UntilEnded. It waits for events of files and processes, and reserves nothing.
// The error is that of ctx or, of a role that is to be ready and is not running,
// a *[NotRunningError].
func Wait(ctx context.Context, h *home.Home, roles []home.Role, until Milestone) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wait sync.WaitGroup
	for _, role := range roles {
		wait.Go(func() {
			err := error(nil)
			if until == UntilEnded {
				err = awaitEnd(ctx, h, role)
			} else {
				err = awaitReady(ctx, h, role.Name)
			}
			if err != nil {
				cancel(err)
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

// awaitEnd waits until no process of the role is left.
func awaitEnd(ctx context.Context, h *home.Home, role home.Role) error {
	for {
		m, err := member(h, role)
		if m == nil || err != nil {
			return err
		}
		for _, holder := range m.holders() {
			if err := awaitProcess(ctx, holder); err != nil {
				return err
			}
		}
	}
}

// forever is longer than anything waits.
const forever = time.Duration(math.MaxInt32) * time.Millisecond

// awaitProcess waits until a process has ended. One that cannot be seen from
// here is looked for now and then.
func awaitProcess(ctx context.Context, holder *home.Holder) error {
	p, err := openProcess(holder.PID)
	if err == nil {
		defer p.close()
	}
	switch {
	case holder.Visible && (err != nil || !holder.Alive()):
		return nil
	case holder.Visible:
		_, err := p.wait(ctx, forever)
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second): // no event can tell
		return nil
	}
}

// awaitReady waits until a role that runs is ready. One that is not running any
// more, and was ready before it came to a good end, counts as well.
func awaitReady(ctx context.Context, h *home.Home, role string) error {
	path, err := h.Path(home.History, role)
	if err != nil {
		return err
	}
	files, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch history of role %q: %w", role, err)
	}
	defer files.Close()
	if err := files.Add(filepath.Dir(path)); err != nil { // before the first look: nothing happens unseen
		return fmt.Errorf("watch history of role %q: %w", role, err)
	}
	for {
		ready, err := isReady(h, role)
		if ready || err != nil {
			return err
		}
		if err := changed(ctx, h, role, files, path); err != nil {
			return err
		}
	}
}

// isReady reports whether the role is ready. The error says that it will not be.
func isReady(h *home.Home, role string) (bool, error) {
	m, err := member(h, home.Role{Name: role})
	if err != nil {
		return false, err
	}
	last, err := history.Of(h, role).Last()
	if err != nil {
		return false, err
	}
	switch {
	case m != nil:
		return m.Holder != nil && last != nil && last.Open() && !last.Ready.IsZero(), nil
	case wellEnded(last):
		return true, nil
	}
	return false, &NotRunningError{role, last}
}

// changed waits for the next event about a role: its history has grown, or a
// process of its has ended.
func changed(ctx context.Context, h *home.Home, role string, files *fsnotify.Watcher, path string) error {
	m, err := member(h, home.Role{Name: role})
	if m == nil || err != nil {
		return err
	}
	watching, cancel := context.WithCancel(ctx)
	ended := make(chan struct{}, 2)
	var wait sync.WaitGroup
	for _, holder := range m.holders() {
		wait.Go(func() {
			if awaitProcess(watching, holder) == nil {
				ended <- struct{}{}
			}
		})
	}
	defer wait.Wait()
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended:
			return nil
		case event := <-files.Events:
			if event.Name == path {
				return nil
			}
		case <-files.Errors: // events were lost: look again
			return nil
		}
	}
}
