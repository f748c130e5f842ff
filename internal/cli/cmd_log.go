package cli

import (
	"bufio"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/logstore"
	"github.com/ansar-go/ansar/internal/settings"
)

const logLong = `Log prints the lines that roles have logged in the background: those of the last five
minutes, if nothing else is said. Lines of several roles are in the order of time,
each behind the name of its role.

  begin   one of --from --last --start --back; --since is --from, --run is --start,
          and --previous is the run before the last
  end     one of --to --span --count; --until is --to. After --start, the end is the
          start of the next run, if nothing else is said
  tail    the last lines of what is between, and of the whole log if no begin is given

A time is 2020-11-07T15:52:25.745, or the front of one, in UTC unless it ends with
a zone; or today, yesterday or now; or a span, for so long ago. With --clock, times
are those of the local clock, here and in what is printed.

The periods of --last are fixed: MONTH, WEEK (from Monday on), DAY, HOUR, HALF,
QUARTER, TEN, FIVE, MINUTE. --last=HOUR is what was logged since the hour struck, in
UTC; --back=1h is the last sixty minutes.

The tag of a line is the character behind its time:

  !  FAULT    ? WARNING, = a test that failed    ^  CONSOLE    _  DEBUG
  ~  TRACE, & a sample    + X created, destroyed    > <  sent, received
  ( )  a process started, ended: these and the former are of the level OBJECT

With --sample, the values of samples are printed in columns with tabs between.
The column time is the time of the line.`

const logExample = `  ansar log server-0
  ansar log server-0 --last=HOUR --count=20
  ansar log 'client-.*' server-0 --follow --level=WARNING
  ansar log zombie-0 --previous --tail=50
  ansar log meter-0 --back=1h --sample=time,load,memory`

// logFlags are what log is told by flags.
type logFlags struct {
	begin
	end

	search              searchFlags
	clock, follow, json bool
	tail                int
	tags, level, grep   string
	sample              []string
}

func logCommand(e *env) *cobra.Command {
	f := &logFlags{}
	cmd := &cobra.Command{
		Use:               "log [role...] [home]",
		Aliases:           []string{"logs"},
		Short:             "print what roles have logged",
		Long:              logLong,
		Example:           logExample,
		ValidArgsFunction: completeRoles(e),
	}
	fs := cmd.Flags()
	f.search.add(cmd)
	f.begin.add(fs)
	f.end.add(fs)
	fs.IntVarP(&f.tail, "tail", "n", 0, "the last lines, so many")
	fs.BoolVarP(&f.follow, "follow", "f", false, "go on with lines as they come, until ctrl-C")
	fs.BoolVar(&f.clock, "clock", false, "times of the local clock instead of UTC")
	word(fs, &f.level, "level", "lines of this level and more serious ones: FAULT WARNING CONSOLE OBJECT TRACE DEBUG")
	word(fs, &f.tags, "tags", "lines with one of these tags, such as '!?'")
	word(fs, &f.grep, "grep", "lines that match a regular expression, behind their time")
	fs.StringSliceVar(&f.sample, "sample", nil, "the columns to print of samples, such as time,load")
	fs.BoolVar(&f.json, "json", false, "as JSON, one object a line")
	_ = cmd.RegisterFlagCompletionFunc("level", completeWords(levelNames[:6]...)) // the flags are there
	_ = cmd.RegisterFlagCompletionFunc("last", completeWords(periodNames()...))
	cmd.RunE = func(_ *cobra.Command, words []string) error { return f.run(e, fs, words) }
	return cmd
}

func (f *logFlags) run(e *env, fs *pflag.FlagSet, words []string) error {
	query, err := f.query(fs)
	if err != nil {
		return err
	}
	now := time.Now()
	if err := f.begin.parse(f.zone(), now); err != nil {
		return err
	}
	if err := f.end.parse(f.zone(), now); err != nil {
		return err
	}
	g, err := f.search.resolve(e, words)
	if err != nil {
		return err
	}
	h, roles, err := g.open()
	if err != nil {
		return err
	}
	sources, err := f.sources(h, roles, fs.Changed("tail"), now)
	if err != nil {
		return err
	}
	return f.print(e, query, sources, len(roles) > 1)
}

func (f *logFlags) zone() *time.Location {
	if f.clock {
		return time.Local
	}
	return time.UTC
}

