package framework

import (
	"google.golang.org/protobuf/proto"

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
	if p.begin != nil || p.starter != nil {
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
