package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/formats"
)

const scheduleReportLong = `Report prints what became of a run, also while it goes on, and after it was killed: then
what ran counts as interrupted. It is read from the journal of the run. The formats are

  table     lines for a terminal
  json      the report itself
  junit     XML for tools that show tests
  html      a page that needs nothing else
  markdown  tables for comments and summaries, of what is not fine (--all: of all)
  trace     trace events, for ui.perfetto.dev and chrome://tracing
  timeline  who had which slot and unit when, with how much of them was used
  diff      what has changed since the run before, or since that of --against

With --archive the folder of the run is packed into a zip file, with every log and
the checksums of all files; the run stays as it is.

The exit status is that of the run, as run has it, where the format is table or diff.`

var reportFormats = []string{"table", "json", "junit", "html", "markdown", "trace", "timeline", "diff"}

// reportFlags are what report is told by flags.
type reportFlags struct {
	runsFlag
	format, against, archive string
	json, all                bool
}

func scheduleReportCommand(e *env) *cobra.Command {
	f := &reportFlags{}
	cmd := &cobra.Command{
		Use:   "report [run]",
		Short: "print what became of a run",
		Long:  scheduleReportLong,
		Example: "  ansar schedule report\n  ansar schedule report plan.yaml --format=timeline\n" +
			"  ansar schedule report --format=diff --against=monday.zip\n  ansar schedule report --archive=monday.zip",
		ValidArgsFunction: completeRuns(&f.runsFlag),
	}
	fs := cmd.Flags()
	fs.Var(&oneOf{"format", &f.format, reportFormats}, "format", "table, json, junit, html, markdown, trace, timeline or diff (table if not given)")
	fs.BoolVar(&f.json, "json", false, "the same as --format=json")
	fs.BoolVar(&f.all, "all", false, "list every job, also those that are fine and many")
	word(fs, &f.against, "against", "the run to compare with; also an archive")
	word(fs, &f.archive, "archive", "pack the run into a file as well")
	f.add(cmd)
	_ = cmd.RegisterFlagCompletionFunc("format", completeValues(reportFormats...)) // the flags are there
	_ = cmd.RegisterFlagCompletionFunc("against", completeRunsFlag(&f.runsFlag))
	cmd.RunE = func(_ *cobra.Command, words []string) error {
		var name string
		if err := fill(words, slot{"run", &name}); err != nil {
			return err
		}
		if err := f.check(); err != nil {
			return err
		}
		report, err := f.report(name)
		var unread *failure
		if errors.As(err, &unread) { // a status of 1 would be that of a run
			return e.status(statusMachinery, unread.error)
		}
		if err != nil {
			return err
		}
		return e.printRunReport(f, report)
	}
	return cmd
}

func (f *reportFlags) check() error {
	if f.json && f.format != "" && f.format != "json" {
		return eitherOr("--json", "--format="+f.format)
	}
	if f.json {
		f.format = "json"
	}
	if f.against != "" && f.format == "" {
		f.format = "diff"
	}
	if f.against != "" && f.format != "diff" {
		return usagef("--against says what to compare with: give --format=diff, not %s", f.format)
	}
	if f.format == "" {
		f.format = "table"
	}
	return nil
}

func (e *env) printRunReport(f *reportFlags, report *schedulepb.Report) error {
	if f.archive != "" {
		if report.GetFolder() == "" {
			return usagef("--archive packs the folder of a run: this is an archive already")
		}
		if err := formats.Archive(report.GetFolder(), f.archive); err != nil {
			return &failure{err}
		}
	}
	var text bytes.Buffer
	if err := e.writeReport(&text, f, report); err != nil {
		return err
	}
	if err := e.print(text.Bytes()); err != nil {
		return err
	}
	if (f.format == "table" || f.format == "diff") && report.GetExitStatus() != 0 {
		return &silent{int(report.GetExitStatus())}
	}
	return nil
}

func (e *env) writeReport(w io.Writer, f *reportFlags, report *schedulepb.Report) error {
	switch f.format {
	case "json":
		return formats.JSON(w, report)
	case "junit":
		return formats.JUnit(w, report, nil)
	case "html":
		return formats.HTML(w, report)
	case "markdown":
		return formats.Markdown(w, report, f.all)
	case "trace":
		return formats.Trace(w, report)
	case "timeline":
		if err := formats.Timeline(w, report, 0); err != nil {
			return err
		}
		fmt.Fprintln(w)
		if err := formats.Utilisation(w, report); err != nil {
			return err
		}
		fmt.Fprintln(w)
		return formats.CriticalPath(w, report)
	case "diff":
		before, err := f.before(report)
		if err != nil {
			return err
		}
		return formats.Diff(w, before, report)
	}
	return e.table(w, report, f.all)
}

// before is the run to compare with.
func (f *reportFlags) before(report *schedulepb.Report) (*schedulepb.Report, error) {
	if f.against != "" {
		return f.report(f.against)
	}
	folder, err := runBefore(report.GetFolder())
	if err != nil {
		return nil, err
	}
	return reportOf(folder)
}
