package framework

import (
	"errors"
	"fmt"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/lifecycle"
)

// retryProperty is the property of a role that says when the object is tried
// again.
const retryProperty = "retry"

// retried is the object as it is run: tried again where it says so, if the
// program plays a role that has the property.
func (p *program) retried() (actor.Definition, error) {
	if p.part == nil || p.part.properties[retryProperty] == nil {
		return p.def, nil
	}
	retry := &lifecycle.Retry{}
	_, err := settings.Unmarshal("", p.part.properties[retryProperty], retry, &settings.ReadOptions{Strict: true})
	if wrong := new(settings.ReadError); errors.As(err, &wrong) {
		err = fmt.Errorf("%s: %s", wrong.Path, wrong.Problem) // its place in a file that nobody has written means nothing
	}
	if err == nil {
		var def actor.Definition
		if def, err = actor.Retrying(p.def, retry); err == nil {
			return def, nil
		}
	}
	return nil, fmt.Errorf(`role %q in home at %q: property %s: %w (give it another with "ansar set %s")`,
		p.part.role, p.part.home.Root(), retryProperty, err, retryProperty)
}
