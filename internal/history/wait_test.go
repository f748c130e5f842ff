package history

import (
	"context"
	"errors"
	"testing"
	"time"
)

// hang bounds what never takes long.
const hang = 20 * time.Second

func TestWait(t *testing.T) {
	t.Run("for the end that is written", func(t *testing.T) {
		h := newHome(t)
		role := play(t, h, "role")
		role.word(t)
		got := waiting(t, Of(h, "r"), 1)
		_ = role.in.Close()
		if run := got(); run.End.How != Returned {
			t.Errorf("end %+v", run.End)
		}
		role.end(t)
	})
	t.Run("for a process that is killed", func(t *testing.T) {
		h := newHome(t)
		role := play(t, h, "role")
		role.word(t)
		got := waiting(t, Of(h, "r"), 1)
		role.kill(t)
		if run := got(); run.End.How != Vanished {
			t.Errorf("end %+v", run.End)
		}
	})
	t.Run("for the word of the parent", func(t *testing.T) {
		h := newHome(t)
		role := play(t, h, "child")
		role.word(t)
		got := waiting(t, Of(h, "r"), 1)
		role.kill(t)
		ok(t, Of(h, "r").End(1, Ending{How: Signalled, Signal: "killed"}))
		if run := got(); run.End.How != Signalled {
			t.Errorf("end %+v", run.End)
		}
	})
	t.Run("for a keeper that goes without a word", func(t *testing.T) {
		h := newHome(t)
		keeper, role := play(t, h, "keeper"), play(t, h, "role")
		keeper.word(t)
		role.word(t)
		got := waiting(t, Of(h, "r"), 1)
		role.kill(t)
		keeper.kill(t)
		if run := got(); run.End.How != Vanished {
			t.Errorf("end %+v", run.End)
		}
	})
	t.Run("without a watch", func(t *testing.T) {
		h := newHome(t)
		role := play(t, h, "role")
		role.word(t)
		role.end(t)
		f := Of(h, "r")
		must[int](t)(f.Begin(Begin{}))
		done := time.AfterFunc(10*time.Millisecond, func() { _ = f.End(2, Ending{How: Returned}) })
		defer done.Stop()
		ctx, cancel := context.WithTimeout(t.Context(), hang)
		defer cancel()
		if run, err := f.wait(ctx, &folderEvents{}, historyFile(h), 2); err != nil || run.End.How != Returned {
			t.Errorf("%+v, %v", run, err)
		}
	})
	t.Run("never for what has ended", func(t *testing.T) {
		h := newHome(t)
		f := Of(h, "r")
		must[int](t)(f.Begin(Begin{PID: 1 << 30}))
		if run := waiting(t, f, 1)(); run.End.How != Vanished {
			t.Errorf("end %+v", run.End)
		}
	})
	t.Run("for a run that another followed, while its parent lives", func(t *testing.T) {
		h := newHome(t)
		role := play(t, h, "child")
		role.word(t)
		role.kill(t)
		f := Of(h, "r")
		must[int](t)(f.Begin(Begin{}))
		if run := waiting(t, f, 1)(); run.End.How != Vanished {
			t.Errorf("end %+v", run.End)
		}
	})
	t.Run("not longer than asked for", func(t *testing.T) {
		h := newHome(t)
		f := Of(h, "r")
		must[int](t)(f.Begin(Begin{}))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if run, err := f.Wait(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%+v, %v", run, err)
		}
	})
	t.Run("for no run", func(t *testing.T) {
		h := newHome(t)
		f := Of(h, "r")
		if _, err := f.Wait(t.Context(), 1); !errors.Is(err, ErrNoHistory) {
			t.Errorf("never ran: %v", err)
		}
		must[int](t)(f.Begin(Begin{}))
		if _, err := f.Wait(t.Context(), 2); !errors.Is(err, ErrNoHistory) {
			t.Errorf("not yet: %v", err)
		}
	})
}

// waiting waits for a run, and gives what comes of it.
func waiting(t *testing.T, f *File, number int) func() *Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	done := make(chan *Run, 1)
	go func() {
		defer cancel()
		run, err := f.Wait(ctx, number)
		if err != nil {
			t.Error(err)
			run = &Run{End: &Ending{}}
		}
		done <- run
	}()
	return func() *Run { return <-done }
}
