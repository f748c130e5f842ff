package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// attack is a command that is killed in the middle.
type attack struct {
	name   string
	args   []string
	runs   bool           // roles run when it comes
	before func(h *house) // makes what it needs, may be nil
	editor string         // for ANSAR_EDITOR
}

// target makes a home with roles: those that begin with up- never end by
// themselves, those that begin with run- do so at once.
func target(t *testing.T, a *attack) *house {
	t.Helper()
	t.Setenv("ANSAR_EDITOR", a.editor)
	h := newHouse(t, "zombie", "snooze", "factorial")
	command := func(script string) map[string]json.RawMessage {
		value, err := json.Marshal(map[string]any{"program": "/bin/sh", "args": []string{"-c", script}})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]json.RawMessage{"command": value}
	}
	role := func(name, executable string, properties map[string]json.RawMessage) home.NewRole {
		return home.NewRole{Role: home.Role{Name: name, Executable: executable, Properties: properties}}
	}
	if err := h.home.Add(
		home.NewRole{Role: home.Role{Name: "up-snooze", Executable: "snooze"}, Settings: []byte(`{"value": {"seconds": 1000}}`)},
		role("up-kept", "zombie", map[string]json.RawMessage{"restart": []byte(`{"policy": "on-crash"}`)}),
		role("up-job", "sh", command("exec sleep 1000")),
		home.NewRole{Role: home.Role{Name: "run-snooze", Executable: "snooze"}, Settings: []byte(`{"value": {"seconds": 0.02}}`)},
		role("run-factorial", "factorial", nil),
		role("run-job", "sh", command("sleep 0.02")),
	); err != nil {
		t.Fatal(err)
	}
	if a.runs {
		h.ansar("start", "up-.*")
	}
	if a.before != nil {
		a.before(h)
	}
	return h
}

// write makes a file in the folder of the house.
func (h *house) write(name, text string) {
	h.Helper()
	path := filepath.Join(h.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o755)); err != nil {
		h.Fatal(err)
	}
}

// state is what a home says, and the folders around it: each role and each file
// that commands replace.
func (h *house) state() map[string]string {
	h.Helper()
	all := map[string]string{}
	if h, err := home.Open(h.home.Root()); err == nil { // there is none, after destroy
		roles, err := h.Roles()
		if err != nil {
			return map[string]string{"damaged": err.Error()}
		}
		for _, r := range roles {
			all["role "+r.Name] = fmt.Sprintf("%s %s", r.Executable, r.Properties)
		}
	}
	for _, dir := range []string{".ansar-home/settings", ".ansar-home/input", ".ansar-home/model", ".ansar-home/bin", "testing"} {
		_ = filepath.WalkDir(filepath.Join(h.dir, dir), func(path string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // it is not there
			case strings.HasPrefix(e.Name(), ".") && e.IsDir():
				return fs.SkipDir // on its way in or out
			case strings.HasPrefix(e.Name(), ".") || e.IsDir():
				return nil
			}
			text, err := os.ReadFile(path)
			if err == nil && filepath.Ext(path) == ".json" && !json.Valid(text) {
				h.Errorf("%s is no JSON: %q", path, text)
			}
			all[strings.TrimPrefix(path, h.dir)] = digest(text)
			return nil
		})
	}
	for key, value := range all {
		all[key] = strings.ReplaceAll(value, h.dir, "DIR")
	}
	return all
}

// digest is text, or what tells it from another if it is long.
func digest(text []byte) string {
	if len(text) > 1000 {
		return fmt.Sprintf("%x", sha256.Sum256(text))
	}
	return string(text)
}

// undisturbed runs the command of an attack without one. It returns what comes
// of it, how long it takes, and how many calls it makes that change something.
func undisturbed(t *testing.T, a *attack) (after map[string]string, took time.Duration, calls int) {
	t.Helper()
	h := target(t, a)
	began := time.Now()
	if !canBreak() {
		_, text := h.try(a.args...)
		took = time.Since(began)
		t.Log(text)
		return h.state(), took, 0
	}
	calls, _ = h.killedBefore(0, a.args...)
	took = time.Since(began)
	return h.state(), took, calls
}

// killedAfter runs a command and kills it after a delay.
func (h *house) killedAfter(delay time.Duration, args ...string) {
	h.Helper()
	cmd := h.command(args...)
	if err := cmd.Start(); err != nil {
		h.Fatal(err)
	}
	time.Sleep(delay) // any moment
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // killed, or it was faster
}

// try runs a command that may fail, and returns its status and all it says.
// Nothing may hang.
func (h *house) try(args ...string) (int, string) {
	h.Helper()
	ctx, cancel := context.WithTimeout(h.Context(), hang)
	defer cancel()
	cmd := exec.CommandContext(ctx, "ansar", args...)
	cmd.Dir = h.dir
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &text, &text, time.Second
	_ = cmd.Run() // its status tells
	if ctx.Err() != nil {
		h.Fatalf("ansar %s hangs", strings.Join(args, " "))
	}
	return cmd.ProcessState.ExitCode(), text.String()
}

// draw is a random source for a test, which tells its seed. ANSAR_SEED gives it
// that of another time.
func draw(t *testing.T) *rand.Rand {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv("ANSAR_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
