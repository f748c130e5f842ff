package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/report"
	"github.com/ansar-go/ansar/internal/settings"
)

// findAnalyzer finds the program in the home's bin, beside ansar and in PATH,
// unless its name is a path.
func findAnalyzer(h *home.Home, name string) (string, error) {
	if !strings.Contains(name, "/") {
		return actor.Find(name, h.Dir(home.Bin))
	}
	path, err := exec.LookPath(name)
	if wrong := new(fs.PathError); errors.As(err, &wrong) {
		err = wrong.Err
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return path, nil
}

// analyze runs the program as a tool, the suite as its input, and prints what it
// prints. An interrupt stops it.
func (e *env) analyze(path string, level actor.Level, suite *report.Suite) error {
	ctx, done := signal.NotifyContext(context.Background(), orders()...)
	defer done()
	var stdout bytes.Buffer
	cmd := exec.CommandContext(ctx, path, "--input-file=-")
	if level != actor.LevelNone {
		cmd.Args = append(cmd.Args, "--debug-level="+level.String(), "--log-format="+e.logFormat)
	}
	cmd.Stdin = bytes.NewReader(settings.MarshalEnvelope(suite.Message(), nil))
	cmd.Stdout = &stdout
	cmd.Stderr = e.stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a signal reaches it once, from here
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = actor.DefaultGrace + 2*time.Second
	err := cmd.Run()
	if printed := e.print(stdout.Bytes()); printed != nil {
		return printed
	}
	switch {
	case ctx.Err() != nil:
		return &silent{statusInterrupted}
	case err != nil:
		return &failure{fmt.Errorf("the program of --test-analyzer, %s, ended with %w", path, err)}
	}
	return nil
}
