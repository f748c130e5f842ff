package osproc_test

import (
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/osproc"
)

func TestExitReads(t *testing.T) {
	tests := []struct {
		name string
		exit osproc.Exit
		text string
		log  string
	}{
		{"success", osproc.Exit{Took: time.Second}, "exit status 0", "exit.status=0 exit.took=1s"},
		{"status", osproc.Exit{Status: 3}, "exit status 3", "exit.status=3 exit.took=0s"},
		{"signal", osproc.Exit{Status: -1, Signal: syscall.SIGKILL}, "signal: killed", "exit.signal=killed exit.took=0s"},
		{"core", osproc.Exit{Status: -1, Signal: syscall.SIGSEGV, CoreDumped: true},
			"signal: segmentation fault (core dumped)", `exit.signal="segmentation fault" exit.took=0s`},
		{"unknown", osproc.Exit{Status: -1}, "exit status unknown", "exit.status=-1 exit.took=0s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log strings.Builder
			slog.New(slog.NewTextHandler(&log, nil)).Info("ended", "exit", tt.exit)
			_, attrs, _ := strings.Cut(strings.TrimSpace(log.String()), "msg=ended ")
			if diff := cmp.Diff([]string{tt.text, tt.log}, []string{tt.exit.String(), attrs}); diff != "" {
				t.Errorf("text and log (-want +got):\n%s", diff)
			}
		})
	}
}
