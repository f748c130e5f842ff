package home

import (
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
	// edit ROOT NAME: told a number n, adds n roles of its own one by one,
	// deletes every second, and keeps trying for one that all want.
	parts["edit"] = func(args []string) error {
		h, err := Open(args[0])
		if err != nil {
			return err
		}
		h.wait = hang
		return converse(func(count string) string {
			won := 0
			for i := range len(count) {
				name := fmt.Sprintf("%s-%d", args[1], i)
				if err := h.Add(newRoles(name)...); err != nil {
					return err.Error()
				}
				if err := h.SetProperty("note", plainJSON(name), name); err != nil {
					return err.Error()
				}
				if i%2 == 1 {
					if err := h.Delete(name); err != nil {
						return err.Error()
					}
				}
				switch err := h.Add(newRoles(fmt.Sprintf("all-%d", i))...); {
				case err == nil:
					won++
				case !errors.Is(err, ErrCollision):
					return err.Error()
				}
			}
			return fmt.Sprint(won)
		})
	}

	// hold ROOT: told anything, takes home.lock until told again.
	parts["hold"] = func(args []string) error {
		var lock *homeLock
		return converse(func(string) string {
			if lock != nil {
				lock.unlock()
				lock = nil
				return "free"
			}
			var err error
			if lock, err = lockHome(args[0], hang, false); err != nil {
				return err.Error()
			}
			return "held"
		})
	}
}

// Many commands change one home at once, and no change is lost.
func TestHammerNoLostUpdate(t *testing.T) {
	const editors, rounds = 12, 6
	h := newTestHome(t, nil)
	var peers []*peer
	for i := range editors {
		peers = append(peers, startPeer(t, "edit", h.Root(), fmt.Sprintf("e%d", i)))
	}
	for _, p := range peers {
		p.tell(strings.Repeat("x", rounds))
	}
	shared := 0
	for _, p := range peers {
		var won int
		if answer := p.hear(); !scan(answer, &won) {
			t.Fatalf("an editor says %s", answer)
		}
		shared += won
	}
	if shared != rounds {
		t.Errorf("the %d roles that all wanted were added %d times", rounds, shared)
	}
	var want []string
	for i := range rounds {
		want = append(want, fmt.Sprintf("all-%d", i))
		for e := range editors {
			if i%2 == 0 {
				want = append(want, fmt.Sprintf("e%d-%d", e, i))
			}
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, roleNames(t, h)); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	for _, name := range want {
		note, err := h.Property("note", name)
		if ours := !strings.HasPrefix(name, "all"); ours && string(note) != `"`+name+`"` {
			t.Errorf("note of %s is %s, %v", name, note, err)
		}
	}
	if got := leftovers(t, h); len(got) != 0 {
		t.Errorf("temporary files: %q", got)
	}
}

func scan(text string, number *int) bool {
	_, err := fmt.Sscanf(text, "%d", number)
	return err == nil
}

// Of forty processes that start one role at once, exactly one does.
func TestHammerOneWins(t *testing.T) {
	const starters, rounds = 40, 25
	h := newTestHome(t, nil, "a-0")
	peers := map[int]*peer{}
	for range starters {
		p := startPeer(t, "lock", h.Root())
		peers[p.cmd.Process.Pid] = p
	}
	for round := range rounds {
		for _, p := range peers {
			p.tell("acquire a-0")
		}
		winner := 0
		answers := map[string]int{}
		for pid, p := range peers {
			answer := p.hear()
			if answers[answer]++; answer == "won" {
				winner = pid
			}
		}
		if diff := cmp.Diff(map[string]int{"won": 1, "lost": starters - 1}, answers); diff != "" {
			t.Fatalf("round %d (-want +got):\n%s", round, diff)
		}
		if holder := holderOf(t, h, "a-0"); holder == nil || holder.PID != winner || !holder.Visible {
			t.Fatalf("round %d: holder is %+v, want %d", round, holder, winner)
		}
		if round%5 == 4 { // a crash frees it as well as a release
			peers[winner].kill()
			p := startPeer(t, "lock", h.Root())
			delete(peers, winner)
			peers[p.cmd.Process.Pid] = p
		} else if got := peers[winner].ask("release a-0"); got != "released" {
			t.Fatal(got)
		}
	}
}

// However often somebody asks who runs, a start finds the lock free.
func TestHammerProbesNeverMakeAStartFail(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	starter := startPeer(t, "lock", h.Root())
	stop := make(chan struct{})
	var probers sync.WaitGroup
	for range 2 {
		probers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if holder, err := h.Holder("a-0"); err != nil || holder != nil && holder.PID != starter.cmd.Process.Pid {
					t.Errorf("holder is %+v, %v", holder, err)
					return
				}
			}
		})
	}
	for i := range 300 {
		if got := starter.ask("acquire a-0"); got != "won" {
			t.Errorf("start %d %s", i, got)
			break
		}
		starter.ask("release a-0")
	}
	close(stop)
	probers.Wait()
}

