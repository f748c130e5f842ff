package history

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/ansar-go/ansar/internal/home"
)

// outOfSight is how often a process is looked for that no event can tell of,
// because it is in another pid namespace or on another machine.
const outOfSight = time.Second

// Wait returns run number when it has ended, as soon as the file says so, or the
// processes are gone that could: it settles the run as [File.Settle] does. It
// never waits for the dead. The error is that of ctx, or matches [ErrNoHistory]
// if there is no such run.
func (f *File) Wait(ctx context.Context, number int) (*Run, error) {
	path, err := f.path()
	if err != nil {
		return nil, err
	}
	files, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch history of role %q: %w", f.role, err)
	}
	defer files.Close()
	if err := files.Add(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("watch history of role %q: %w", f.role, err)
	}
	for {
		run, err := f.once(ctx, files, path, number)
		if run != nil || err != nil {
			return run, err
		}
	}
}

// once looks at the run, and if it goes on waits for the next event. First it
// begins to watch, then it looks: nothing happens unseen.
func (f *File) once(ctx context.Context, files *fsnotify.Watcher, path string, number int) (*Run, error) {
	run, last, err := f.find(number)
	if err != nil {
		return nil, err
	}
	if run == nil {
		return nil, fmt.Errorf("role %q (%s) has %w of run %d", f.role, f.home.Root(), ErrNoHistory, number)
	}
	if !run.Open() {
		return run, nil
	}
	gone, stop := f.watch(run)
	defer stop()
	if last {
		run, err = f.Settle()
	} else {
		run, _, err = f.find(number)
	}
	if err != nil || run != nil && run.Number == number && !run.Open() {
		return run, err
	}
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-gone:
			return nil, nil
		case event := <-files.Events:
			if event.Name == path {
				return nil, nil
			}
		case err := <-files.Errors: // events were lost: look again
			if err != nil {
				return nil, nil
			}
		}
	}
}

// watch tells when one of the processes is gone that the end of the run depends
// on. stop ends the watch, and waits until it has ended.
func (f *File) watch(r *Run) (gone <-chan struct{}, stop func()) {
	w := newWatch()
	process := r.process
	holder, _ := f.home.Holder(f.role)
	if holder != nil && holder.PID != process.PID { // a runner
		process = home.Identify(holder.PID)
	}
	switch {
	case holder != nil && !holder.Visible:
		w.after(outOfSight)
	case process.Alive():
		w.add(process)
	}
	if keeper, _ := f.home.Holder(strings.TrimSuffix(f.role, keeperSuffix) + keeperSuffix); keeper != nil {
		if keeper.Visible {
			w.add(home.Identify(keeper.PID))
		} else {
			w.after(outOfSight)
		}
	}
	if r.parent.Alive() {
		w.add(r.parent)
	}
	return w.gone, w.stop
}
