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
	g, err := parse(p.arguments(), p.message(), p.name)
	p.given = g
	if err != nil || g.help || g.version {
		return err
	}
	if g.collision != nil && !g.setFlag {
		return fmt.Errorf("collision in settings names: %w", g.collision)
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

// settings are what the object gets: its defaults, over them what is stored or
// given as a file, over that the environment, over that the flags.
func (p *program) settings(environment bool) (proto.Message, error) {
	m := p.message()
	if err := p.storedSettings(m); err != nil {
		return nil, err
	}
	if environment {
		if err := settings.FromEnv(m.ProtoReflect(), p.name, p.lookup, nil); err != nil {
			return nil, err
		}
	}
	return m, p.given.assign()
}

// storedSettings reads a file of settings over the defaults.
func (p *program) storedSettings(m proto.Message) error {
	switch {
	case p.given.settingsFile != "":
		return p.readFile(p.given.settingsFile, "settings", m)
	case p.given.factoryReset:
		return nil
	case p.begin != nil:
		wanted, err := p.begin.Settings()
		if err != nil {
			return err
		}
		if wanted != nil {
			return replace(m, wanted, "settings", p.name)
		}
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
		if p.given.inputFile != "" {
			return nil, &settings.UsageError{Name: "--input-file", Problem: p.name + " does not say which input it takes"}
		}
		return nil, nil
	}
	if p.given.inputFile != "" {
		return m, p.readFile(p.given.inputFile, "input", m)
	}
	_, err := p.readKept(home.Input, m)
	return m, err
}

// replace makes m a copy of what the parent gave.
func replace(m, wanted proto.Message, what, name string) error {
	if is, want := wanted.ProtoReflect().Descriptor().FullName(), m.ProtoReflect().Descriptor().FullName(); is != want {
		return &lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_REFUSED, Condition: name + " refuses its " + what,
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
		return fmt.Errorf("read %s: %w", what, err)
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
