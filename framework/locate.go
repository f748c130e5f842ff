package framework

import (
	"cmp"
	"path/filepath"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/home"
)

// longestRole is the longest name that a sub-role gets. Files are named after
// it.
const longestRole = 200

// locate finds an executable for a child of a component: in the home's bin,
// beside this one, in PATH. The child becomes a component, too, with a role
// below this one.
func (pt *part) locate(name, role string) (actor.Launch, error) {
	path, err := actor.Find(name, pt.home.Dir(home.Bin))
	if err != nil {
		return actor.Launch{}, err
	}
	flags, err := pt.flags(filepath.Base(name), role)
	return actor.Launch{Path: path, Args: append([]string{name}, flags...)}, err
}

// flags make a child a component with a role below this one: that which its
// caller named, or else its own name. Where recursion has made names too long, a
// child shares the sub-role of its parent.
func (pt *part) flags(name, role string) ([]string, error) {
	full := pt.role + "." + cmp.Or(role, name)
	if len(full) > longestRole && !pt.top() {
		full = pt.role
	}
	_, err := pt.home.Path(home.Settings, full)
	return []string{"--home-path=" + pt.home.Root(), "--role-name=" + full}, err
}
