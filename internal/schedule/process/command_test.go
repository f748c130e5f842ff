package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/osproc"
)

func TestOutputs(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("input", "from a file", 0o644)
	write("tool", "#!/bin/sh\necho local tool", 0o755)
	write("bin/found", "#!/bin/sh\necho found", 0o755)
	long := strings.Repeat("0123456789abcdef", 1<<14)
	tests := []struct {
		name string
		spec Spec
		want string
	}{
		{"both outputs", Spec{Argv: sh("echo out; echo err >&2")}, "out\n|err\n"},
		{"without input it is empty", Spec{Argv: []string{"cat"}}, "|"},
		{"text as input", Spec{Argv: []string{"cat"}, Stdin: "some\ntext"}, "some\ntext|"},
		{"more text than a pipe holds, that nobody reads", Spec{Argv: []string{"true"}, Stdin: long}, "|"},
		{"more text than a pipe holds", Spec{Argv: []string{"cat"}, Stdin: long}, long + "|"},
		{"a file as input, from the folder", Spec{Argv: []string{"cat"}, StdinFile: "input", Dir: dir}, "from a file|"},
		{"a relative program, from the folder", Spec{Argv: []string{"./tool"}, Dir: dir}, "local tool\n|"},
		{"a program in the PATH of its environment", Spec{Argv: []string{"found"}, Env: []string{"PATH=" + filepath.Join(dir, "bin")}}, "found\n|"},
		{"the environment is what was given", Spec{Argv: sh(`echo "$A,$HOME"`), Env: []string{"A=1"}}, "1,\n|"},
		{"the token", Spec{Argv: sh("echo ${" + TokenName + "##*/}"), Token: "some-token"}, "some-token\n|"},
		{"no newline at the end", Spec{Argv: []string{"printf", "a\\nb"}}, "a\nb|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := new(text), new(text)
			tt.spec.Stdout, tt.spec.Stderr = out, err
			e := ended(t, start(t, &tt.spec))
			if diff := cmp.Diff(tt.want, out.String()+"|"+err.String()); diff != "" || e.Exit.Status != 0 {
				t.Errorf("%v, output (-want +got):\n%s", e.Exit, diff)
			}
		})
	}
}

func TestStartErrors(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "taken")
	if err := os.WriteFile(fifo, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		spec Spec
		want error
		text string
	}{
		{"no command", Spec{}, errNoCommand, "argv is empty"},
		{"no such program", Spec{Argv: []string{"no-such-program"}}, osproc.ErrNotFound, "no-such-program"},
		{"no such file", Spec{Argv: []string{"./no-such-file"}, EventsPath: filepath.Join(dir, "events")}, osproc.ErrNotFound, "no-such-file"},
		{"not executable", Spec{Argv: []string{fifo}}, osproc.ErrNotExecutable, "chmod"},
		{"no such folder", Spec{Argv: []string{"true"}, Dir: "/no/such/folder"}, os.ErrNotExist, "/no/such/folder"},
		{"no such input", Spec{Argv: []string{"true"}, StdinFile: "/no/such/file"}, os.ErrNotExist, "standard input"},
		{"the file for events is there", Spec{Argv: []string{"true"}, EventsPath: fifo}, os.ErrExist, "events"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Start(&tt.spec)
			if p != nil || !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %v, want %v and %q in it", err, tt.want, tt.text)
			}
		})
	}
	if _, err := os.Lstat(filepath.Join(dir, "events")); err == nil {
		t.Error("a FIFO is left")
	}
}

// A command may write as much as it likes, whether or not anybody wants it.
func TestMuchOutput(t *testing.T) {
	var count counter
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p := start(t, &Spec{Argv: sh("head -c 52428800 /dev/zero; head -c 1000000 /dev/zero >&2"), Stdout: &count})
	e := ended(t, p)
	runtime.ReadMemStats(&after)
	if count != 50<<20 || e.Exit.Status != 0 {
		t.Errorf("%d bytes, %v", count, e.Exit)
	}
	if grown := int64(after.Sys) - int64(before.Sys); grown > 10<<20 {
		t.Errorf("memory has grown by %d bytes", grown)
	}
}

