package settings

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// FromEnv sets the fields of m that lookup has a variable for: NOOP_SECONDS is
// --seconds of the program noop, NOOP_LIMITS_MAX_SIZE is --limits.max-size. It
// takes what the flags take, and secrets as well; a variable for a list or map
// replaces it. lookup is [os.LookupEnv] or a like. The error is a *[UsageError].
func FromEnv(m protoreflect.Message, program string, lookup func(name string) (string, bool), o *FlagOptions) error {
	a := &assigner{types: o.orDefault().Types, secrets: true}
	leaves := leavesOf(m.Descriptor())
	for i := range leaves {
		name := variable(program, leaves[i].name)
		s, ok := lookup(name)
		if !ok {
			continue
		}
		if problem := a.assign(m, &leaves[i], s, true); problem != "" {
			if isSecret(leaves[i].field()) {
				problem = "the value is not what this secret takes"
			}
			return &UsageError{"environment " + name, problem}
		}
	}
	return nil
}

// variable returns the name of the environment variable for a flag.
func variable(program, flag string) string { return EnvPrefix(program) + "_" + underscores(flag) }

// EnvPrefix returns what the environment variables of a program begin with,
// without the underscore: MY_TOOL for my-tool.
func EnvPrefix(program string) string { return underscores(program) }

// underscores returns s in upper case, with an underscore for all but letters
// and digits.
func underscores(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			return r
		default:
			return '_'
		}
	}, s)
}
