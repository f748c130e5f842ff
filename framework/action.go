package framework

import (
	"runtime/debug"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/lifecycle"
)

// act does what the arguments ask for instead of running the object, and
// reports whether there was something.
func (p *program) act() (done bool, err error) {
	switch g := p.given; {
	case g.help:
		return true, p.write([]byte(p.help()))
	case g.version:
		return true, p.write([]byte(p.name + " " + p.version() + "\n"))
	case g.dumpSchema:
		return true, p.dumpSchema()
	case g.dumpSettings:
		return true, p.dump(p.settings(true))
	case g.dumpInput:
		return true, p.dump(p.input())
	case g.storeSettings, g.storeInput, g.factoryReset:
		if err := p.store(); err != nil {
			return true, err
		}
		return true, p.writeResult(&lifecycle.Ack{})
	}
	return false, nil
}

// dump prints settings or input, secrets hidden.
func (p *program) dump(m proto.Message, err error) error {
	if err != nil {
		return err
	}
	if m == nil {
		m = &lifecycle.None{}
	}
	return p.write(settings.MarshalEnvelope(m, &settings.WriteOptions{AllFields: true, Redact: true}))
}

// store keeps settings and input. What the environment says belongs to this
// run, and is not kept.
func (p *program) store() error {
	if p.given.storeSettings || p.given.factoryReset {
		m, err := p.settings(false)
		if err != nil {
			return err
		}
		if err := p.keep(home.Settings, m); err != nil {
			return err
		}
	}
	if !p.given.storeInput {
		return nil
	}
	m, err := p.input()
	if err != nil {
		return err
	}
	return p.keep(home.Input, m)
}

// version is what the object was given, or else the version of the module.
func (p *program) version() string {
	if v := p.describe().Version; v != "" {
		return v
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(unknown version)"
}

// asksForSchema reports whether the arguments are --dump-schema and no more
// than where to write it: the question of another program, which is answered
// before anything else is looked at.
func asksForSchema(arguments []string) bool {
	asked := false
	for _, a := range arguments {
		switch {
		case a == "--dump-schema":
			asked = true
		case !strings.HasPrefix(a, "--output-file="):
			return false
		}
	}
	return asked
}

// answerSchema answers the question of asksForSchema.
func (p *program) answerSchema() error {
	p.given = &given{}
	for _, a := range p.arguments() {
		if file, ok := strings.CutPrefix(a, "--output-file="); ok {
			p.given.outputFile = file
		}
	}
	return p.dumpSchema()
}

// dumpSchema writes the description of the program's messages.
func (p *program) dumpSchema() error {
	about := p.describe()
	return p.write(settings.Describe(p.name, about.Settings, about.Input, about.Output))
}
