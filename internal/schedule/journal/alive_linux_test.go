package journal

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func init() {
	// heir writes a journal and ends, with a child that has the file open as any child
	// has it before its exec.
	parts["heir"] = func(args []string) error {
		w, err := Create(args[0])
		if err != nil {
			return err
		}
		if err := w.Append(loaded(1)); err != nil {
			return err
		}
		child := exec.Command("sleep", "600")
		child.ExtraFiles = []*os.File{w.file.(*os.File)}
		if err := child.Start(); err != nil {
			return err
		}
		fmt.Println(child.Process.Pid)
		return nil
	}
}

// A scheduler that has died is dead, even while a child of it holds its lock.
func TestLockThatIsInherited(t *testing.T) {
	folder := t.TempDir()
	cmd := command(t, "heir", folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	child, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("it says %q", line)
	}
	end, err := unix.PidfdOpen(child, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(end)
	defer func() {
		if err := unix.PidfdSendSignal(end, unix.SIGKILL, nil, 0); err != nil {
			t.Error(err)
		}
	}()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(folder + "/" + File)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	held := unix.Flock_t{Type: unix.F_WRLCK}
	if err := fcntl(file, unix.F_OFD_GETLK, &held); err != nil || held.Type == unix.F_UNLCK {
		t.Fatalf("the child does not hold the lock: %v", err)
	}
	if Alive(folder) {
		t.Error("the scheduler is said to live")
	}
	var got []uint64
	for e, err := range Follow(t.Context(), folder, 1) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.GetSequence())
	}
	if len(got) != 1 {
		t.Errorf("events %v, want one and the end", got)
	}
}

func TestRuns(t *testing.T) {
	own := identity(os.Getpid())
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		pid   int
		named int64
		want  bool
	}{
		{"this process", os.Getpid(), own, true},
		{"another one that had its id", os.Getpid(), own ^ 1<<32, false},
		{"one that has ended", gone.Process.Pid, own, false},
		{"one of another machine", gone.Process.Pid, own ^ 1, true},
		{"one of which nothing is known", gone.Process.Pid, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := runs(tt.pid, tt.named); got != tt.want {
				t.Errorf("it runs: %v, want %v", got, tt.want)
			}
		})
	}
}
