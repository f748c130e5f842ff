package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/report"
	"github.com/ansar-go/ansar/lifecycle"
)

// testFlags say what is made of the tests of a run.
type testFlags struct {
	run      bool
	codePath string
	analyzer string // as typed, or the path that it was found at
	junit    string
}

func (f *testFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.run, "test-run", false, "print what the roles tested instead of what they returned")
	word(flags, &f.codePath, "code-path", "the folder of the source, to say where each test stands")
	word(flags, &f.analyzer, "test-analyzer", "the program that is given what the roles tested; its result is printed")
	word(flags, &f.junit, "junit", "a file for what the roles tested, as JUnit XML")
	_ = cmd.MarkFlagDirname("code-path") // the flags are there
	_ = cmd.MarkFlagFilename("test-analyzer")
	_ = cmd.MarkFlagFilename("junit", "xml")
}

// wanted reports whether the run is about tests.
func (f *testFlags) wanted() bool { return f.run || f.analyzer != "" || f.junit != "" }

// check finds out before the run what could spoil its report.
func (f *testFlags) check(h *home.Home) error {
	if f.codePath != "" {
		if info, err := os.Stat(f.codePath); err != nil || !info.IsDir() {
			return preconditionf("no folder at %q, which --code-path names", f.codePath)
		}
	}
	if f.junit != "" {
		if info, err := os.Stat(filepath.Dir(f.junit)); err != nil || !info.IsDir() {
			return preconditionf("no folder for the file of --junit at %q", filepath.Dir(f.junit))
		}
		if info, err := os.Stat(f.junit); err == nil && info.IsDir() {
			return preconditionf("a folder is where --junit names a file, at %q", f.junit)
		}
	}
	if f.analyzer != "" {
		path, err := findAnalyzer(h, f.analyzer)
		if err != nil {
			return preconditionf("the program of --test-analyzer, %w", err)
		}
		f.analyzer = path
	}
	return nil
}

// reportRun prints what came of a run: of its tests, if it is about them. Its
// error is the exit status.
func (e *env) reportRun(flags *runFlags, found *found, result *group.Result) error {
	f := &flags.tests
	if !f.wanted() {
		return e.report(found, result)
	}
	suite := report.Collect(endings(result))
	err := suite.Locate(f.codePath)
	if err != nil { // it was there before the run
		err = &failure{fmt.Errorf("cannot look for the source of tests, %w", err)}
	}
	if f.junit != "" {
		err = errors.Join(err, writeJUnit(f.junit, suite))
	}
	switch {
	case f.analyzer != "" && !result.Killed:
		e.sayLate(result)
		err = errors.Join(err, e.analyze(f.analyzer, flags.level, suite))
	case f.run || f.analyzer != "":
		e.sayLate(result)
		err = errors.Join(err, e.print([]byte(suite.Text())))
	default:
		if failed := e.report(found, result); !isSilent(failed) {
			err = errors.Join(err, failed)
		}
	}
	e.sayUntested(suite)
	switch {
	case err != nil:
		return err
	case result.Killed:
		return &silent{statusInterrupted}
	case result.Failed(), suite.Failed > 0 && f.analyzer == "":
		return &silent{statusFailed}
	}
	return nil
}

func isSilent(err error) bool { return err == nil || errors.As(err, new(*silent)) }

// endings are the ends of roles as a report sees them: a role that was told to
// stop, and did, is no fault; an exit status is one where nobody told it to.
func endings(result *group.Result) []report.Ending {
	list := make([]report.Ending, 0, len(result.Completed))
	for _, ending := range result.Completed {
		fault, code := ending.Fault, new(lifecycle.ExitCode)
		switch {
		case result.Stopped && errors.Is(fault, lifecycle.ErrAborted):
			fault = nil
		case fault == nil && !ending.Told && ending.Value.MessageIs(code) && ending.Value.UnmarshalTo(code) == nil && code.GetCode() != 0:
			fault = &exitStatus{code}
		}
		list = append(list, report.Ending{Role: ending.Role, Value: ending.Value, Fault: fault})
	}
	return list
}

// exitStatus is an exit status as an error.
type exitStatus struct{ *lifecycle.ExitCode }

// Error implements error.
func (e *exitStatus) Error() string { return fmt.Sprintf("exit status %d", e.GetCode()) }

// sayUntested tells in one line why a role, or all of them, reported nothing.
func (e *env) sayUntested(suite *report.Suite) {
	faults := suite.Faults()
	switch {
	case suite.Reports() > 0 && faults == "":
	case suite.Reports() > 0:
		fmt.Fprintf(e.stderr, "ansar: %s\n", faults)
	case faults == "":
		fmt.Fprintln(e.stderr, "ansar: no role returned a test report")
	default:
		fmt.Fprintf(e.stderr, "ansar: no role returned a test report: %s\n", faults)
	}
}

// writeJUnit replaces the file at once. What is no regular file is written to.
func writeJUnit(file string, suite *report.Suite) error {
	write := renameio.WriteFile
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		write = func(name string, data []byte, mode os.FileMode, _ ...renameio.Option) error {
			return os.WriteFile(name, data, mode)
		}
	}
	if err := write(file, suite.JUnit(), 0o644); err != nil {
		return &failure{fmt.Errorf("cannot write the file of --junit, %w", err)}
	}
	return nil
}
