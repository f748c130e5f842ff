package property

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/home"
)

// CheckFor refuses a value that a role cannot have: of a plain program what only
// components have, and the other way round. The error names role and property.
func (v *Value) CheckFor(role home.Role) error {
	problem := ""
	switch v.name {
	case "command":
		program := v.message.(*homepb.Command).GetProgram()
		switch {
		case !Plain(role):
			problem = fmt.Sprintf("the role is played by the component %q: add another with ansar add --command", role.Executable)
		case filepath.Base(program) != role.Executable:
			problem = fmt.Sprintf("the role is played by %q, and %q has another name: add another role", role.Executable, program)
		}
	case "readiness":
		if !Plain(role) {
			problem = "a component says by itself when it is ready: only programs added with --command have it"
		}
	case "retry":
		if Plain(role) {
			problem = "only components are tried again: see restart"
		}
	}
	if problem != "" {
		return blame(role.Name, v.name, errors.New(problem))
	}
	return nil
}

// CheckOrder refuses a value of the property after that some roles of a home, the
// changed ones, would get, if it names a role that is not there or has roles wait
// for each other. It takes values of other properties as they are.
func (v *Value) CheckOrder(all []home.Role, changed []string) error {
	if v.name != "after" {
		return nil
	}
	after, known := map[string][]string{}, map[string]bool{}
	names := (&Set{values: map[string]proto.Message{"after": v.message}}).After()
	for _, role := range all {
		known[role.Name] = true
		if slices.Contains(changed, role.Name) {
			after[role.Name] = names
		} else if s, err := Of(role); err == nil { // what is damaged there, a start tells
			after[role.Name] = s.After()
		}
	}
	for _, name := range names {
		if !known[name] {
			return fmt.Errorf("property %q: there is no role %q", v.name, name)
		}
	}
	if cycle := Cycle(after); cycle != nil {
		return fmt.Errorf("property %q: roles would wait for each other: %s", v.name, strings.Join(cycle, " after "))
	}
	return nil
}
