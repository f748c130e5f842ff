package logstore

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// writerFolder has the test binary write to a log until it is killed, and say
// which lines were accepted.
const writerFolder = "LOGSTORE_TEST_FOLDER"

func init() {
	folder := os.Getenv(writerFolder)
	if folder == "" {
		return
	}
	w, err := Open(folder, 64<<20)
	if err != nil {
		panic(err)
	}
	for i := 0; ; i++ {
		if _, err := w.Write(lineAt(time.Now(), fmt.Sprintf("%d %s", i, strings.Repeat("x", 100)))); err != nil {
			panic(err)
		}
		if _, err := fmt.Println(i); err != nil {
			os.Exit(1) // the test is gone
		}
	}
}

// Whatever moment a process is killed at, its log has each line that was accepted,
// whole, and the next process goes on behind them.
func TestKilledWriterLosesNothing(t *testing.T) {
	folder := t.TempDir()
	total := 0
	for round := range 10 {
		accepted := killWriter(t, folder, time.Duration(round)*3*time.Millisecond)
		lines := texts(read(t, nil, Source{Folder: folder}))[total:]
		if len(lines) < accepted {
			t.Fatalf("%d lines are there, %d were accepted", len(lines), accepted)
		}
		for i, line := range lines[:accepted] {
			if want := fmt.Sprintf("%d %s", i, strings.Repeat("x", 100)); line != want {
				t.Fatalf("line %d is %q", i, line)
			}
		}
		total += len(lines)
	}
}

// killWriter runs a writer until it has written a line, and a little longer. It
// returns how many lines were accepted.
func killWriter(t *testing.T, folder string, longer time.Duration) (accepted int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerFolder+"="+folder)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("no line was written")
	}
	accepted = 1
	kill := time.AfterFunc(longer, func() { _ = cmd.Process.Signal(syscall.SIGKILL) }) // it is waited for
	defer kill.Stop()
	for lines.Scan() {
		accepted++
	}
	_ = cmd.Wait() // killed
	return accepted
}
