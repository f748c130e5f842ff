package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path/filepath"
	"syscall"

	"github.com/fsnotify/fsnotify"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Follow returns the events of the run in a folder from that sequence number on (0 is
// the same as 1), those that are there and then the others as they come. None is
// missed and none comes twice, so whoever got event n goes on with n+1. It ends with
// the end of the run, when its scheduler has died or closed the journal, or when ctx is
// done. The folder must be there; the journal is waited for.
//
// The last item is a nil event with an error if the file cannot be read or watched, or a
// [*DamageError].
func Follow(ctx context.Context, folder string, from uint64) iter.Seq2[*schedulepb.Event, error] {
	return func(yield func(*schedulepb.Event, error) bool) {
		f := &follower{folder: folder, from: from, yield: yield}
		defer f.close()
		if err := f.follow(ctx); err != nil && ctx.Err() == nil && !f.stopped {
			yield(nil, err)
		}
	}
}

type follower struct {
	*reader
	folder  string
	from    uint64
	yield   func(*schedulepb.Event, error) bool
	stopped bool // by the caller, or by the end of the run
	watcher *fsnotify.Watcher
	process *process // that writes; nil if it cannot be watched
	ended   chan struct{}
}

func (f *follower) close() {
	if f.reader != nil {
		f.reader.close()
	}
	if f.watcher != nil {
		_ = f.watcher.Close() // it watches nothing any more
	}
	f.release()
}

func (f *follower) follow(ctx context.Context) error {
	if err := f.open(ctx); err != nil || f.reader == nil {
		return err
	}
	for ctx.Err() == nil {
		pid, alive := writer(f.file) // before the look at what it has written: a dead one writes no more
		if err := f.drain(ctx); err != nil || f.stopped || !alive {
			return err
		}
		if err := f.watchProcess(pid); err != nil {
			return err
		}
		if now, alive := writer(f.file); !alive || now != pid {
			continue // it died before it was watched
		}
		if err := f.await(ctx); err != nil {
			return err
		}
	}
	return nil
}

// open waits for the journal and opens it. From then on its changes are told.
func (f *follower) open(ctx context.Context) (err error) {
	if f.watcher, err = fsnotify.NewBufferedWatcher(16); err != nil {
		return watchError(f.folder, err)
	}
	if err := f.watcher.Add(f.folder); err != nil {
		return watchError(f.folder, err)
	}
	for ctx.Err() == nil {
		reader, err := openReader(f.folder)
		if errors.Is(err, fs.ErrNotExist) {
			if err := f.await(ctx); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		f.reader = reader
		path := filepath.Join(f.folder, File)
		if err := errors.Join(f.watcher.Add(path), f.watcher.Remove(f.folder)); err != nil {
			return watchError(f.folder, err)
		}
		return nil
	}
	return nil
}

// drain yields all that is there.
func (f *follower) drain(ctx context.Context) error {
	for ctx.Err() == nil {
		e, err := f.next(f.from)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !f.yield(e, nil) || e.GetRunFinished() != nil {
			f.stopped = true
			return nil
		}
	}
	return nil
}

// await returns when something may have changed.
func (f *follower) await(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-f.ended:
		f.release()
		return nil
	case <-f.watcher.Events:
		return nil
	case err := <-f.watcher.Errors:
		if errors.Is(err, fsnotify.ErrEventOverflow) {
			return nil
		}
		return watchError(f.folder, err)
	}
}

// watchProcess has the end of the process told, if it is not yet.
func (f *follower) watchProcess(pid int) error {
	if f.process != nil && f.process.pid == pid || pid <= 0 {
		return nil
	}
	f.release()
	p, err := openProcess(pid)
	if errors.Is(err, syscall.ESRCH) {
		return nil // it has died just now, or it lives where it cannot be seen
	}
	if err != nil {
		return fmt.Errorf("watch process %d: %w", pid, err)
	}
	f.process, f.ended = p, make(chan struct{})
	go func(ended chan struct{}) {
		defer close(ended)
		p.wait()
	}(f.ended)
	return nil
}

// release ends the watch of the process, and waits for its goroutine.
func (f *follower) release() {
	if f.process != nil {
		f.process.cancel()
		<-f.ended
		f.process.close()
		f.process, f.ended = nil, nil
	}
}

// watchError says what could not be watched, and what helps.
func watchError(path string, err error) error {
	limit := ""
	switch {
	case errors.Is(err, syscall.EMFILE):
		limit = "max_user_instances"
	case errors.Is(err, syscall.ENOSPC):
		limit = "max_user_watches"
	default:
		return fmt.Errorf("follow journal %s: %w", path, err)
	}
	return fmt.Errorf("follow journal %s: %w (raise fs.inotify.%s with sysctl)", path, err, limit)
}
