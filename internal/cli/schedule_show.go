package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/formats"
	"github.com/ansar-go/ansar/internal/schedule/journal"
	"github.com/ansar-go/ansar/internal/schedule/live"
)

// showFlags say what of a run is shown where.
type showFlags struct {
	json, quiet, all bool
	live, format     string
	junit            string
}

// Words of flags.
var (
	runFormats = []string{"table", "json", "junit", "timeline", "events"}
	lives      = []string{"auto", "always", "never"}
)

func (f *showFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	word(fs, &f.junit, "junit", "write the results into a file as JUnit XML as well")
	fs.BoolVar(&f.json, "json", false, "the same as --format=json")
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "show nothing while it goes on, and at the end only what is not fine")
	fs.BoolVar(&f.all, "all", false, "list every job at the end, also those that are fine and many")
	fs.Var(&oneOf{"live", &f.live, lives}, "live", "draw what goes on: auto, always or never (auto if not given: on terminals)")
	fs.Var(&oneOf{"format", &f.format, runFormats}, "format", "what is printed at the end: table, json, junit or timeline; or events, as they happen (table if not given)")
	_ = cmd.RegisterFlagCompletionFunc("live", completeValues(lives...)) // the flags are there
	_ = cmd.RegisterFlagCompletionFunc("format", completeValues(runFormats...))
}

func (f *showFlags) check(*cobra.Command) error {
	if f.json && f.format != "" && f.format != "json" {
		return eitherOr("--json", "--format="+f.format)
	}
	if f.json {
		f.format = "json"
	}
	if f.format == "" {
		f.format = "table"
	}
	return nil
}

// view is what shows the run while it goes on; nil if nothing is to.
func (e *env) view(f *showFlags, previous *schedulepb.Report) *live.View {
	if f.quiet {
		return nil
	}
	terminal := isTerminal(e.stderr) && os.Getenv("TERM") != "dumb"
	if f.live == "always" && !isTerminal(e.stderr) || f.live == "never" {
		terminal = false
	}
	return live.New(e.stderr, live.Options{Terminal: terminal, Previous: previous, Called: relative})
}

// printResult prints what became of a run in the format that is wanted.
func (e *env) printResult(f *showFlags, report *schedulepb.Report) error {
	var text bytes.Buffer
	var err error
	switch f.format {
	case "json":
		err = formats.JSON(&text, report)
	case "junit":
		err = formats.JUnit(&text, report, nil)
	case "timeline":
		err = formats.Timeline(&text, report, 0)
	case "events": // they were printed
	default:
		if f.quiet && report.GetExitStatus() == 0 {
			return nil
		}
		err = e.table(&text, report, f.all)
	}
	if err != nil {
		return err
	}
	return e.print(text.Bytes())
}

// table writes the report as a table that fits the terminal.
func (e *env) table(w io.Writer, report *schedulepb.Report, all bool) error {
	o := &formats.TableOptions{Fine: all}
	if file, ok := e.stdout.(*os.File); ok {
		if size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ); err == nil {
			o.Width = int(size.Col)
			o.Colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		}
	}
	return formats.Table(w, report, o)
}

// printEvent prints an event as a line of JSON.
func (e *env) printEvent(event *schedulepb.Event) error {
	line, err := journal.AppendEvent(nil, event)
	if err != nil {
		return err
	}
	return e.print(append(line, '\n'))
}

// writeRunJUnit writes the file of --junit.
func writeRunJUnit(name string, report *schedulepb.Report) error {
	var text bytes.Buffer
	if err := formats.JUnit(&text, report, nil); err != nil {
		return err
	}
	if err := os.WriteFile(name, text.Bytes(), 0o644); err != nil {
		return &failure{fmt.Errorf("write %q: %w", name, err)}
	}
	return nil
}

// relative names a path as it is seen from the working directory, if that is shorter.
func relative(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	short, err := filepath.Rel(dir, path)
	if err != nil || len(short) > len(path) {
		return path
	}
	return short
}
