// Package logs gives each process that a program starts a log file of its own: objects
// that it calls, the workers of its pools, and commands of any language, at any depth.
//
// The log of whoever starts a process has a line that leads to the log of the process,
// and that begins with one that leads back:
//
//	2026-11-22T01:15:18.123456789Z @ Started square (4711), log at log.processes/square-1.2.log
//	2026-11-22T01:15:18.123456789Z @ Log of square (4711), started by script (4700), whose log is ../log
//
// In a job of a schedule the program's own log is that of the job, so all of this is
// found in the folder of the attempt. "ansar schedule log" shows such logs as one. A
// command that is no Go program does the same for what it starts by
// "ansar schedule exec".
package logs

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/schedule/joblog"
)

// Log is the log of this program. It may be used by any goroutine.
type Log struct{ log *joblog.Log }

// Open begins the log of this program in the file folder/log; the folder is made if it
// must be. If somebody has begun one already, as for a job of a schedule, that one is
// continued instead: ANSAR_LOG names it.
//
// The caller closes the log when all that was started with it has ended.
func Open(folder string) (*Log, error) {
	if path := os.Getenv(joblog.Variable); path != "" {
		l, err := joblog.Append(path)
		if err != nil {
			return nil, fmt.Errorf("continue the log: %w", err)
		}
		return &Log{l}, nil
	}
	l, err := joblog.Open(folder, joblog.Options{Name: filepath.Base(os.Args[0])})
	if err != nil {
		return nil, fmt.Errorf("begin the log: %w", err)
	}
	l.Started(os.Getpid())
	return &Log{l}, nil
}

// Path is the file of the log.
func (l *Log) Path() string { return l.log.Path() }

// Options are for calls of objects, in processes or in this one. What a process logs
// from level up, and what it prints, goes to its own log; an object of this process
// writes to the log of this program.
func (l *Log) Options(level actor.Level) []actor.Option { return l.log.CallOptionsBelow(level) }

// PoolOptions are for a pool, behind the others that it is to have: each worker gets a
// log of its own.
func (l *Log) PoolOptions(level actor.Level, others ...actor.PoolOption) []actor.PoolOption {
	return l.log.PoolOptions(level, others...)
}

// Run runs a command with a log of its own and waits for its end, not for what it
// leaves behind. When ctx ends, the command is killed.
//
// The error is an *exec.ExitError if the command ended with another status than 0 or
// by a signal. Run may be used by many goroutines.
func (l *Log) Run(ctx context.Context, name string, args ...string) error {
	state, err := joblog.Exec(ctx, joblog.Command{Argv: append([]string{name}, args...), Parent: l.log.Path()})
	if err != nil {
		return err
	}
	if !state.Success() {
		return &exec.ExitError{ProcessState: state}
	}
	return nil
}

// Print writes a line of the program's own.
func (l *Log) Print(text string) { l.log.Note(text) }

// Close ends the log. The error says what could not be written.
func (l *Log) Close() error { return l.log.Close() }
