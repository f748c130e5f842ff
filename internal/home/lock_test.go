package home

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func itoa(n int) string { return strconv.Itoa(n) }

func init() {
	// lock: "acquire ROLE" and "release ROLE", each answered by one word.
	parts["lock"] = func(args []string) error {
		h, err := Open(args[0])
		if err != nil {
			return err
		}
		held := map[string]*Lock{}
		return converse(func(line string) string {
			verb, role, _ := strings.Cut(line, " ")
			if verb == "release" {
				if held[role] != nil {
					held[role].Release()
					delete(held, role)
				}
				return "released"
			}
			lock, err := h.Acquire(role)
			switch {
			case err == nil:
				held[role] = lock
				return "won"
			case errors.Is(err, ErrLocked):
				return "lost"
			}
			return err.Error()
		})
	}
}

func TestAcquire(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	p := startPeer(t, "lock", h.Root())
	began := time.Now().Add(-time.Millisecond)
	if got := p.ask("acquire a-0"); got != "won" {
		t.Fatal(got)
	}
	pid := p.cmd.Process.Pid
	_, err := h.Acquire("a-0")
	wantError(t, err, ErrLocked, `role "a-0" is already running as `+itoa(pid)+`: stop it first`, h.Root())
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Holder.PID != pid {
		t.Errorf("the error names %+v, want pid %d", locked, pid)
	}
	holder := holderOf(t, h, "a-0")
	if holder == nil || holder.PID != pid || !holder.Visible || !holder.Alive() || holder.Since.Before(began) || holder.Since.After(time.Now()) {
		t.Errorf("holder is %+v, want pid %d", holder, pid)
	}
	if got := p.ask("release a-0"); got != "released" {
		t.Fatal(got)
	}
	if got := holderOf(t, h, "a-0"); got != nil {
		t.Errorf("after release, holder is %+v", got)
	}
	if !holder.Alive() {
		t.Error("a process that gave its lock back is still alive")
	}
	lock, err := h.Acquire("a-0")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if got := p.ask("acquire a-0"); got != "lost" {
		t.Errorf("second start %s", got)
	}
	if got := holderOf(t, h, "a-0"); got == nil || got.PID != os.Getpid() {
		t.Errorf("holder is %+v, want this process", got)
	}
}

func holderOf(t *testing.T, h *Home, role string) *Holder {
	t.Helper()
	holder, err := h.Holder(role)
	if err != nil {
		t.Fatal(err)
	}
	return holder
}

func TestLockOfACrashedHolderIsFree(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	p := startPeer(t, "lock", h.Root())
	if got := p.ask("acquire a-0"); got != "won" {
		t.Fatal(got)
	}
	holder := holderOf(t, h, "a-0")
	p.kill()
	if text, err := os.ReadFile(filepath.Join(h.Dir(Locks), "a-0")); err != nil || !strings.Contains(string(text), `"pid":`+itoa(holder.PID)) {
		t.Errorf("lock file says %q, %v", text, err)
	}
	if got := holderOf(t, h, "a-0"); got != nil {
		t.Errorf("holder is %+v, want none", got)
	}
	if holder.Alive() {
		t.Error("a killed process is alive")
	}
	lock, err := h.Acquire("a-0")
	if err != nil {
		t.Fatal(err)
	}
	lock.Release()
}

// The text in a lock file may be old, torn or strange; the lock tells the truth.
func TestHolderDoesNotBelieveTheText(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	start, _ := processStart(os.Getpid())
	text := func(pid int, start uint64, boot string) string {
		return string(plainJSON(lockText{PID: pid, Start: start, Boot: boot, Since: "2026-01-02T03:04:05.678Z"}))
	}
	tests := []struct {
		name string
		text string
		want bool // visible
	}{
		{"as signed", text(os.Getpid(), start, bootID()), true},
		{"nothing yet", "", true},
		{"torn", `{"pid":1`, true},
		{"of the one before", text(1, 1, "x"), true},
		{"same id, another boot", text(os.Getpid(), start, "x"), false},
		{"same id, another start", text(os.Getpid(), start+1, bootID()), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(h.Dir(Locks), "a-0")
			lock, err := h.Acquire("a-0")
			if err != nil {
				t.Fatal(err)
			}
			overwrite(t, path, tt.text)
			holder := holderOf(t, h, "a-0")
			if holder == nil || holder.PID != os.Getpid() || holder.Visible != tt.want || holder.Alive() != tt.want {
				t.Errorf("held: %+v, want this process, visible %v", holder, tt.want)
			}
			lock.Release()
			overwrite(t, path, tt.text)
			if holder := holderOf(t, h, "a-0"); holder != nil {
				t.Errorf("not held: %+v, want none", holder)
			}
		})
	}
}

