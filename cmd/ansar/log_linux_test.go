package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ansar-go/ansar/internal/home"
)

// Colours are for terminals, and for those who want them.
func TestLogHasColoursOnATerminal(t *testing.T) {
	const fault = "2020-11-07T15:52:25.000 ! <00000009>noop - It failed"
	tests := []struct{ name, setting, want string }{
		{"on a terminal", "TERM=xterm", "\x1b[31m" + fault + "\x1b[0m"},
		{"not with NO_COLOR", "NO_COLOR=1", fault},
		{"not on one that is dumb", "TERM=dumb", fault},
	}
	t.Setenv("GORACE", "atexit_sleep_ms=0") // a second for every process
	h := newHouse(t, "noop")
	h.ansar("add", "noop")
	folder, err := h.home.Folder(home.Logs, "noop-0")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "log.txt"), []byte(fault+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := h.ansar("log", "noop-0", "--from=2020"); got != fault+"\n" {
		t.Errorf("into a pipe: %q, want no colours", got)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			master, slave := terminal(t)
			cmd := h.command("log", "noop-0", "--from=2020")
			cmd.Env = append(os.Environ(), "NO_COLOR=", "TERM=xterm", tt.setting)
			cmd.Stdout, cmd.Stderr = slave, slave
			err := cmd.Run()
			slave.Close()
			if err != nil {
				t.Fatal(err)
			}
			text := make([]byte, 1024)
			n, err := master.Read(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSuffix(string(text[:n]), "\r\n"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
