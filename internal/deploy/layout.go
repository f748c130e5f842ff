package deploy

import (
	"strings"

	"github.com/ansar-go/ansar/internal/home"
)

// The folders of a snapshot.
const (
	settingsFolder = "settings-by-role"
	valuesFolder   = "setting-value-by-role"
	inputFolder    = "input-by-role"
	modelFolder    = "model-by-role"
	resourceFolder = "resource-by-executable"
)

// folders are those of a snapshot, in the order in which they are looked at.
var folders = []string{resourceFolder, modelFolder, settingsFolder, valuesFolder, inputFolder}

// Role is a role of the home.
type Role struct {
	Name string

	// Executable is the name of its program in bin, or empty if that is elsewhere.
	Executable string
}

// crew knows who plays what.
type crew struct {
	executables map[string]string   // by role
	players     map[string][]string // roles by executable, sorted
}

func newCrew(roles []Role) *crew {
	c := &crew{map[string]string{}, map[string][]string{}}
	for _, r := range roles {
		c.executables[r.Name] = r.Executable
		if r.Executable != "" {
			c.players[r.Executable] = append(c.players[r.Executable], r.Name)
		}
	}
	return c
}

// target returns where a name in a folder of a snapshot belongs.
func (c *crew) target(folder, name string) (home.Area, string, []string, bool) {
	switch folder {
	case resourceFolder:
		roles, ok := c.players[name]
		return home.Resource, name, roles, ok
	case modelFolder: // also of roles below one
		_, ok := c.executables[topRole(name)]
		return home.Model, name, []string{topRole(name)}, ok
	case settingsFolder:
		return c.file(home.Settings, name)
	case inputFolder:
		return c.file(home.Input, name)
	default:
		return c.role(home.Settings, name)
	}
}

func (c *crew) role(area home.Area, name string) (home.Area, string, []string, bool) {
	_, ok := c.executables[name]
	return area, name, []string{name}, ok
}

func (c *crew) file(area home.Area, name string) (home.Area, string, []string, bool) {
	role, ok := strings.CutSuffix(name, ".json")
	if !ok {
		return area, name, nil, false
	}
	return c.role(area, role)
}

// topName returns the first part of a slash-separated path.
func topName(path string) string {
	top, _, _ := strings.Cut(path, "/")
	return top
}

// topRole returns the role that a sub-role belongs to.
func topRole(name string) string {
	top, _, _ := strings.Cut(name, ".")
	return top
}
