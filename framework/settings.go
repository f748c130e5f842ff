package framework

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/lifecycle"
)

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

// replace makes m a copy of what the parent gave.
func replace(m, wanted proto.Message, name string) error {
	if isNone(wanted) { // it fits whatever is wanted
		proto.Reset(m)
		return nil
	}
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