type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// Writers that fail or never return harm nobody but themselves.
func TestBadWriters(t *testing.T) {
	e := ended(t, start(t, &Spec{Argv: sh("echo a; exit 3"), Stdout: failing{}}))
	if e.Exit.Status != 3 || e.OutputErr == nil || e.Stuck {
		t.Errorf("ended %+v", e)
	}
	stuck := blocked(make(chan struct{}))
	defer close(stuck)
	p := start(t, &Spec{Argv: sh("echo a"), Stdout: stuck, patience: 50 * time.Millisecond})
	await(t, p.Exited(), "exited")
	p.Kill("it does not end")
	if e := ended(t, p); !e.Stuck {
		t.Errorf("ended %+v", e)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

type blocked chan struct{}

func (b blocked) Write(p []byte) (int, error) { <-b; return len(p), nil }

func TestEnds(t *testing.T) {
	const ready = "echo ready; "
	stop := func(p *Process) { p.Stop("why") }
	kill := func(p *Process) { p.Kill("why") }
	tests := []struct {
		name     string
		script   string
		end      func(*Process)
		exit     string
		killedBy string
		signals  []string
	}{
		{"by itself", ready + "exit 7", func(*Process) {}, "exit status 7", "", nil},
		{"by a signal of its own", ready + "kill -SEGV $$", func(*Process) {}, "signal: segmentation fault", "", nil},
		{"by SIGTERM", ready + "exec sleep 60", stop, "signal: terminated", "SIGTERM", []string{"SIGTERM why"}},
		{"orderly after SIGTERM", "trap 'exit 4' TERM; " + ready + "while :; do sleep 0.01; done", stop, "exit status 4", "SIGTERM", []string{"SIGTERM why"}},
		{"by SIGKILL, for it ignores SIGTERM", "trap '' TERM; " + ready + "while :; do :; done", stop, "signal: killed", "SIGTERM, SIGKILL", []string{"SIGTERM why", "SIGKILL why"}},
		{"by SIGKILL at once", ready + "exec sleep 60", kill, "signal: killed", "SIGKILL", []string{"SIGKILL why"}},
		{"stopped as it is, by SIGTERM", ready + "kill -STOP $$", stop, "signal: terminated", "SIGTERM", []string{"SIGTERM why"}},
		{"stopped, then killed", "trap '' TERM; " + ready + "kill -STOP $$; while :; do kill -STOP $$; done", stop, "signal: killed", "SIGTERM, SIGKILL", []string{"SIGTERM why", "SIGKILL why"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var signals []string
			out := new(text)
			p := start(t, &Spec{
				Argv: sh(tt.script), Stdout: out, Grace: 200 * time.Millisecond,
				OnSignal: func(signal, why string) { signals = append(signals, signal+" "+why) },
			})
			await(t, out.seen("ready"), "ready")
			tt.end(p)
			e := ended(t, p)
			if strings.TrimSuffix(e.Exit.String(), " (core dumped)") != tt.exit || e.KilledBy != tt.killedBy {
				t.Errorf("%v, killed by %q; want %s, %q", e.Exit, e.KilledBy, tt.exit, tt.killedBy)
			}
			if tt.signals != nil && runtime.GOOS == "linux" {
				if diff := cmp.Diff(tt.signals, signals[:len(tt.signals)]); diff != "" {
					t.Errorf("signals (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// The hook runs ahead of the limit; Stop waits for it, Kill does not.
func TestBeforeStop(t *testing.T) {
	begun := make(chan struct{})
	release := make(chan struct{})
	p := start(t, &Spec{Argv: []string{"sleep", "60"}, BeforeStop: &BeforeStop{
		After: time.Millisecond, Limit: hang,
		Run: func(ctx context.Context) { close(begun); <-release },
	}})
	await(t, begun, "begun")
	p.Stop("limit")
	select {
	case <-p.Exited():
		t.Error("Stop did not wait for the hook")
	case <-time.After(30 * time.Millisecond): // it would have ended by then
	}
	close(release)
	if e := ended(t, p); e.Exit.Signal != syscall.SIGTERM {
		t.Errorf("ended %v", e.Exit)
	}

	// One that takes too long is told, and not waited for.
	begun = make(chan struct{})
	var why error
	p = start(t, &Spec{Argv: []string{"sleep", "60"}, BeforeStop: &BeforeStop{
		After: time.Millisecond, Limit: 20 * time.Millisecond,
		Run: func(ctx context.Context) { close(begun); <-ctx.Done(); why = ctx.Err() },
	}})
	await(t, begun, "begun")
	p.Stop("limit")
	if e := ended(t, p); e.Exit.Signal != syscall.SIGTERM || why == nil {
		t.Errorf("ended %v, hook %v", e.Exit, why)
	}

	for _, tt := range []struct {
		name string
		end  func(*Process)
	}{{"kill", func(p *Process) { p.Kill("now") }}, {"its end", func(p *Process) { _ = syscall.Kill(p.Pid(), syscall.SIGINT) }}} {
		begun = make(chan struct{})
		p = start(t, &Spec{Argv: []string{"sleep", "60"}, BeforeStop: &BeforeStop{
			After: time.Millisecond, Limit: hang, Run: func(ctx context.Context) { close(begun); <-ctx.Done() },
		}})
		await(t, begun, "begun")
		tt.end(p)
		if e := ended(t, p); e.Exit.Signal == syscall.SIGTERM {
			t.Errorf("%s: %v", tt.name, e.Exit)
		}
	}

	called := false
	p = start(t, &Spec{Argv: []string{"true"}, BeforeStop: &BeforeStop{After: hang, Run: func(context.Context) { called = true }}})
	if ended(t, p); called {
		t.Error("the hook ran although the command had ended")
	}
}

func TestSlow(t *testing.T) {
	slow := make(chan struct{})
	p := start(t, &Spec{Argv: []string{"sleep", "60"}, Slow: time.Millisecond, OnSlow: func() { close(slow) }})
	await(t, slow, "slow")
	p.Stop("enough")
	ended(t, p)

	called := false
	p = start(t, &Spec{Argv: []string{"true"}, Slow: hang, OnSlow: func() { called = true }})
	if ended(t, p); called {
		t.Error("slow, although it had ended")
	}
}
