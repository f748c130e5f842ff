package framework

import (
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
	if role == "" {
		role = filepath.Base(name)
	}
	role, err = pt.below(role)
	if err != nil {
		return actor.Launch{}, err
	}
	return actor.Launch{Path: path, Args: []string{name, "--home-path=" + pt.home.Root(), "--role-name=" + role}}, nil
}

// below is the full name of a sub-role. Where recursion has made names too
// long, a child shares the role of its parent.
func (pt *part) below(role string) (string, error) {
	full := pt.role + "." + role
	if len(full) > longestRole {
		full = pt.role
	}
	_, err := pt.home.Path(home.Settings, full)
	return full, err
}
