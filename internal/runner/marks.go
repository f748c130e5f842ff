package runner

import (
	"slices"
	"strings"
)

// marked is the environment of a program of the role. What it starts inherits
// two variables that say whose it is: they tell the program where it belongs, and
// ansar doctor which processes of a role are left when nobody answers for them.
func marked(env []string, home, role string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		return strings.HasPrefix(v, "ANSAR_HOME=") || strings.HasPrefix(v, "ANSAR_ROLE=")
	})
	return append(env, "ANSAR_HOME="+home, "ANSAR_ROLE="+role)
}