// query returns what is asked for but for the window, which each role has its own
// of.
func (f *logFlags) query(fs *pflag.FlagSet) (*logstore.Query, error) {
	q := &logstore.Query{Count: f.count, Tail: f.tail}
	switch {
	case f.tail < 0:
		return nil, &settings.UsageError{Name: "--tail", Problem: "is less than nothing"}
	case fs.Changed("tail") && f.tail == 0:
		q.Tail = -1
	case f.follow && f.to != "":
		return nil, eitherOr("--follow", "--to")
	case f.follow && f.span != nil:
		return nil, eitherOr("--follow", "--span")
	case f.json && len(f.sample) > 0:
		return nil, eitherOr("--json", "--sample")
	case fs.Changed("sample") && strings.Join(f.sample, "") == "":
		return nil, &settings.UsageError{Name: "--sample", Problem: "is empty: give it a value or leave it out"}
	}
	var err error
	if q.Tags, err = f.shown(); err != nil {
		return nil, err
	}
	if f.grep != "" {
		if q.Grep, err = regexp.Compile(f.grep); err != nil {
			return nil, &settings.UsageError{Name: "--grep", Problem: err.Error()}
		}
	}
	return q, nil
}

// noTag is a tag that no line has.
const noTag = "\x00"

// shown returns the tags of lines that are wanted, empty for all.
func (f *logFlags) shown() (string, error) {
	all := logstore.TagsFrom("DEBUG")
	tags := f.tags
	for i := range len(tags) {
		if strings.IndexByte(all, tags[i]) < 0 {
			return "", &settings.UsageError{Name: "--tags", Problem: `"` + tags[i:i+1] + `" is none of ` + all}
		}
	}
	narrow := func(to string) {
		if tags == "" {
			tags = to
			return
		}
		tags = strings.Map(func(r rune) rune {
			if strings.ContainsRune(to, r) {
				return r
			}
			return -1
		}, tags) + noTag
	}
	if f.level != "" {
		of := logstore.TagsFrom(strings.ToUpper(f.level))
		if of == "" {
			return "", &settings.UsageError{Name: "--level", Problem: fmt.Sprintf("%q is not one of %s", f.level, strings.Join(levelNames[:6], ", "))}
		}
		narrow(of)
	}
	if len(f.sample) > 0 {
		narrow("&")
	}
	return tags, nil
}

// sources returns the log of each role, and its window.
func (f *logFlags) sources(h *home.Home, roles []home.Role, tail bool, now time.Time) ([]logstore.Source, error) {
	var sources []logstore.Source
	var lacking error
	for _, role := range roles {
		folder, err := h.Path(home.Logs, role.Name)
		if err != nil {
			return nil, err
		}
		from, to, err := f.window(h, role.Name, tail, now)
		if err != nil {
			lacking = err // another may have such a run
			if !isNoRun(err) {
				return nil, err
			}
			continue
		}
		sources = append(sources, logstore.Source{Name: role.Name, Folder: folder, From: from, To: to})
	}
	if len(sources) == 0 {
		return nil, lacking
	}
	return sources, nil
}

// print prints the lines, and goes on with those to come if that is wanted.
func (f *logFlags) print(e *env, query *logstore.Query, sources []logstore.Source, named bool) error {
	out := bufio.NewWriterSize(printer{e}, 64<<10)
	p := newLinePrinter(f, e.stdout, out, sources, named)
	lines := logstore.Read(query, sources...)
	ctx := e.ctx
	if f.follow && open(sources) {
		var release func()
		ctx, release = whileRead(ctx, e.stdout)
		defer release()
		query.Idle = func() { _ = out.Flush() } // it stays with out, and the next line tells
		lines = logstore.Follow(ctx, query, sources...)
	}
	for line, err := range lines {
		if err == nil {
			err = p.print(line)
		}
		if err == nil {
			err = whyEnded(ctx)
		}
		if err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return whyEnded(ctx)
}

// open reports whether any of the logs can get lines that are wanted.
func open(sources []logstore.Source) bool {
	for _, s := range sources {
		if s.To.IsZero() {
			return true
		}
	}
	return false
}

// printer is standard output with the errors of [env.print].
type printer struct{ env *env }

func (p printer) Write(text []byte) (int, error) {
	if err := p.env.print(text); err != nil {
		return 0, err
	}
	return len(text), nil
}
