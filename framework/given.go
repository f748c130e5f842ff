package framework

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/settings"
)

// given is what the arguments say.
type given struct {
	options
	words []string

	flags     *pflag.FlagSet // nil: there are no flags but the quick ones
	settings  []assignment   // in the order given
	setFlag   bool           // one of them is --set
	collision error          // of settings and flags of every program; nil: none
}

// assignment is a settings flag that was given.
type assignment struct{ name, value string }

// parse reads the arguments of a program that a user may have typed. Settings flags are kept until [given.assign] gives
// them to m, since files and environment come first. The error is a
// *[settings.UsageError].
func parse(arguments []string, m proto.Message, program string) (*given, error) {
	g := &given{}
	g.flags = g.options.flags()
	own := map[string]bool{}
	g.flags.VisitAll(func(f *pflag.Flag) { own[f.Name] = true })
	taken := new(settings.CollisionError)
	err := settings.AddFlags(g.flags, m.ProtoReflect(), &settings.FlagOptions{Program: program})
	if errors.As(err, &taken) {
		g.collision = fmt.Errorf("collision in settings names: --%s (rename the field, or give it as --set %s=value)",
			strings.Join(taken.Names, ", --"), taken.Names[0])
	}
	err = g.flags.ParseAll(arguments, func(f *pflag.Flag, value string) error {
		if own[f.Name] {
			return g.flags.Set(f.Name, value)
		}
		g.setFlag = g.setFlag || f.Name == "set"
		g.settings = append(g.settings, assignment{f.Name, value})
		return nil
	})
	if err != nil {
		return nil, settings.Usage(g.flags, err)
	}
	g.words = g.flags.Args()
	if g.factoryReset && len(g.settings) > 0 {
		return nil, &settings.UsageError{Problem: "--factory-reset and settings cannot be given together"}
	}
	return g, g.check()
}

// parseOurs reads the arguments of a program that one of ours has started.
func parseOurs(arguments []string, m func() proto.Message, program string) (*given, error) {
	g := &given{}
	if g.parseQuickly(arguments) {
		return g, g.check()
	}
	return parse(arguments, m(), program)
}

// parseQuickly reads what a component of ours is started with, which is no
// more than its home and its role, and reports whether that was all.
func (g *given) parseQuickly(arguments []string) bool {
	for _, a := range arguments {
		name, value, _ := strings.Cut(a, "=")
		switch {
		case name == "--home-path" && value != "":
			g.homePath = value
		case name == "--role-name" && value != "":
			g.roleName = value
		default:
			return false
		}
	}
	return true
}

// assign gives the settings flags to the message that parse was called with.
// The error is a *[settings.UsageError].
func (g *given) assign() error {
	for _, a := range g.settings {
		if err := g.flags.Set(a.name, a.value); err != nil {
			return settings.Usage(g.flags, err)
		}
	}
	return nil
}
