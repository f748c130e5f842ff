package home

import (
	"slices"
	"strings"
)

// Area is a part of a home, a folder with one subject. Its value is the name of
// the folder.
type Area string

// The areas of a home.
const (
	Bin      Area = "bin"      // executables, used and never written by the home
	Settings Area = "settings" // <role>.json
	Input    Area = "input"    // <role>.json
	Model    Area = "model"    // <role>/: what the application keeps
	Tmp      Area = "tmp"      // <role>/: emptied when the role starts
	Resource Area = "resource" // <executable>/: shared, never written by the home
	Logs     Area = "logs"     // <role>/
	Locks    Area = "lock"     // <role>: held while the role runs
	History  Area = "history"  // <role>.jsonl
	Schema   Area = "schema"   // <executable>.binpb
)

// Areas returns every area, in the order in which a home is created.
func Areas() []Area {
	return []Area{Bin, Settings, Input, Model, Tmp, Resource, Logs, Locks, History, Schema}
}

// ParseArea returns the area of that name. The error matches [ErrUsage] and
// names those there are.
func ParseArea(name string) (Area, error) {
	if slices.Contains(Areas(), Area(name)) {
		return Area(name), nil
	}
	return "", faultf(ErrUsage, "no area %q in a home: there are %s", name, areaNames(func(Area) bool { return true }))
}

// Redirectable reports whether a home may keep the area elsewhere.
func (a Area) Redirectable() bool { return a.shared() || a.private() }

// shared areas are used where they are, by any number of homes.
func (a Area) shared() bool { return a == Bin || a == Resource }

// private areas can live in a folder elsewhere that is made for one home alone.
func (a Area) private() bool {
	return slices.Contains([]Area{Settings, Model, Tmp, Logs, Locks}, a)
}

// byExecutable areas name their content after an executable, the others after
// a role.
func (a Area) byExecutable() bool { return a == Bin || a == Resource || a == Schema }

// folders reports whether each name has a folder in the area.
func (a Area) folders() bool { return a == Model || a == Tmp || a == Logs || a == Resource }

// stored areas hold small files that are replaced as a whole.
func (a Area) stored() bool { return a == Settings || a == Input || a == Schema }

func (a Area) extension() string {
	switch a {
	case Settings, Input:
		return ".json"
	case History:
		return ".jsonl"
	case Schema:
		return ".binpb"
	}
	return ""
}

func areaNames(keep func(Area) bool) string {
	var names []string
	for _, area := range Areas() {
		if keep(area) {
			names = append(names, string(area))
		}
	}
	return strings.Join(names, " ")
}
