package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

const scheduleLogLong = `Log prints what a job has printed: of its last attempt, or of that of --attempt. The
stream log has both others in the order of time, with the time of each line; stdout and
stderr are as the job wrote them, byte for byte.

Processes below the job that have a log of their own are not in its log, which only
tells where theirs are: --merge prints all of them as one, and without a job those of
the whole run. See also ansar help schedule exec.

With --level only the lines of the log that are so serious are printed, where standard
output counts as CONSOLE and standard error as WARNING, and with --json each is an object.

With --follow it goes on with what is to come, until the attempt has ended. One that
has not begun yet is waited for.`

// streams are the values of --stream.
var streams = []string{"log", "stdout", "stderr"}

// jobLogFlags are what schedule log is told by flags.
type jobLogFlags struct {
	runsFlag
	attempt uint32
	stream  string
	follow  bool
	path    bool
	merge   string
	filterFlags
}

func scheduleLogCommand(e *env) *cobra.Command {
	f := &jobLogFlags{}
	cmd := &cobra.Command{
		Use:   "log [run] <job>",
		Short: "print what a job has printed",
		Long:  scheduleLogLong,
		Example: "  ansar schedule log blink\n  ansar schedule log plan.yaml blink --attempt=1 --stream=stderr\n  ansar schedule log blink --follow" +
			"\n  ansar schedule log blink --merge=time",
		ValidArgsFunction: completeJobsOfRun(&f.runsFlag),
	}
	fs := cmd.Flags()
	fs.Uint32Var(&f.attempt, "attempt", 0, "the attempt, by its number from 1 (the last one if not given)")
	fs.Var(&oneOf{"stream", &f.stream, streams}, "stream", "log, stdout or stderr (log if not given)")
	fs.BoolVarP(&f.follow, "follow", "f", false, "go on with what is to come, until the attempt has ended")
	fs.BoolVar(&f.path, "path", false, "print the path of the file instead")
	fs.Var(&oneOf{"merge", &f.merge, mergeOrders}, "merge", "time or process: with the logs of the processes below, in order of time, or process after process")
	f.filterFlags.add(fs)
	f.runsFlag.add(cmd)
	_ = cmd.RegisterFlagCompletionFunc("level", completeWords(levelNames[:6]...)) // as below
	_ = cmd.RegisterFlagCompletionFunc("merge", completeValues(mergeOrders...))   // as below
	_ = cmd.RegisterFlagCompletionFunc("stream", completeValues(streams...))      // the flag is there
	cmd.RunE = func(_ *cobra.Command, words []string) error {
		if f.follow && f.path {
			return eitherOr("--follow", "--path")
		}
		if err := cmp.Or(f.refuseMerge(), f.refuseFilter()); err != nil {
			return err
		}
		if f.merge != "" && len(words) == 0 {
			folder, err := f.find("")
			if err != nil {
				return err
			}
			return e.printMerged(folder, f.merge)
		}
		run, job, err := runAndJob(words)
		if err != nil {
			return err
		}
		folder, err := f.find(run)
		if err != nil {
			return err
		}
		return e.printJobLog(f, folder, job)
	}
	return cmd
}

// runAndJob are the words of a command about a job: the last one is the job.
func runAndJob(words []string) (run, job string, err error) {
	switch len(words) {
	case 0:
		return "", "", usagef("the id of a job is required: see ansar schedule list")
	case 1:
		return "", words[0], nil
	}
	if err := fill(words, slot{"run", &run}, slot{"job", &job}); err != nil {
		return "", "", err
	}
	return run, job, nil
}

func (e *env) printJobLog(f *jobLogFlags, folder, id string) error {
	report, err := reportOf(folder)
	if err != nil {
		return err
	}
	job := jobReport(report, id)
	if job == nil {
		return preconditionf("run %q has no job %q: see ansar schedule list", filepath.Base(folder), id)
	}
	attempt := attemptOf(job, f.attempt)
	ctx, release := whileRead(e.ctx, e.stdout)
	defer release()
	if attempt == nil && f.follow {
		if attempt, err = awaitAttempt(ctx, folder, id, max(f.attempt, 1)); err != nil {
			return err
		}
	}
	if attempt == nil {
		return lackingAttempt(job, f.attempt)
	}
	file, offset, length := streamOf(attempt, cmp.Or(f.stream, "log"))
	path := filepath.Join(folder, file)
	switch {
	case f.merge != "":
		return e.printMerged(folderOfAttempt(folder, attempt.GetLog()), f.merge)
	case f.path:
		return e.print([]byte(relative(path) + "\n"))
	case f.follow && attempt.GetEnded() == nil:
		return e.tail(ctx, folder, path, id, attempt.GetNumber())
	}
	if f.filters() {
		return e.printEntries(f, path, id, attempt.GetNumber())
	}
	return e.copyFile(path, offset, length)
}