// overwrite changes the content and not the file.
func overwrite(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.Truncate(path, 0), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// A start that has opened the lock file when the role is deleted must not take
// the lock of a file that is gone: another one would run beside it.
func TestAcquireDuringDelete(t *testing.T) {
	tests := []struct {
		name  string
		again bool // the role is added again
		kind  error
	}{
		{"the role is gone", false, ErrNoRole},
		{"the role is back and runs", true, ErrLocked},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			other := newTestHome(t, nil, "a-0")
			h, err := Open(other.Root())
			if err != nil {
				t.Fatal(err)
			}
			h.beforeLock = func(string) {
				h.beforeLock = nil
				if err := other.Delete("a-0"); err != nil {
					t.Error(err)
				}
				if tt.again {
					addRoles(t, other, "a-0")
					lock, err := other.Acquire("a-0")
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(lock.Release)
				}
			}
			if _, err := h.Acquire("a-0"); !errors.Is(err, tt.kind) {
				t.Errorf("start: %v, want %v", err, tt.kind)
			}
		})
	}
}

func TestChildrenDoNotInheritTheLock(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	lock, err := h.Acquire("a-0")
	if err != nil {
		t.Fatal(err)
	}
	if flags, err := unix.FcntlInt(uintptr(lock.file.fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("the descriptor survives exec: flags %#x, %v", flags, err)
	}
	child := exec.CommandContext(t.Context(), "cat") // lives until its input ends
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lock.Release()
	if holder := holderOf(t, h, "a-0"); holder != nil {
		t.Errorf("held by %+v, want nobody", holder)
	}
	if err := errors.Join(in.Close(), child.Wait()); err != nil {
		t.Error(err)
	}
}

func TestAcquireRefuses(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	tests := []struct {
		name, role string
		kind       error
		want       string
	}{
		{"an unknown role", "x-0", ErrNoRole, `role "x-0" (%) does not exist`},
		{"a sub-role of an unknown role", "x-0.sub", ErrNoRole, `role "x-0" (%) does not exist`},
		{"a path", "../home.json", ErrUsage, `role name "../home.json" is empty or has an empty part`},
		{"an empty part", "a-0.", ErrUsage, `role name "a-0." is empty or has an empty part`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := h.Acquire(tt.role)
			wantError(t, err, tt.kind, tt.want, h.Root())
		})
	}
	if diff := cmp.Diff(map[string]string{}, tree(t, h.Dir(Locks))); diff != "" {
		t.Errorf("lock files (-want +got):\n%s", diff)
	}
}

// Roles and sub-roles are locked each for itself.
func TestSubRolesHaveTheirOwnLocks(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	for _, name := range []string{"a-0", "a-0.sub", "a-0.sub.sub"} {
		lock, err := h.Acquire(name)
		if err != nil {
			t.Fatal(err)
		}
		defer lock.Release()
		if _, err := h.Acquire(name); !errors.Is(err, ErrLocked) {
			t.Errorf("second %s: %v", name, err)
		}
	}
}

func TestOnlyTheRoleEmptiesItsTmp(t *testing.T) {
	h := newTestHome(t, nil, "a-0", "b-0")
	for _, name := range []string{"a-0", "a-0.sub", "b-0"} {
		furnish(t, h, name)
	}
	outside := write(t, filepath.Join(t.TempDir(), "keep"), "precious")
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(h.Dir(Tmp), "a-0", "link")); err != nil {
		t.Fatal(err)
	}
	want := tree(t, h.Dir(Tmp))
	for range 2 { // looking at roles empties nothing
		if _, err := h.Search(nil); err != nil {
			t.Fatal(err)
		}
		holderOf(t, h, "a-0")
		if folder, err := h.Folder(Tmp, "a-0"); err != nil || folder != filepath.Join(h.Dir(Tmp), "a-0") {
			t.Errorf("folder %q, %v", folder, err)
		}
	}
	if diff := cmp.Diff(want, tree(t, h.Dir(Tmp))); diff != "" {
		t.Errorf("tmp before the start (-want +got):\n%s", diff)
	}
	lock, err := h.Acquire("a-0")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if _, err := lock.EmptyTmp(); err != nil {
		t.Fatal(err)
	}
	for name := range want {
		if strings.HasPrefix(name, "a-0/") {
			delete(want, name)
		}
	}
	if diff := cmp.Diff(want, tree(t, h.Dir(Tmp))); diff != "" {
		t.Errorf("tmp after the start (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}
