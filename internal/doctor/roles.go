package doctor

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

// properties reads those of every role.
func (x *examination) properties(context.Context) error {
	for _, role := range x.roles {
		set, err := property.Of(role)
		if err != nil {
			x.report.add(Finding{
				Kind: Damaged, Role: role.Name, Path: filepath.Join(x.home.Root(), "home.json"),
				Line: x.lineOfRole(role.Name), What: err.Error(), Advice: "give it another value with ansar set",
			})
			continue
		}
		x.sets[role.Name] = set
	}
	return nil
}

// lineOfRole is where home.json has the role, 0 if that cannot be told.
func (x *examination) lineOfRole(name string) int {
	text, err := os.ReadFile(filepath.Join(x.home.Root(), "home.json"))
	if err != nil {
		return 0
	}
	// The file was written by ansar, or it could not be read as a home: a role
	// is a member of its own line.
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), `"`+name+`": {`) {
			return i + 1
		}
	}
	return 0
}

// programs looks for what plays the roles: once for each executable.
func (x *examination) programs(context.Context) error {
	players := map[string][]string{}
	for _, role := range x.roles {
		if !property.Plain(role) {
			players[role.Executable] = append(players[role.Executable], role.Name)
			continue
		}
		set := x.sets[role.Name]
		if set == nil {
			continue // told already
		}
		command := set.Command()
		if _, err := property.FindProgram(command.Program); err != nil {
			x.report.add(Finding{Kind: Missing, Role: role.Name, What: "role " + role.Name + ": " + err.Error(),
				Advice: "install it, or name another with ansar set command"})
		}
		if dir := command.Dir; dir != "" {
			if info, err := os.Stat(dir); err != nil || !info.IsDir() {
				x.report.add(Finding{Kind: Missing, Role: role.Name, Path: dir, What: "role " + role.Name + " is to work in this folder, which is none",
					Advice: "make it, or name another with ansar set command"})
			}
		}
	}
	for executable, roles := range players {
		if _, err := x.home.Lookup(executable); err != nil {
			x.report.add(Finding{Kind: Missing, Role: roles[0], What: err.Error() + ", needed by " + some(roles),
				Advice: "put it into " + x.home.Dir(home.Bin)})
		}
	}
	return nil
}

// order looks at which roles wait for which.
func (x *examination) order(context.Context) error {
	after := map[string][]string{}
	for name, set := range x.sets {
		after[name] = set.After()
		for _, other := range set.After() {
			if _, ok := x.known[other]; !ok {
				x.report.add(Finding{Kind: Missing, Role: name, What: "role " + name + " is after " + other + ", which does not exist",
					Advice: "add that role, or change the property with ansar set after"})
			}
		}
	}
	if cycle := property.Cycle(after); cycle != nil {
		x.report.add(Finding{Kind: Damaged, Role: cycle[0], What: "roles wait for each other: " + strings.Join(cycle, " after "),
			Advice: "change the property of one of them with ansar set after"})
	}
	return nil
}

// some names a few roles.
func some(roles []string) string {
	const most = 5
	if len(roles) > most {
		return strings.Join(roles[:most], ", ") + " and others"
	}
	return strings.Join(roles, ", ")
}
