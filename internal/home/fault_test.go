package home

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func init() {
	// change ROOT VERB ROLE: one change of a home.
	parts["change"] = func(args []string) error { return change(args, nil) }

	// The same by a process that kills itself when the new content is written
	// and not yet in place.
	parts["kill before rename"] = func(args []string) error {
		return change(args, func(string) { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} })
	}

	// The same by a process that may write no file of more than 64 bytes.
	parts["change with little"] = func(args []string) error {
		signal.Ignore(syscall.SIGXFSZ)
		limit := &syscall.Rlimit{Cur: 64, Max: 64}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, limit); err != nil {
			return err
		}
		return change(args, nil)
	}
}

func change(args []string, beforeRename func(string)) error {
	h, err := Open(args[0])
	if err != nil {
		return err
	}
	h.beforeRename = beforeRename
	switch args[1] {
	case "add":
		role := newRoles(args[2])
		role[0].Settings = bytes.Repeat([]byte("x"), 40)
		return h.Add(role...)
	case "delete":
		return h.Delete(args[2])
	case "store":
		return h.Store(Settings, args[2], bytes.Repeat([]byte("new "), 1<<16))
	case "input":
		return h.Store(Input, args[2], bytes.Repeat([]byte("new "), 1<<16))
	case "start":
		_, err := h.Acquire(args[2])
		return err
	case "status":
		holder, err := h.Holder(args[2])
		if err == nil {
			err = fmt.Errorf("held by %v", holder)
		}
		return err
	}
	return fmt.Errorf("no verb %q", args[1])
}

// ending is how a child process ended.
type ending struct {
	Said   string
	Killed bool
}

func run(t *testing.T, part string, args ...string) ending {
	t.Helper()
	cmd := command(t, part, args...)
	cmd.Stderr = os.Stderr
	return ended(t, func() ([]byte, error) { return cmd.Output() }, func() *os.ProcessState { return cmd.ProcessState })
}

func ended(t *testing.T, output func() ([]byte, error), state func() *os.ProcessState) ending {
	t.Helper()
	said, err := output()
	if state() == nil {
		t.Fatal(err)
	}
	status := state().Sys().(syscall.WaitStatus)
	return ending{strings.TrimSuffix(string(said), "\n"), status.Signaled() && status.Signal() == syscall.SIGKILL}
}

func TestKilledBetweenWriteAndRename(t *testing.T) {
	for _, verb := range []string{"add", "delete", "store", "input"} {
		t.Run(verb, func(t *testing.T) {
			h := newTestHome(t, nil, "a-0")
			for _, area := range []Area{Settings, Input} {
				if err := h.Store(area, "a-0", []byte("old")); err != nil {
					t.Fatal(err)
				}
			}
			role := map[string]string{"add": "b-0"}[verb]
			if role == "" {
				role = "a-0"
			}
			for range 3 {
				if got := run(t, "kill before rename", h.Root(), verb, role); !got.Killed {
					t.Fatalf("the child was not killed: %+v", got)
				}
				if diff := cmp.Diff([]string{"a-0"}, roleNames(t, h)); diff != "" {
					t.Fatalf("roles (-want +got):\n%s", diff)
				}
				for _, area := range []Area{Settings, Input} {
					data, err := h.Load(area, "a-0")
					if string(data) != "old" && (verb != "delete" || !absent(err)) {
						t.Errorf("%s of a-0 are %d bytes, %v; want the old", area, len(data), err)
					}
				}
				if got := leftovers(t, h); len(got) != 1 {
					t.Fatalf("temporary files: %q, want the one of the last kill", got)
				}
			}
			// The next change of the same kind goes through, and clears up.
			if got := run(t, "change", h.Root(), verb, role); got.Said != "" {
				t.Fatal(got.Said)
			}
			if got := leftovers(t, h); len(got) != 0 {
				t.Errorf("temporary files: %q, want none", got)
			}
		})
	}
}

func leftovers(t *testing.T, h *Home) []string {
	t.Helper()
	var names []string
	for name := range tree(t, h.Root()) {
		if strings.HasPrefix(filepath.Base(name), ".") {
			names = append(names, name)
		}
	}
	return names
}

func TestLimitOnFileSize(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	before := tree(t, h.Root())
	tests := []struct{ verb, role, want string }{
		{"store", "a-0", `write "%/settings/a-0.json": file too large (raise the limit on file size, the old content is unchanged)`},
		{"add", "b-0", `write "%/home.json": file too large (raise the limit on file size, the old content is unchanged)`},
	}
	for _, tt := range tests {
		t.Run(tt.verb, func(t *testing.T) {
			got := run(t, "change with little", h.Root(), tt.verb, tt.role)
			if diff := cmp.Diff(tt.want, strings.ReplaceAll(got.Said, h.Root(), "%")); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, tree(t, h.Root())); diff != "" {
				t.Errorf("home (-before +after):\n%s", diff)
			}
		})
	}
}

// Another user meets one line that says what to do, whatever he may reach.
func TestForeignUser(t *testing.T) {
	const owner = " (run as the user who owns it, or change its mode)"
	tests := []struct {
		name  string
		modes map[string]fs.FileMode // below the home; others stay private
		verb  string
		want  string
	}{
		{"nothing is readable", nil, "store", `read "%/home.json": permission denied` + owner},
		{"home.json is not", map[string]fs.FileMode{"": 0o755}, "store", `read "%/home.json": permission denied` + owner},
		{"a home to look at: change", map[string]fs.FileMode{"": 0o755, "home.json": 0o644}, "store", `lock "%/home.lock": permission denied` + owner},
		{"a home to look at: start", map[string]fs.FileMode{"": 0o755, "home.json": 0o644, "lock": 0o755}, "start", `lock "%/lock/a-0": permission denied` + owner},
		{"a home to look at: status", map[string]fs.FileMode{"": 0o755, "home.json": 0o644, "lock": 0o755, "lock/a-0": 0o644}, "status", `held by PID`},
		{"settings are not writable", map[string]fs.FileMode{"": 0o755, "home.json": 0o644, "home.lock": 0o666}, "store", `write "%/settings/a-0.json": permission denied` + owner},
		{"roles are not writable", map[string]fs.FileMode{"": 0o755, "home.json": 0o644, "home.lock": 0o666, "settings": 0o777, "input": 0o777}, "add", `write "%/home.json": permission denied` + owner},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "ansar-home-test")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(dir) })
			h, err := Create(filepath.Join(dir, "h"), nil)
			if err != nil {
				t.Fatal(err)
			}
			addRoles(t, h, "a-0")
			holder := startPeer(t, "lock", h.Root())
			if got := holder.ask("acquire a-0"); got != "won" {
				t.Fatal(got)
			}
			err = os.Chmod(dir, 0o755)
			for name, mode := range tt.modes {
				err = errors.Join(err, os.Chmod(filepath.Join(h.Root(), name), mode))
			}
			if err != nil {
				t.Fatal(err)
			}
			before := tree(t, h.Root())
			role := map[bool]string{true: "b-0", false: "a-0"}[tt.verb == "add"]
			cmd := command(t, "change", h.Root(), tt.verb, role)
			asNobody(t, cmd)
			got := ended(t, cmd.Output, func() *os.ProcessState { return cmd.ProcessState })
			said := strings.ReplaceAll(strings.ReplaceAll(got.Said, h.Root(), "%"), itoa(holder.cmd.Process.Pid), "PID")
			if diff := cmp.Diff(tt.want, said); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, tree(t, h.Root())); diff != "" {
				t.Errorf("home (-before +after):\n%s", diff)
			}
		})
	}
}
