package home

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func init() {
	// reserve ROOT COMMAND: told roles, reserves them; told nothing, gives back
	// what it has.
	parts["reserve"] = func(args []string) error {
		h, err := Open(args[0])
		if err != nil {
			return err
		}
		h.reserveWait = hang
		var r *Reservation
		return converse(func(line string) string {
			if line == "" {
				r.Release()
				return "free"
			}
			if r, err = h.Reserve(context.Background(), args[1], strings.Fields(line)...); err != nil {
				return err.Error()
			}
			return "reserved"
		})
	}
}

// changes lists the files of reservations and keepers.
func changes(t testing.TB, h *Home) []string {
	t.Helper()
	entries, err := os.ReadDir(h.Dir(Locks))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		if isChange(e.Name()) || isKeeper(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

func reserve(t testing.TB, h *Home, roles ...string) *Reservation {
	t.Helper()
	r, err := h.Reserve(t.Context(), "test", roles...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Release() })
	return r
}

func TestReserveNamesWhoHasTheRole(t *testing.T) {
	h := newTestHome(t, nil, "a-0", "a-1", "a-2")
	p := startPeer(t, "reserve", h.Root(), "start")
	if got := p.ask("a-1"); got != "reserved" {
		t.Fatal(got)
	}
	h.reserveWait = 10 * time.Millisecond
	_, err := h.Reserve(t.Context(), "stop", "a-2", "a-1", "a-0")
	wantError(t, err, ErrBusy,
		fmt.Sprintf(`role "a-1" is being changed by process %d (start): try again when it has ended`, p.cmd.Process.Pid), h.Root())
	reserve(t, h, "a-0", "a-2") // those were given back

	p.kill()
	reserve(t, h, "a-1")
}

func TestReserveWaitsForItsTurn(t *testing.T) {
	h := newTestHome(t, nil, "a-0", "a-1")
	first := reserve(t, h, "a-0", "a-1")
	got := make(chan string)
	go func() {
		r, err := h.Reserve(context.Background(), "second", "a-1")
		if err != nil {
			got <- err.Error()
			return
		}
		got <- "reserved"
		r.Release()
	}()
	first.Release("a-0")
	select {
	case s := <-got:
		t.Fatalf("a-1 is held, and the second says %s", s)
	case <-time.After(20 * time.Millisecond):
	}
	first.Release("a-1")
	if s := <-got; s != "reserved" {
		t.Error(s)
	}
}

func TestReserveEndsWithItsContext(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	held := reserve(t, h, "a-0")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := h.Reserve(ctx, "second", "a-0"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	held.Release()
}

func TestReserveRefusesWhatIsNoRole(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	_, err := h.Reserve(t.Context(), "start", "a-0", "b-0")
	wantError(t, err, ErrNoRole, `role "b-0" (%) does not exist`, h.Root())
	_, err = h.Reserve(t.Context(), "start", "a-0.child")
	wantError(t, err, ErrUsage, `role name "a-0.child" has a dot: dots are for sub-roles`, h.Root())
	if diff := cmp.Diff([]string{"a-0.change"}, changes(t, h)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if err := os.RemoveAll(h.Root()); err != nil {
		t.Fatal(err)
	}
	_, err = h.Reserve(t.Context(), "start", "a-0")
	wantError(t, err, ErrNotHome, `home at "%" does not exist or is incomplete`, h.Root())
}

// Whoever waits for a role that goes hears that it went, and leaves no file.
func TestReserveOfARoleThatIsDeleted(t *testing.T) {
	h := newTestHome(t, nil, "a-0", "a-1")
	r := reserve(t, h, "a-0")
	p := startPeer(t, "reserve", h.Root(), "update")
	p.tell("a-0 a-1")
	if err := h.Delete("a-0"); err != nil {
		t.Fatal(err)
	}
	r.Release()
	if got, want := p.hear(), fmt.Sprintf("role %q (%s) does not exist", "a-0", h.Root()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{}, slices.DeleteFunc(changes(t, h), func(n string) bool { return n == "a-1.change" })); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestDeleteAndDestroyHeedReservations(t *testing.T) {
	remove := map[string]func(h *Home) error{
		"delete":  func(h *Home) error { return h.Delete("a-0") },
		"destroy": func(h *Home) error { return Destroy(h.Root()) },
	}
	for name, remove := range remove {
		t.Run(name, func(t *testing.T) {
			h := newTestHome(t, nil, "a-0", "a-1")
			p := startPeer(t, "reserve", h.Root(), "deploy")
			p.ask("a-0")
			wantError(t, remove(h), ErrBusy,
				fmt.Sprintf(`role "a-0" is being changed by process %d (deploy): try again when it has ended`, p.cmd.Process.Pid), h.Root())
			p.ask("")
			write(t, filepath.Join(h.Dir(Locks), "a-0.keeper"), "")
			keeper, err := h.Acquire("a-1.keeper")
			if err != nil {
				t.Fatal(err)
			}
			if name == "destroy" {
				wantError(t, remove(h), ErrLocked,
					fmt.Sprintf("currently running - keeper of a-1 (%d): stop them first", os.Getpid()), h.Root())
			}
			keeper.Release()
			mine := reserve(t, h, "a-0", "a-1")
			if err := remove(h); err != nil {
				t.Fatal(err)
			}
			mine.Release()
			want := []string{"a-1.change", "a-1.keeper"}
			if name == "destroy" {
				if _, err := os.Lstat(h.Root()); !absent(err) {
					t.Errorf("the home is still there: %v", err)
				}
				return
			}
			if diff := cmp.Diff(want, changes(t, h)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// Any number of commands reserve overlapping roles: one at a time has each, and
// all get their turn.
func TestHammerReservations(t *testing.T) {
	const commands, rounds = 8, 12
	names := []string{"a-0", "a-1", "a-2", "a-3", "a-4"}
	h := newTestHome(t, nil, names...)
	h.reserveWait = hang
	var holders [5]atomic.Int32
	var wait sync.WaitGroup
	for c := range commands {
		wait.Go(func() {
			for n := range rounds {
				var roles []string
				var taken []int
				for i := range names {
					if k := (c*7 + n*3 + i*5) % len(names); (c+n+k)%2 == 0 && !slices.Contains(taken, k) {
						taken = append(taken, k)
						roles = append(roles, names[k])
					}
				}
				r, err := h.Reserve(context.Background(), "hammer", roles...)
				if err != nil {
					t.Error(err)
					return
				}
				for _, k := range taken {
					if others := holders[k].Add(1); others != 1 {
						t.Errorf("%d commands have %s", others, names[k])
					}
				}
				for _, k := range taken {
					holders[k].Add(-1)
				}
				r.Release()
			}
		})
	}
	wait.Wait()
}
