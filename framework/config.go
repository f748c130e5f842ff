package framework

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
)

// config is the folder of one tool in the user's configuration folder.
type config struct{ folder string }

// openConfig gives the folder for the program by the XDG rules: below
// $XDG_CONFIG_HOME if that is absolute, else below ~/.config. It gives nil if
// there is none.
func openConfig(program string, lookup func(string) (string, bool)) *config {
	if base, _ := lookup("XDG_CONFIG_HOME"); filepath.IsAbs(base) {
		return &config{filepath.Join(base, "ansar", program)}
	}
	if base, _ := lookup("HOME"); filepath.IsAbs(base) {
		return &config{filepath.Join(base, ".config", "ansar", program)}
	}
	return nil
}

func (c *config) path(area home.Area) string { return filepath.Join(c.folder, string(area)+".json") }

// load implements [keeper]. What is hidden in a folder that this user cannot
// look into counts as not there, and the error says so too.
func (c *config) load(area home.Area) (string, []byte, error) {
	path := c.path(area)
	data, err := os.ReadFile(path)
	if err != nil {
		_, hidden := os.Lstat(path)
		if hidden != nil && !errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: %w", err, fs.ErrNotExist)
		}
	}
	return path, data, err
}

// save implements [keeper].
func (c *config) save(area home.Area, data []byte) error {
	if err := os.MkdirAll(c.folder, 0o700); err != nil {
		return err
	}
	return replaceFile(c.path(area), data, 0o600)
}

// create is save for a file that must not be there: it never replaces what
// another process has stored meanwhile.
func (c *config) create(area home.Area, data []byte) error {
	if err := os.MkdirAll(c.folder, 0o700); err != nil {
		return err
	}
	return createFile(c.path(area), data, 0o600)
}

// hint implements [keeper].
func (c *config) hint(area home.Area) string {
	if area == home.Settings {
		return " (mend the file, or put the defaults back with --factory-reset)"
	}
	return " (mend the file, or remove it)"
}

// openConfig finds where the tool keeps its settings.
func (p *program) openConfig() {
	if c := openConfig(p.name, p.lookup); c != nil {
		p.keeper = c
	}
}

// keepDefaults writes the settings that a tool was built with, all fields of
// them, where they are to be edited: at its first run. What cannot be written is
// a warning, and never keeps the tool from running.
func (p *program) keepDefaults() {
	if p.part != nil || p.begin != nil || isNone(p.message()) {
		return
	}
	c, ok := p.keeper.(*config)
	if !ok {
		p.warn("settings are not kept: " + nowhere)
		return
	}
	if _, err := os.Lstat(c.path(home.Settings)); err == nil {
		return
	}
	defaults := actor.Describe(p.def).Settings // p.message has the environment and the flags in it
	err := c.create(home.Settings, settings.MarshalEnvelope(defaults, &settings.WriteOptions{AllFields: true}))
	if err != nil {
		p.warn("settings are not kept: %v", err)
	}
}
