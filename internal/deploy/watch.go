package deploy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quiet is how long nothing may have changed before a change counts as
	// complete, and patience how long that is waited for.
	quiet    = 200 * time.Millisecond
	patience = 3 * time.Second
)

// ErrLoop is wrapped by the error of [Watch] when deployments change what they
// are made from.
var ErrLoop = errors.New("the deployment changes its own source")

// Watch calls deploy at once, and then each time something in the folders has
// changed and nothing has for a fifth of a second, until ctx ends: then it
// returns nil. Folders may come and go; what symbolic links lead to is watched
// too. Deploy reports whether it has changed anything.
//
// What cannot be watched is an error, and so is a loop, which matches [ErrLoop].
func Watch(ctx context.Context, folders []string, deploy func() bool) error {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return watchError("", err)
	}
	w := &watch{events: events, folders: folders, links: map[string]bool{}, seen: make(chan []string, 1)}
	ended := make(chan error, 1)
	for _, folder := range folders {
		if err := w.root(folder); err != nil {
			events.Close()
			return err
		}
	}
	go func() { ended <- w.collect() }() // ends when the watcher is closed
	err = w.run(ctx, deploy, ended)
	events.Close()
	if err == nil {
		late := <-ended
		_ = late // it came after the order to end
	}
	return err
}

// watch is one Watch.
type watch struct {
	events  *fsnotify.Watcher
	folders []string
	links   map[string]bool // files that links lead to; used by one goroutine at a time

	// seen has the paths that have changed since they were last taken. It holds
	// one item: who adds takes it out first.
	seen chan []string
}

// root watches a folder, and the one above it, which sees it come and go.
func (w *watch) root(folder string) error {
	if err := w.events.Add(filepath.Dir(folder)); err != nil {
		return watchError(filepath.Dir(folder), err)
	}
	return w.tree(folder)
}

// tree watches a folder and those in it. What is not there is seen when it comes.
func (w *watch) tree(folder string) error {
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return watchError(path, err)
		case d.Type() == fs.ModeSymlink:
			return w.link(path)
		case !d.IsDir():
			return nil
		}
		if err := w.events.Add(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return watchError(path, err)
		}
		return nil
	})
}

// link watches what a link leads to.
func (w *watch) link(path string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil || w.links[real] || slices.ContainsFunc(w.folders, func(f string) bool { return within(realPath(f), real) }) {
		return nil // nowhere, or somewhere that is watched
	}
	w.links[real] = true
	if isFolder(real) {
		return w.tree(real)
	}
	if err := w.events.Add(filepath.Dir(real)); err != nil {
		return watchError(filepath.Dir(real), err)
	}
	return nil
}

// collect gathers events, so that the kernel never has too many of them.
func (w *watch) collect() error {
	for {
		select {
		case event, ok := <-w.events.Events:
			if !ok {
				return nil
			}
			if !w.concerns(event) {
				continue
			}
			if event.Has(fsnotify.Create) {
				if err := w.appeared(event.Name); err != nil {
					return err
				}
			}
			w.add(event.Name)
		case err, ok := <-w.events.Errors:
			switch {
			case !ok:
				return nil
			case errors.Is(err, fsnotify.ErrEventOverflow):
				for _, folder := range w.folders {
					if err := w.tree(folder); err != nil {
						return err
					}
					w.add(folder)
				}
			default:
				return watchError("", err)
			}
		}
	}
}

// concerns reports whether an event is about something in the folders. That a
// file was read, or only looked at, is no event; left-overs of ours are none.
func (w *watch) concerns(event fsnotify.Event) bool {
	for _, folder := range w.folders {
		if within(folder, event.Name) {
			return true
		}
	}
	for link := range w.links {
		if within(link, event.Name) {
			return true
		}
	}
	return false
}

func (w *watch) appeared(path string) error {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().IsRegular() {
		return nil
	}
	return w.tree(path)
}

func (w *watch) add(path string) {
	var paths []string
	select {
	case paths = <-w.seen:
	default:
	}
	if !slices.Contains(paths, path) {
		paths = append(paths, path)
	}
	w.seen <- paths
}

// run deploys until ctx ends.
func (w *watch) run(ctx context.Context, deploy func() bool, ended <-chan error) error {
	guard := &loopGuard{}
	var paths []string
	for {
		deployed := deploy()
		if ctx.Err() != nil {
			return nil
		}
		finished := time.Now()
		var err error
		if paths, err = w.next(ctx, ended); err != nil || paths == nil {
			return err
		}
		if path := guard.see(paths, deployed, time.Since(finished)); path != "" {
			return fmt.Errorf("%w: %q changed after each of the last %d deployments, have the roles write elsewhere", ErrLoop, path, loopLimit)
		}
	}
}

// next waits for a change that is complete, and returns the paths; none if ctx
// has ended.
func (w *watch) next(ctx context.Context, ended <-chan error) ([]string, error) {
	var paths []string
	var settled, enough <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return nil, nil
		case err := <-ended:
			return nil, err
		case more := <-w.seen:
			paths = append(paths, more...)
			settled = time.After(quiet)
			if enough == nil {
				enough = time.After(patience)
			}
		case <-settled:
			return paths, nil
		case <-enough:
			return paths, nil
		}
	}
}

// loopLimit is how many deployments in a row may be followed by a change of the
// same path, and loopWindow how soon.
const (
	loopLimit  = 5
	loopWindow = time.Second
)

// loopGuard sees deployments that change what they are made from.
type loopGuard struct{ counts map[string]int }

// see is told what changed after a deployment, whether that has done anything,
// and how soon the change was complete. It returns a path that keeps changing, or
// nothing.
func (g *loopGuard) see(paths []string, deployed bool, after time.Duration) string {
	counts := map[string]int{}
	for _, path := range paths {
		if deployed && after < loopWindow+quiet {
			counts[path] = g.counts[path] + 1
		}
		if counts[path] >= loopLimit {
			return path
		}
	}
	g.counts = counts
	return ""
}

// watchError says what helps.
func watchError(path string, err error) error {
	text := "watch"
	if path != "" {
		text += fmt.Sprintf(" %q", path)
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%s: %w (raise fs.inotify.max_user_watches with sysctl)", text, err)
	case errors.Is(err, syscall.EMFILE):
		return fmt.Errorf("%s: %w (raise fs.inotify.max_user_instances with sysctl)", text, err)
	}
	return fmt.Errorf("%s: %w", text, err)
}
