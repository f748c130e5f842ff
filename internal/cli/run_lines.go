package cli

import (
	"sync"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/internal/settings"
)

// runLines prints what roles returned as one JSON object a line, each as its role
// ends.
type runLines struct {
	e     *env
	found *found

	mu   sync.Mutex // guards the fields below: who leaves at once does so beside the run
	told map[string]bool
	err  error // of the first line that could not be printed
}

// tell prints the line of a role, once.
func (l *runLines) tell(ending group.Ending) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.told[ending.Role] || l.err != nil {
		return
	}
	l.told[ending.Role] = true
	m := &homepb.RoleValue{Role: ending.Role, Value: ending.Value}
	text := settings.Marshal(m, &settings.WriteOptions{
		Compact: true, Redact: true, Types: &homeTypes{programs: l.found.programs, roles: l.found.roles},
	})
	l.err = l.e.print(append(text, '\n'))
}

// rest prints the lines of roles that ended with the run.
func (l *runLines) rest(result *group.Result) error {
	for _, ending := range result.Completed {
		l.tell(ending)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
