package framework

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/lifecycle"
)

// message is what the settings are collected in: the defaults of the object,
// or an empty message for one without settings of its own.
func (p *program) message() proto.Message {
	about := p.describe()
	if about.Settings == nil {
		about.Settings = &lifecycle.None{}
	}
	return about.Settings
}

// read reads the arguments and finds where the program keeps its settings.
func (p *program) read() error {
	var g *given
	var err error
	if p.begin != nil {
		g, err = parseOurs(p.arguments(), p.message, p.name)
	} else {
		g, err = parse(p.arguments(), p.message(), p.name)
	}
	p.given = g
	if err != nil || g.help || g.version {
		return err
	}
	if err := p.checkFiles(); err != nil {
		return err
	}
	if g.collision != nil && !g.setFlag {
		return g.collision
	}
	if g.homePath == "" {
		return nil
	}
	p.part, err = openPart(g.homePath, g.roleName, p.name)
	if err != nil {
		return err
	}
	p.keeper = p.part
	return nil
}

// checkFiles refuses files for what the program does not have.
func (p *program) checkFiles() error {
	refuse := func(given bool, flag, why string) error {
		if !given {
			return nil
		}
		return &settings.UsageError{Name: flag, Problem: p.name + why}
	}
	var errs []error
	if isNone(p.message()) {
		errs = append(errs, refuse(p.given.settingsFile != "", "--settings-file", " has no settings"),
			refuse(p.given.storeSettings, "--store-settings", " has no settings"),
			refuse(p.given.factoryReset, "--factory-reset", " has no settings"))
	}
	if m := p.describe().Input; m == nil || isNone(m) {
		errs = append(errs, refuse(p.given.inputFile != "", "--input-file", " takes no input"),
			refuse(p.given.storeInput, "--store-input", " takes no input"))
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func isNone(m proto.Message) bool {
	_, none := m.(*lifecycle.None)
	return none
}

// settings are what the object gets: its defaults, over them what is stored or
// given as a file, over that the environment, over that the flags. What a parent
// gives stands for all but the flags.
func (p *program) settings(environment bool) (proto.Message, error) {
	m := p.message()
	wanted, err := p.parentsSettings()
	switch {
	case err != nil:
		return nil, err
	case wanted != nil:
		if err := replace(m, wanted, p.name); err != nil {
			return nil, err
		}
		return m, p.given.assign()
	}
	if err := p.storedSettings(m); err != nil {
		return nil, err
	}
	if environment && p.hasVariables() {
		if err := settings.FromEnv(m.ProtoReflect(), p.name, p.lookup, nil); err != nil {
			return nil, err
		}
	}
	return m, p.given.assign()
}

// parentsSettings are what the parent gave, or nil.
func (p *program) parentsSettings() (proto.Message, error) {
	if p.begin == nil || p.given.settingsFile != "" {
		return nil, nil
	}
	return p.begin.Settings()
}

// storedSettings reads a file of settings over the defaults.
func (p *program) storedSettings(m proto.Message) error {
	switch {
	case p.given.settingsFile != "":
		return p.readFile(p.given.settingsFile, "settings", m)
	case p.given.factoryReset:
		return nil
	}
	unknown, err := p.readKept(home.Settings, m)
	p.unknown = unknown
	return err
}

// input is what the object works on: a file, what the parent gave, what is
// stored, or else the default, in this order.
func (p *program) input() (proto.Message, error) {
	m := p.describe().Input
	if p.begin != nil && p.given.inputFile == "" {
		if wanted, err := p.begin.Input(); err != nil || wanted != nil {
			return wanted, err
		}
	}
	if m == nil {
		return nil, nil
	}
	if p.given.inputFile != "" {
		return m, p.readFile(p.given.inputFile, "input", m)
	}
	_, err := p.readKept(home.Input, m)
	return m, err
}

// replace makes m a copy of what the parent gave.
func replace(m, wanted proto.Message, name string) error {
	if is, want := wanted.ProtoReflect().Descriptor().FullName(), m.ProtoReflect().Descriptor().FullName(); is != want {
		return &lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_REFUSED, Condition: name + " refuses its settings",
			Explanation: fmt.Sprintf("it takes %s, not %s", want, is),
		}
	}
	proto.Reset(m)
	proto.Merge(m, wanted)
	return nil
}

// readFile reads a file that the user names; it has to be right in all its
// parts.
func (p *program) readFile(file, what string, m proto.Message) error {
	var data []byte
	var err error
	if file == "-" {
		file = "standard input"
		data, err = io.ReadAll(p.stdin)
	} else {
		data, err = os.ReadFile(file)
	}
	if err != nil {
		return err // it names the file
	}
	_, err = settings.UnmarshalEnvelope(file, data, m, &settings.ReadOptions{Root: what, Strict: true})
	return err
}

// readKept reads what is stored over the defaults in m. Fields that the
// program no longer has are warned about, and returned.
func (p *program) readKept(area home.Area, m proto.Message) (*settings.Unknown, error) {
	if p.keeper == nil {
		return nil, nil
	}
	file, data, err := p.keeper.load(area)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	unknown, err := settings.UnmarshalEnvelope(file, data, m, &settings.ReadOptions{Root: string(area)})
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, p.keeper.hint(area))
	}
	for _, w := range unknown.Warnings() {
		p.warn("%s", w)
	}
	return unknown, nil
}
