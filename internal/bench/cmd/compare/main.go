// Compare measures what a process call costs beside what it could cost, and
// prints one table. It builds what it measures, and is run in internal/bench:
//
//	go run ./cmd/compare                        everything
//	go run ./cmd/compare -run 'tree|floor'      the entries whose names match
//	go run ./cmd/compare -add 'mine=dist/noop'  and a command line of your own
//	go run ./cmd/compare -list                  the names
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "compare: %v\n", err)
		stop()
		os.Exit(1)
	}
}

// settings are what the flags say.
type settings struct {
	rounds int
	budget time.Duration
	search *regexp.Regexp
	added  []measure.Entry
	list   bool
	quiet  bool
}

func parse(args []string) (settings, error) {
	s := settings{search: regexp.MustCompile("")}
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	flags.IntVar(&s.rounds, "rounds", 9, "how often everything is measured")
	flags.DurationVar(&s.budget, "budget", 3*time.Minute, "time after which no round begins that would not end within it")
	flags.BoolVar(&s.list, "list", false, "print the names of the entries, measure nothing")
	flags.BoolVar(&s.quiet, "quiet", false, "print only the table")
	flags.Func("run", "measure the entries whose `names` match this regular expression", func(text string) (err error) {
		s.search, err = regexp.Compile(text)
		return err
	})
	flags.Func("add", "measure a command line from start to end, as `name=command`; may be repeated", func(text string) error {
		name, command, ok := strings.Cut(text, "=")
		words := strings.Fields(command)
		if !ok || len(words) == 0 {
			return errors.New("want name=command")
		}
		s.added = append(s.added, measure.Entry{
			Name: name, Unit: "ms", Measure: measure.Spawn(spawns, words...), Against: []measure.Bound{{Entry: floor}, {Entry: limit}},
		})
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unknown word %q: a command line is added with -add name=command", flags.Arg(0))
	}
	return s, nil
}

func run(ctx context.Context, args []string) error {
	s, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "compare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	programs := &programs{folder: folder}
	entries := slices.Concat(entries(programs), s.added)
	entries = slices.DeleteFunc(entries, func(e measure.Entry) bool { return !s.search.MatchString(e.Name) })
	if s.list {
		for _, entry := range entries {
			fmt.Println(entry.Name)
		}
		return nil
	}
	if len(entries) == 0 {
		return fmt.Errorf("no entry matches %q: -list prints their names", s.search)
	}
	var progress io.Writer = os.Stderr
	if s.quiet {
		progress = io.Discard
	}
	if err := programs.build(ctx, progress); err != nil {
		return err
	}
	before := load()
	table := measure.Run(ctx, entries, &measure.Options{Rounds: s.rounds, Budget: s.budget, Progress: progress})
	if _, err := table.WriteTo(os.Stdout); err != nil {
		return err
	}
	fmt.Printf("%s, load %s before and %s after\n", machine(), before, load())
	return table.Err()
}
