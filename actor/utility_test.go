package actor

import (
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/lifecycle"
)

func TestUtility(t *testing.T) {
	ctx := context.Background()
	t.Run("gives what the program wrote", func(t *testing.T) {
		out, err := Utility("echo", "one", 2, Flag{Name: "n", Value: 3.5}).Output(ctx)
		if err != nil || string(out) != "one 2 -n=3.5\n" {
			t.Fatalf("output %q, %v", out, err)
		}
	})
	t.Run("feeds standard input", func(t *testing.T) {
		c := Utility("wc", "-c")
		c.Stdin = strings.NewReader(strings.Repeat("x", 300_000))
		out, err := c.Output(ctx)
		if err != nil || strings.TrimSpace(string(out)) != "300000" {
			t.Fatalf("output %q, %v", out, err)
		}
	})
	t.Run("a program that does not read leaves nobody waiting", func(t *testing.T) {
		c := Utility("true")
		endless, feeder := io.Pipe()
		defer feeder.Close()
		c.Stdin = endless
		if err := c.Run(ctx); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("a status is a fault with the last lines", func(t *testing.T) {
		err := Utility("sh", "-c", "echo no such thing >&2; exit 7").Run(ctx)
		var fault *lifecycle.Faulted
		if !errors.As(err, &fault) || fault.GetCause() != lifecycle.Faulted_CAUSE_EXIT_STATUS || fault.GetExitStatus() != 7 {
			t.Fatalf("%v", err)
		}
		if want := "sh: ended with exit status 7; its last line was: no such thing"; err.Error() != want {
			t.Errorf("text\n got %s\nwant %s", err, want)
		}
	})
	t.Run("a signal is an abort", func(t *testing.T) {
		err := Utility("sh", "-c", "kill -9 $$").Run(ctx)
		var aborted *lifecycle.Aborted
		if !errors.As(err, &aborted) || syscall.Signal(aborted.GetSignal()) != syscall.SIGKILL {
			t.Fatalf("%v", err)
		}
	})
	t.Run("a missing program says where it was looked for", func(t *testing.T) {
		err := Utility("no-such-program").Run(ctx)
		if !errors.Is(err, &lifecycle.Faulted{Cause: lifecycle.Faulted_CAUSE_NOT_FOUND}) {
			t.Fatalf("%v", err)
		}
	})
	t.Run("a time-out ends it", func(t *testing.T) {
		err := Utility("sleep", "60").Run(ctx, Timeout(50*time.Millisecond))
		if !errors.Is(err, lifecycle.ErrTimedOut) {
			t.Fatalf("%v", err)
		}
	})
	t.Run("one that ignores SIGTERM is killed with its group", func(t *testing.T) {
		begun := time.Now()
		err := Utility("sh", "-c", "trap '' TERM; sleep 60 & wait; sleep 60").Run(ctx, Timeout(100*time.Millisecond), Grace(400*time.Millisecond))
		if !errors.Is(err, lifecycle.ErrTimedOut) || time.Since(begun) > 20*time.Second {
			t.Fatalf("%v after %v", err, time.Since(begun))
		}
	})
}

func TestFlag(t *testing.T) {
	tests := []struct {
		name string
		arg  any
		want []string
	}{
		{"one letter has one dash", Flag{Name: "n", Value: 3}, []string{"-n=3"}},
		{"a word has two", Flag{Name: "depth", Value: true}, []string{"--depth=true"}},
		{"nil is a bare flag", Flag{Name: "force"}, []string{"--force"}},
		{"a space makes two arguments", Flag{Name: "m", Value: "text", Separator: " "}, []string{"-m", "text"}},
		{"another separator stands between", Flag{Name: "D", Value: "x", Separator: ":"}, []string{"-D:x"}},
		{"a list has commas", Flag{Name: "tags", Value: []string{"a", "b"}}, []string{"--tags=a,b"}},
		{"a time is RFC 3339", time.Unix(0, 0).UTC(), []string{"1970-01-01T00:00:00Z"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, rendered(tt.arg)); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
		})
	}
}
