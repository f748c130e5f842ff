package framework

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
)

// keeper is where settings and input of a program are kept: a home for a
// component, the user's configuration folder for a tool.
type keeper interface {
	// load gives what is kept, and what to call it in an error. The error
	// matches fs.ErrNotExist if nothing is.
	load(area home.Area) (file string, data []byte, err error)

	// save replaces what is kept, atomically.
	save(area home.Area, data []byte) error

	// hint ends the error about a damaged file: what to do.
	hint(area home.Area) string
}

const nowhere = "neither XDG_CONFIG_HOME nor HOME names a folder to store it in"

// keep stores a message, every field of it.
func (p *program) keep(area home.Area, m proto.Message) error {
	if p.keeper == nil {
		return fmt.Errorf("store %s: %s", area, nowhere)
	}
	o := &settings.WriteOptions{AllFields: true}
	if area == home.Settings {
		o.Keep = p.unknown
	}
	if err := p.keeper.save(area, settings.MarshalEnvelope(m, o)); err != nil {
		return fmt.Errorf("store %s: %w", area, err)
	}
	return nil
}
