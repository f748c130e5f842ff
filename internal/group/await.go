package group

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"sync"
	"syscall"
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

// outOfSight is how often it is looked for what no event can tell of: a process
// in another pid namespace or on another machine, a file where no watch is left.
const outOfSight = time.Second

// forever is longer than anything waits.
const forever = time.Duration(math.MaxInt32) * time.Millisecond

// awaitProcess waits until a process has ended. One that cannot be seen from
// here is looked for now and then.
func awaitProcess(ctx context.Context, holder *home.Holder) error {
	if !holder.Visible {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(outOfSight):
			return nil
		}
	}
	p, err := openProcess(holder.PID)
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("watch process %d: %w", holder.PID, err)
	}
	defer p.close()
	if !holder.Alive() {
		return nil
	}
	_, err = p.wait(ctx, forever)
	return err
}

// awaitReady waits until a role that runs is ready. One that is not running any
// more, and was ready before it came to a good end, counts as well.
func awaitReady(ctx context.Context, h *home.Home, role string) error {
	path, err := h.Path(home.History, role)
	if err != nil {
		return err
	}
	files := watchFolder(filepath.Dir(path)) // before the first look: nothing happens unseen
	if files != nil {
		defer files.Close()
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

// watchFolder tells of changes in a folder. A user has only so many watches: it
// is nil where none is left.
func watchFolder(folder string) *fsnotify.Watcher {
	files, err := fsnotify.NewWatcher()
	if err != nil {
		return nil
	}
	if err := files.Add(folder); err != nil {
		_ = files.Close() // it watches nothing
		return nil
	}
	return files
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
// process of its has ended. Without files it looks again after a while.
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
	var events <-chan fsnotify.Event
	var lost <-chan error
	var later <-chan time.Time
	if files != nil {
		events, lost = files.Events, files.Errors
	} else {
		later = time.After(outOfSight)
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended:
			return nil
		case event := <-events:
			if event.Name == path {
				return nil
			}
		case err := <-lost:
			_ = err // whatever it is: look again
			return nil
		case <-later:
			return nil
		}
	}
}
