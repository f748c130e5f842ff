package framework

import (
	"os"
	"sync/atomic"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/settings"
)

// CreateObject runs the object as this program and exits the process: it is the
// whole main function, and never returns. Nothing may use package actor
// before it. The package documentation says how such a program is used.
func CreateObject(def actor.Definition) {
	os.Exit(run(def, osEnv()))
}

// program is one run of a program.
type program struct {
	*env
	def   actor.Definition
	name  string // of the executable
	host  *actor.Host
	begin *actor.Begin // what the parent wants; nil without one

	about   *actor.Description // nil until somebody asks: see describe
	given   *given             // the arguments
	part    *part              // of a home; nil: this is no component
	starter *background.Teller // hears what becomes of the start; nil: this is not in the background
	keeper  keeper             // where settings are kept; nil: nowhere
	unknown *settings.Unknown  // what was stored and is not known any more
	ending  ending

	// Signals end the program from the moment on that it begins, so these are
	// set while others may look.
	run    atomic.Pointer[componentRun] // nil: there is no history of it, or not yet
	stored atomic.Pointer[stored]       // nil: its log goes elsewhere
}

// run is the program up to its exit status.
func run(def actor.Definition, e *env) int {
	p := &program{env: e, def: def, name: e.executable(def.Name())}
	if asksForSchema(e.arguments()) {
		if err := p.answerSchema(); err != nil {
			return p.fail(err)
		}
		return exitDone
	}
	starter := background.Claim()
	host, err := actor.NewHost()
	if err != nil {
		starter.Failed(err.Error(), 0)
		return p.fail(err)
	}
	p.host = host
	switch {
	case host.Hosted():
		return p.hosted()
	case starter != nil:
		return p.inBackground(starter)
	}
	return p.byHand()
}

// describe tells about the program's object.
func (p *program) describe() *actor.Description {
	if p.about == nil {
		p.about = actor.Describe(p.def)
	}
	return p.about
}
