package cli

import (
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/schedule/joblog"
)

// filterFlags say which lines of a job's log are printed, and how.
type filterFlags struct {
	level string
	json  bool
}

func (f *filterFlags) add(fs *pflag.FlagSet) {
	word(fs, &f.level, "level", "lines of this level and more serious ones: FAULT WARNING CONSOLE OBJECT TRACE DEBUG")
	fs.BoolVar(&f.json, "json", false, "as JSON, one object a line")
}

// filters reports whether the log is read line by line.
func (f *filterFlags) filters() bool { return f.level != "" || f.json }

// refuseFilter says what --level and --json do not go with.
func (f *jobLogFlags) refuseFilter() error {
	if !f.filters() {
		return nil
	}
	if _, err := f.minimum(); err != nil {
		return err
	}
	flag := "--json"
	if f.level != "" {
		flag = "--level"
	}
	switch {
	case f.follow:
		return eitherOr(flag, "--follow")
	case f.path:
		return eitherOr(flag, "--path")
	case f.merge != "":
		return eitherOr(flag, "--merge")
	case f.stream != "" && f.stream != "log":
		return eitherOr(flag, "--stream="+f.stream)
	}
	return nil
}

func (f *filterFlags) minimum() (actor.Level, error) {
	if f.level == "" {
		return actor.LevelDebug, nil
	}
	level, err := actor.ParseLevel(f.level)
	if err != nil {
		return 0, usagef("--level: %v", err)
	}
	return level, nil
}

// jobEntry is a line of a log as --json prints it.
type jobEntry struct {
	Job     string `json:"job"`
	Attempt uint32 `json:"attempt"`
	*joblog.Entry
}

// printEntries prints the lines of a log that are meant.
func (e *env) printEntries(f *jobLogFlags, path, job string, attempt uint32) error {
	level, err := f.minimum()
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &failure{err}
	}
	defer file.Close()
	return joblog.Entries(file, level, func(entry *joblog.Entry, raw []byte) error {
		if f.json {
			return printLines(e, []jobEntry{{job, attempt, entry}})
		}
		return e.print(raw)
	})
}
