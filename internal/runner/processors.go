package runner

import (
	"os"
	"slices"
	"strings"
)

// processors is the variable that says how many processors a Go program uses. A
// runner is started with one, because that saves a third of its memory, which
// the program itself can no longer do; what it starts has what was set before.
const processors = "GOMAXPROCS"

func onOneProcessor(env []string) []string {
	env = slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, processors+"=") })
	return append(env, processors+"=1")
}

func restoreProcessors(value *string) {
	if value == nil {
		_ = os.Unsetenv(processors) // the name is good
		return
	}
	_ = os.Setenv(processors, *value)
}