// A role that was acquired exists until it is released, whoever deletes and adds
// it meanwhile.
func TestHammerDeleteAgainstStart(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	var started, running atomic.Int64
	deleted := 0
	var all sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				lock, err := h.Acquire("a-0")
				if errors.Is(err, ErrLocked) || errors.Is(err, ErrNoRole) {
					continue
				}
				if err != nil {
					t.Errorf("start: %v", err)
					return
				}
				started.Add(1)
				if n := running.Add(1); n != 1 {
					t.Errorf("%d run at once", n)
				}
				_, lost := h.Role("a-0")
				_, folder := h.Folder(Model, "a-0")
				if err := errors.Join(lost, folder); err != nil {
					t.Errorf("while it runs: %v", err)
				}
				running.Add(-1)
				lock.Release()
			}
		})
	}
	began := time.Now()
	for deleted < 10 || started.Load() < 10 {
		if time.Since(began) > hang {
			t.Fatalf("%d starts and %d deletes hang", started.Load(), deleted)
		}
		switch err := h.Delete("a-0"); {
		case err == nil:
			deleted++
			addRoles(t, h, "a-0")
		case !errors.Is(err, ErrLocked):
			t.Fatal(err)
		}
	}
	close(done)
	all.Wait()
}

func TestBusyHomeNamesTheProcess(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	h.wait = 50 * time.Millisecond
	p := startPeer(t, "hold", h.Root())
	if got := p.ask("take"); got != "held" {
		t.Fatal(got)
	}
	const busy = `home at "%" is being changed by process PID (waited 50ms): try again when it has ended`
	wantError(t, h.Add(newRoles("b-0")...), ErrBusy, strings.ReplaceAll(busy, "PID", itoa(p.cmd.Process.Pid)), h.Root())
	if got := roleNames(t, h); len(got) != 1 {
		t.Errorf("roles are %q: readers need no lock", got)
	}
	if got := p.ask("give back"); got != "free" {
		t.Fatal(got)
	}
	h.wait = hang
	if err := h.Add(newRoles("b-0")...); err != nil {
		t.Error(err)
	}

	// One that is killed while it holds the lock leaves the home free.
	if got := p.ask("take"); got != "held" {
		t.Fatal(got)
	}
	p.kill()
	if err := h.Add(newRoles("c-0")...); err != nil {
		t.Error(err)
	}
}

// Who waits for a home that is destroyed meanwhile is told, and makes no new
// file there.
func TestWaitForAHomeThatIsDestroyed(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	lock, err := lockHome(h.Root(), hang, false)
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error)
	for range 4 {
		go func() { waiting <- h.Store(Settings, "a-0", []byte("{}")) }()
	}
	write(t, filepath.Join(h.Root(), "letters.txt"), "precious") // so the folder stays
	remove(t, filepath.Join(h.Root(), "home.json"))
	remove(t, filepath.Join(h.Root(), "home.lock"))
	lock.unlock()
	for range 4 {
		wantError(t, <-waiting, ErrNotHome, `home at "%" does not exist or is incomplete`, h.Root())
	}
	if _, err := os.Lstat(filepath.Join(h.Root(), "home.lock")); !absent(err) {
		t.Errorf("a lock file is back: %v", err)
	}
}