// lackingAttempt says why there is nothing to print.
func lackingAttempt(job *schedulepb.JobReport, number uint32) error {
	n := len(job.GetAttempts())
	switch {
	case n == 0 && job.GetCause().GetText() != "":
		return preconditionf("job %q was not run: it is %s, %s", job.GetId(), job.GetStatus().Name(), job.GetCause().GetText())
	case n == 0:
		return preconditionf("job %q has not begun: --follow waits for it", job.GetId())
	case n == 1:
		return preconditionf("job %q has no attempt %d: there was one", job.GetId(), number)
	}
	return preconditionf("job %q has no attempt %d: there were %d", job.GetId(), number, n)
}

func jobReport(report *schedulepb.Report, id string) *schedulepb.JobReport {
	for _, j := range report.GetJobs() {
		if j.GetId() == id {
			return j
		}
	}
	return nil
}

// attemptOf is an attempt by its number, 0 for the last; nil if there is none.
func attemptOf(job *schedulepb.JobReport, number uint32) *schedulepb.AttemptReport {
	attempts := job.GetAttempts()
	if number == 0 && len(attempts) > 0 {
		return attempts[len(attempts)-1]
	}
	for _, a := range attempts {
		if a.GetNumber() == number {
			return a
		}
	}
	return nil
}

// awaitAttempt waits for an attempt to begin.
func awaitAttempt(ctx context.Context, folder, id string, number uint32) (*schedulepb.AttemptReport, error) {
	for event, err := range journal.Follow(ctx, folder, 1) {
		if err != nil {
			return nil, followed(ctx, err)
		}
		if started := event.GetJobStarted(); event.GetJob() == id && event.GetAttempt() == number && started != nil {
			return &schedulepb.AttemptReport{Number: number, Log: started.GetLog(), Started: event.GetTime()}, nil
		}
	}
	return nil, whyEnded(ctx)
}

// streamOf is the file of a stream of an attempt, from the folder of the run, and the
// part of it that is the attempt's; length is -1 for all of it.
func streamOf(a *schedulepb.AttemptReport, stream string) (file string, offset, length int64) {
	for _, o := range a.GetOutputs() {
		if o.GetStream() == stream {
			return o.GetFile(), o.GetOffset(), o.GetLength()
		}
	}
	if stream == "log" {
		return a.GetLog(), 0, -1
	}
	return filepath.Join(filepath.Dir(a.GetLog()), stream), 0, -1
}

// copyFile prints a part of a file. One that is not there is empty: streams are made
// with their first byte.
func (e *env) copyFile(path string, offset, length int64) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &failure{err}
	}
	defer file.Close()
	var part io.Reader = io.NewSectionReader(file, offset, length)
	if length < 0 {
		part = file
	}
	if _, err := io.Copy(printer{e}, part); err != nil {
		return err
	}
	return nil
}

// tail prints a file as it grows, until the attempt has ended.
func (e *env) tail(ctx context.Context, folder, path, id string, number uint32) error {
	over, end := context.WithCancel(ctx)
	defer end()
	followed := make(chan struct{})
	go func() { // ends with over
		defer close(followed)
		defer end()
		for event, err := range journal.Follow(over, folder, 1) {
			if err != nil || event.GetJob() == id && event.GetAttempt() == number && event.GetAttemptFinished() != nil {
				return
			}
		}
	}()
	err := e.copyGrowing(over, path)
	end()
	<-followed
	return cmp.Or(err, whyEnded(ctx))
}

// completeJobsOfRun completes the ids of jobs of the run that is named, or of the last.
func completeJobsOfRun(r *runsFlag) completer {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 1 {
			return nil, noFiles
		}
		run := ""
		if len(args) == 1 {
			run = args[0]
		}
		report, err := r.report(run)
		if err != nil {
			return nil, noFiles
		}
		var ids []string
		for _, j := range report.GetJobs() {
			ids = append(ids, j.GetId()+"\t"+j.GetStatus().Name()+" "+strconv.Itoa(len(j.GetAttempts())))
		}
		return ids, noFiles
	}
}
