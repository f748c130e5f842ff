package framework

import (
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/settings"
)

// options are the flags that every program has.
type options struct {
	help    bool
	version bool

	dumpSettings  bool
	dumpInput     bool
	dumpSchema    bool
	storeSettings bool
	storeInput    bool
	factoryReset  bool

	settingsFile string
	inputFile    string
	outputFile   string

	debugLevel actor.Level // 0: not given
	jsonLog    bool
	grace      time.Duration // 0: not given

	homePath string
	roleName string
}

// flags declares the options, in the order in which --help shows them.
func (o *options) flags() *pflag.FlagSet {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	fs.SortFlags = false
	fs.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		name = strings.ReplaceAll(name, "_", "-")
		if name == "reset-to-factory-settings" { // an older spelling
			name = "factory-reset"
		}
		return pflag.NormalizedName(name)
	})
	fs.BoolVarP(&o.help, "help", "h", false, "print this page")
	fs.BoolVar(&o.version, "version", false, "print the name and the version of the program")
	fs.Var(&fileFlag{"settings", &o.settingsFile}, "settings-file", "take the settings from this `file` instead of the stored ones\n(- is standard input)")
	fs.Var(&fileFlag{"input", &o.inputFile}, "input-file", "take the input from this `file` (- is standard input)")
	fs.Var(&fileFlag{"output", &o.outputFile}, "output-file", "write the result to this `file` instead of standard output")
	fs.BoolVar(&o.dumpSettings, "dump-settings", false, "print the settings as they are in effect, and do not run")
	fs.BoolVar(&o.dumpInput, "dump-input", false, "print the input as it is in effect, and do not run")
	fs.BoolVar(&o.dumpSchema, "dump-schema", false, "print the description of all messages, for programs, and do not run")
	fs.BoolVar(&o.storeSettings, "store-settings", false, "keep the settings of files and flags for later, and do not run")
	fs.BoolVar(&o.storeInput, "store-input", false, "keep the input for later, and do not run")
	fs.BoolVar(&o.factoryReset, "factory-reset", false, "keep the settings that the program was built with, and do not run")
	fs.Var((*levelFlag)(&o.debugLevel), "debug-level", "log to standard error what is of this level or more serious:\n"+
		"DEBUG, TRACE, OBJECT, CONSOLE, WARNING, FAULT or NONE")
	fs.Var((*formatFlag)(&o.jsonLog), "log-format", "write the log as text or as json")
	fs.Var((*spanFlag)(&o.grace), "grace", "how long it may take to end when it is interrupted (default 10s)")
	fs.StringVar(&o.homePath, "home-path", "", "be a component of the home in this `folder`; needs --role-name")
	fs.StringVar(&o.roleName, "role-name", "", "be this `role` of the home; needs --home-path")
	return fs
}

// fileFlag is the name of a file for something.
type fileFlag struct {
	what string
	path *string
}

func (f *fileFlag) Set(s string) error {
	if s == "" {
		return &settings.UsageError{Name: "--" + f.what + "-file", Problem: "name a file, or - for standard " + f.standard()}
	}
	*f.path = s
	return nil
}

func (f *fileFlag) standard() string {
	if f.what == "output" {
		return "output"
	}
	return "input"
}
func (f *fileFlag) Type() string   { return "file" }
func (f *fileFlag) String() string { return "" }

// levelFlag is --debug-level.
type levelFlag actor.Level

func (f *levelFlag) Set(s string) error {
	level, err := actor.ParseLevel(s)
	if err != nil {
		return &settings.UsageError{Name: "--debug-level", Problem: err.Error()}
	}
	*f = levelFlag(level)
	return nil
}
func (f *levelFlag) Type() string   { return "level" }
func (f *levelFlag) String() string { return "" }

// spanFlag is --grace.
type spanFlag time.Duration

func (f *spanFlag) Set(s string) error {
	d, err := settings.ParseSpan(s)
	if err == nil && d <= 0 {
		err = errors.New(`"` + s + `" is not more than 0`)
	}
	if err != nil {
		return &settings.UsageError{Name: "--grace", Problem: err.Error()}
	}
	*f = spanFlag(d)
	return nil
}
func (f *spanFlag) Type() string   { return "span" }
func (f *spanFlag) String() string { return "" }

// formatFlag is --log-format.
type formatFlag bool

func (f *formatFlag) Set(s string) error {
	if s != "text" && s != "json" {
		return &settings.UsageError{Name: "--log-format", Problem: `"` + s + `" is not one of text, json`}
	}
	*f = s == "json"
	return nil
}
func (f *formatFlag) Type() string   { return "text|json" }
func (f *formatFlag) String() string { return "" }

// actions are the flags given that say what to do instead of running.
func (o *options) actions() []string {
	var given []string
	for _, a := range []struct {
		name string
		on   bool
	}{
		{"--dump-settings", o.dumpSettings}, {"--dump-input", o.dumpInput}, {"--dump-schema", o.dumpSchema},
		{"--store-settings", o.storeSettings}, {"--store-input", o.storeInput}, {"--factory-reset", o.factoryReset},
	} {
		if a.on {
			given = append(given, a.name)
		}
	}
	return given
}

// check refuses what cannot be meant together. The error is a
// *[settings.UsageError].
func (o *options) check() error {
	actions := o.actions()
	storeBoth := slices.Equal(actions, []string{"--store-settings", "--store-input"})
	switch {
	case len(actions) > 1 && !storeBoth:
		return &settings.UsageError{Problem: "only one of " + strings.Join(actions, " and ") + " can be given"}
	case o.settingsFile == "-" && o.inputFile == "-":
		return &settings.UsageError{Problem: "only one of --settings-file and --input-file can be standard input"}
	case o.factoryReset && o.settingsFile != "":
		return &settings.UsageError{Problem: "only one of --factory-reset and --settings-file can be given"}
	case o.homePath != "" && o.roleName == "":
		return &settings.UsageError{Problem: "--home-path needs --role-name: which role of the home is this?"}
	case o.roleName != "" && o.homePath == "":
		return &settings.UsageError{Problem: "--role-name needs --home-path: where is the home?"}
	}
	return nil
}
