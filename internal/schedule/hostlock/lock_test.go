package hostlock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// hang is when a test gives up on an event.
const hang = 30 * time.Second

// roleVariable makes this test binary hold the lock of that name until its standard input ends.
const roleVariable = "HOSTLOCK_TEST_HOLD"

func TestMain(m *testing.M) {
	if name := os.Getenv(roleVariable); name != "" {
		lock, err := Acquire(context.Background(), name, Info{Run: "first"}, os.Getenv("HOSTLOCK_TEST_WAIT") != "")
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("held")
		_, _ = os.Stdin.Read(make([]byte, 1)) // to its end
		lock.Release()
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// folder gives the test locks of its own.
func folder(t testing.TB) {
	t.Setenv(FolderVariable, filepath.Join(t.TempDir(), "locks"))
}

// holder starts another process that holds the lock.
func holder(t *testing.T, name string) (cmd *exec.Cmd, release func()) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+name)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 5)
	if _, err := out.Read(said); err != nil || string(said) != "held\n" {
		t.Fatalf("the holder said %q: %v", said, err)
	}
	var once sync.Once
	release = func() { once.Do(func() { in.Close(); _ = cmd.Wait() }) }
	t.Cleanup(release)
	return cmd, release
}

// acquire is Acquire that must succeed.
func acquire(t testing.TB, name string) *Lock {
	t.Helper()
	lock, err := Acquire(t.Context(), name, Info{Run: "mine"}, false)
	if err != nil {
		t.Fatal(err)
	}
	return lock
}

// waiting acquires in a goroutine, and tells the result.
func waiting(ctx context.Context, name string) <-chan error {
	result := make(chan error, 1)
	go func() {
		lock, err := Acquire(ctx, name, Info{Run: "second"}, true)
		if err == nil {
			lock.Release()
		}
		result <- err
	}()
	return result
}

func receive(t *testing.T, result <-chan error) error {
	t.Helper()
	select {
	case err := <-result:
		return err
	case <-time.After(hang):
		t.Fatalf("it still waits after %v", hang)
		return nil
	}
}

// Two runs want one thing: the second exits with the owner named, or waits; and goes on
// when the first has released it or was killed.
func TestOC12(t *testing.T) {
	ends := []struct {
		name string
		end  func(cmd *exec.Cmd, release func())
	}{
		{"released", func(_ *exec.Cmd, release func()) { release() }},
		{"killed", func(cmd *exec.Cmd, _ func()) { _ = cmd.Process.Kill() }},
	}
	for _, tt := range ends {
		t.Run(tt.name, func(t *testing.T) {
			folder(t)
			cmd, release := holder(t, "board-a.0")
			_, err := Acquire(t.Context(), "board-a.0", Info{}, false)
			var held *HeldError
			if !errors.As(err, &held) || held.PID != cmd.Process.Pid || held.Run != "first" || time.Since(held.Since) > hang {
				t.Fatalf("refused by %v, want process %d", err, cmd.Process.Pid)
			}
			if want := fmt.Sprintf("process %d holds it, for run first", cmd.Process.Pid); !strings.Contains(err.Error(), want) {
				t.Errorf("error %q, want %q in it", err, want)
			}
			result := waiting(t.Context(), "board-a.0")
			select {
			case err := <-result:
				t.Fatalf("it did not wait: %v", err)
			case <-time.After(50 * time.Millisecond): // it would be done by then
			}
			begun := time.Now()
			tt.end(cmd, release)
			if err := receive(t, result); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("it took %v after the end", took)
			}
		})
	}
}

// Who stops waiting leaves nothing behind (goleak), and says for whom it waited.
func TestCancel(t *testing.T) {
	folder(t)
	lock := acquire(t, "one")
	ctx, cancel := context.WithCancelCause(t.Context())
	result := waiting(ctx, "one")
	enough := errors.New("that is enough")
	cancel(enough)
	err := receive(t, result)
	var held *HeldError
	if !errors.As(err, &held) || held.PID != os.Getpid() || !errors.Is(err, enough) {
		t.Errorf("error %v, want the holder and the cause", err)
	}
	lock.Release()
	acquire(t, "one").Release()
}

// To ask who holds a lock neither takes it nor changes anything.
func TestProbe(t *testing.T) {
	folder(t)
	probe := func(want int) {
		t.Helper()
		info, err := Probe("a/b c")
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		if info != nil {
			got = info.PID
		}
		if got != want {
			t.Errorf("held by %d, want %d", got, want)
		}
	}
	probe(0)
	if entries, _ := os.ReadDir(Folder()); len(entries) > 0 {
		t.Errorf("the question made %v", entries)
	}
	lock := acquire(t, "a/b c")
	if lock.Name() != "a/b c" {
		t.Errorf("name %q", lock.Name())
	}
	probe(os.Getpid())
	lock.Release()
	probe(0)
	cmd, release := holder(t, "a/b c")
	probe(cmd.Process.Pid)
	release()
	probe(0)
	text := filepath.Join(Folder(), "a%2Fb%20c.lock")
	if err := os.WriteFile(text, []byte(`{"pid":1,"run":"stale"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if systemAsks {
		probe(0)
	}
	acquire(t, "a/b c").Release()
}

// A file that somebody removed is not the lock any more, for who holds it least of all.
func TestRemoved(t *testing.T) {
	folder(t)
	first := acquire(t, "one")
	result := waiting(t.Context(), "one")
	for systemAsks && !stacksHave("awaitChange") { // no event tells that it waits
		time.Sleep(time.Millisecond)
	}
	if err := os.Remove(filepath.Join(Folder(), "one.lock")); err != nil {
		t.Fatal(err)
	}
	if systemAsks {
		if err := receive(t, result); err != nil {
			t.Error(err)
		}
		first.Release()
		return
	}
	first.Release()
	if err := receive(t, result); err != nil {
		t.Error(err)
	}
}

func stacksHave(function string) bool {
	text := make([]byte, 1<<20)
	return strings.Contains(string(text[:runtime.Stack(text, true)]), function)
}

// The folder of another user is not trusted.
func TestFolderIsOurs(t *testing.T) {
	folder(t)
	if err := os.WriteFile(Folder(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Acquire(t.Context(), "one", Info{}, false); err == nil || !strings.Contains(err.Error(), "not a folder of this user") {
		t.Errorf("error %v", err)
	}
}

// Many take and give back few locks, some in a hurry: nobody has one twice, all get theirs.
func TestHammer(t *testing.T) {
	folder(t)
	var holders [3]atomic.Int32
	var all sync.WaitGroup
	for worker := range 12 {
		all.Go(func() {
			for turn := range 40 {
				i := (worker + turn) % len(holders)
				name := fmt.Sprintf("unit.%d", i)
				ctx, cancel := context.WithTimeout(t.Context(), hang)
				if worker%4 == 3 {
					cancel() // it takes it at once, or not
				}
				lock, err := Acquire(ctx, name, Info{Run: "hammer"}, worker%4 != 0)
				cancel()
				var held *HeldError
				switch {
				case err == nil:
					if n := holders[i].Add(1); n != 1 {
						t.Errorf("%s has %d holders", name, n)
					}
					holders[i].Add(-1)
					lock.Release()
				case worker%4 == 0 && errors.As(err, &held):
				case worker%4 == 3 && errors.Is(err, context.Canceled):
				default:
					t.Errorf("worker %d: %v", worker, err)
				}
			}
		})
	}
	all.Wait()
}
