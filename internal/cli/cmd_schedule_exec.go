package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/schedule/joblog"
)

const scheduleExecLong = `Exec runs a command, of any language, with a log file of its own. The log of whoever
starts it, which ANSAR_LOG names, gets a line that leads to it, and its own log begins
with one that leads back:

  @ Started worker.sh (4711), log at log.processes/worker.sh-1.log
  @ Log of worker.sh (4711), started by build (4700), whose log is ../log

The command finds its own log in ANSAR_LOG, so that what it runs by this command is
linked to it in turn, as deep as it goes. Outside of a schedule ANSAR_LOG is to be set
to a file for the first of them; it is begun if there is none.

What the command prints goes to its log only, unless --echo is given. It ends as the
command does: with the same exit status, or by the same signal, and signals to it are
signals to the command. If there is no such command, the exit status is 127, if it
cannot be executed 126, and if it could not be logged 125.`

// Exit statuses of a command that is run for another, as env and nohup have them.
const (
	statusNotRun   = 125
	statusNotAble  = 126
	statusNotFound = 127
)

func scheduleExecCommand(e *env) *cobra.Command {
	var c joblog.Command
	var echo bool
	cmd := &cobra.Command{
		Use:   "exec [flags] [--] <command> [arguments]",
		Short: "run a command with a log of its own, from inside a job",
		Long:  scheduleExecLong,
		Example: "  ansar schedule exec -- ./worker.sh 3\n  ansar schedule exec --name=first --echo -- python3 worker.py\n" +
			"  ANSAR_LOG=/tmp/my.log ansar schedule exec -- make",
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().StringVar(&c.Name, "name", "", "what its log calls it (default: the name of the command)")
	cmd.Flags().BoolVar(&echo, "echo", false, "print what it prints, too")
	cmd.RunE = func(_ *cobra.Command, words []string) error {
		if len(words) == 0 {
			return usagef("a command is required: ansar schedule exec -- <command>")
		}
		c.Argv, c.Parent, c.Stdin, c.Forward = words, os.Getenv(joblog.Variable), e.stdin, true
		if echo {
			c.Stdout, c.Stderr = os.Stdout, os.Stderr
		}
		e.heedSignals() // they are the command's
		state, err := joblog.Exec(context.Background(), c)
		if state == nil {
			fmt.Fprintf(e.stderr, "ansar: cannot run %s with a log: %v\n", words[0], err)
			return &silent{notRun(err)}
		}
		if err != nil { // the command ended as it did
			fmt.Fprintf(e.stderr, "ansar: the log of %s is not complete: %v\n", words[0], err)
		}
		if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			joblog.ExitAs(state) // only a signal is the same as a signal
		}
		if status := state.ExitCode(); status != statusDone {
			return &silent{status}
		}
		return nil
	}
	return cmd
}

// notRun is the exit status for a command that could not be run.
func notRun(err error) int {
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return statusNotFound
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.ENOEXEC):
		return statusNotAble
	}
	return statusNotRun
}
