package history

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// outOfSight is how often it is looked for what no event can tell of: a process in
// another pid namespace or on another machine, a file where no watch is left.
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
	files := watchFolder(filepath.Dir(path))
	defer files.close()
	return f.wait(ctx, files, path, number)
}

func (f *File) wait(ctx context.Context, files *folderEvents, path string, number int) (*Run, error) {
	for {
		run, err := f.once(ctx, files, path, number)
		if run != nil || err != nil {
			return run, err
		}
	}
}

// once looks at the run, and if it goes on waits for the next event. First it
// begins to watch, then it looks: nothing happens unseen.
func (f *File) once(ctx context.Context, files *folderEvents, path string, number int) (*Run, error) {
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
	concerned := f.concerned(run)
	watch := concerned.watch()
	defer watch.stop()
	if files.watcher == nil {
		watch.after(outOfSight)
	}
	if last {
		run, err = f.Settle()
	} else {
		run, _, err = f.find(number)
	}
	if err != nil || run != nil && run.Number == number && !run.Open() {
		return run, err
	}
	if run == nil || run.Number != number || f.concerned(run) != concerned {
		return nil, nil // things have changed meanwhile
	}
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-watch.gone:
			return nil, nil
		case event := <-files.events:
			if event.Name == path {
				return nil, nil
			}
		case err := <-files.errors: // events were lost: look again
			if err != nil {
				return nil, nil
			}
		}
	}
}

// concerned are the processes that the end of a run depends on. One that is out
// of sight has no id that means anything here.
type concerned struct {
	process, holder, keeper, parent home.Process
	outOfSight                      bool
}

func (f *File) concerned(r *Run) concerned {
	c := concerned{process: r.process, parent: r.parent}
	see := func(lock string) home.Process {
		holder, err := f.home.Holder(lock)
		switch {
		case holder == nil && err == nil:
			return home.Process{}
		case err != nil || !holder.Visible:
			c.outOfSight = true
			return home.Process{}
		}
		return home.Identify(holder.PID)
	}
	c.holder, c.keeper = see(f.role), see(f.role+keeperSuffix)
	return c
}

// watch tells when one of the processes has ended that has not yet.
func (c *concerned) watch() *watch {
	w := newWatch()
	added := map[int]bool{}
	for _, p := range []home.Process{c.process, c.holder, c.keeper, c.parent} {
		if p.Here() && !added[p.PID] {
			added[p.PID] = true
			w.add(p)
		}
	}
	if c.outOfSight {
		w.after(outOfSight)
	}
	return w
}
