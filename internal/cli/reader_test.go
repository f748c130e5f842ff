package cli

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

// What is written for a reader that has gone is written no more, before there is
// anything to write.
func TestUnread(t *testing.T) {
	pipe := func() (r, w *os.File) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = r.Close(), w.Close() }) // some are closed before
		return r, w
	}
	t.Run("the reader goes", func(t *testing.T) {
		r, w := pipe()
		ctx, release := whileRead(t.Context(), w)
		defer release()
		if err := ctx.Err(); err != nil {
			t.Fatalf("it is read, and there is %v", err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Minute):
			t.Fatal("nobody has noticed")
		}
		if err := context.Cause(ctx); !errors.Is(err, errUnread) {
			t.Errorf("it ends with %v", err)
		}
	})
	t.Run("the reader stays", func(t *testing.T) {
		_, w := pipe()
		ctx, release := whileRead(t.Context(), w)
		release()
		if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("it ends with %v", err)
		}
	})
	t.Run("a file needs no reader", func(t *testing.T) {
		file, err := os.Create(t.TempDir() + "/out")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		above, cancel := context.WithCancel(t.Context())
		ctx, release := whileRead(above, file)
		defer release()
		cancel()
		<-ctx.Done()
		if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("it ends with %v", err)
		}
	})
}
