package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/settings"
)

// env is what a command works in: its streams, and what was said before its
// name.
type env struct {
	ctx            context.Context // ends with the first interrupt
	stdin          *os.File
	stdout, stderr io.Writer

	command   string // the sub-command, once it is known
	force     bool
	level     actor.Level
	logFormat string
	homePath  string // empty: not given

	signals chan os.Signal // all of them, for who heeds them itself
}

// Main runs the command with the arguments of the process, and exits.
func Main() {
	ctx, cancel := context.WithCancel(context.Background())
	e := &env{
		ctx: ctx, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, level: actor.LevelNone, logFormat: "text",
		signals: make(chan os.Signal, 4),
	}
	signal.Notify(e.signals, orders()...)
	go e.interrupts(cancel)
	os.Exit(e.run(os.Args[1:]))
}

// interrupts ends the context at the first signal and the program at the
// second, in commands that leave signals to it.
func (e *env) interrupts(cancel context.CancelFunc) {
	<-e.signals
	cancel()
	<-e.signals
	os.Exit(statusInterrupted)
}

// heedSignals gives the caller all signals from now on.
func (e *env) heedSignals() <-chan os.Signal {
	own := make(chan os.Signal, 4)
	signal.Stop(e.signals)
	signal.Notify(own, orders()...)
	return own
}

// orders are the signals that end a command. Under nohup the end of the terminal
// is none.
func orders() []os.Signal {
	list := []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// run performs one command line and returns the exit status.
func (e *env) run(args []string) int {
	root := newRoot(e)
	root.SetArgs(args)
	root.SetIn(e.stdin)
	root.SetOut(e.stdout)
	root.SetErr(e.stderr)
	err := settings.Usage(root.Flags(), root.ExecuteContext(e.ctx))
	if err == nil {
		return statusDone
	}
	text, status := explain(e.command, err)
	if text != "" {
		fmt.Fprintf(e.stderr, "ansar: %s\n", text)
	}
	return status
}

// sink is where log lines go.
func (e *env) sink() actor.Sink {
	if e.logFormat == "json" {
		return actor.JSONSink(e.stderr)
	}
	return actor.TextSink(e.stderr)
}

// console logs for the people who run ansar.
func (e *env) console(format string, args ...any) {
	if e.level > actor.LevelConsole {
		return
	}
	e.sink()(&actor.LogRecord{
		Time: timestamppb.New(time.Now()), Pid: int32(os.Getpid()), Tag: "^", Id: "00000001", Name: "ansar",
		Text: fmt.Sprintf(format, args...),
	})
}
