package importer

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/property"
)

// finish makes roles of the processes that were read.
func (c *compose) finish() error {
	after, err := c.order()
	if err != nil {
		return err
	}
	for _, p := range c.processes {
		shared, err := c.values(p, after[p.name])
		if err != nil {
			return err
		}
		for i, name := range p.roles() {
			m, err := c.commandOf(p)
			if err != nil {
				return err
			}
			m.Env = c.variables(p, i)
			command, err := property.Make("command", m)
			if err != nil {
				return c.errorf(p.line, "process %q: %w", p.name, err)
			}
			secrets := map[string]string{}
			for name, value := range c.Secrets {
				if _, given := m.Env[name]; !given {
					secrets[name] = value
				}
			}
			if err := c.add(p.line, name, m.GetProgram(), secrets, append(slices.Clone(shared), command)...); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(c.plan.Left, func(a, b Note) int { return a.Line - b.Line })
	return nil
}

// order returns the roles that each process is after.
func (c *compose) order() (map[string][]string, error) {
	after, processes := map[string][]string{}, map[string][]string{}
	for _, p := range c.processes {
		for _, d := range p.after {
			other := c.known[d.key]
			if other == nil {
				return nil, c.errorf(d.line, "process %q depends on %q, which is not there", p.name, d.key)
			}
			if !slices.Contains(processes[p.name], d.key) {
				after[p.name] = append(after[p.name], other.roles()...)
				processes[p.name] = append(processes[p.name], d.key)
			}
		}
	}
	if cycle := property.Cycle(processes); cycle != nil {
		return nil, c.errorf(c.known[cycle[0]].line, "processes wait for each other: %s", strings.Join(cycle, " after "))
	}
	return after, nil
}

// values returns the properties of a process besides its command.
func (c *compose) values(p *process, after []string) ([]*property.Value, error) {
	var values []*property.Value
	if len(after) > 0 {
		text, _ := json.Marshal(after) // texts can always be written
		v, err := property.ParseBare("after", text)
		if err != nil {
			return nil, c.errorf(p.line, "process %q: depends_on: %w", p.name, err)
		}
		values = append(values, v)
	}
	if p.restart != nil {
		v, err := property.Make("restart", p.restart)
		if err != nil {
			return nil, c.errorf(p.line, "process %q: availability: %w", p.name, err)
		}
		values = append(values, v)
	}
	if p.ready != nil {
		v, err := property.Make("readiness", p.ready)
		if err != nil {
			return nil, c.errorf(p.readyLine, "process %q: %w", p.name, err)
		}
		values = append(values, v)
	}
	return values, nil
}

// commandOf returns what a process runs.
func (c *compose) commandOf(p *process) (*homepb.Command, error) {
	m := &homepb.Command{Dir: &p.dir, Grace: p.grace}
	if p.signal != 0 {
		m.StopSignal = proto.String(unix.SignalName(p.signal))
	}
	if !p.alone {
		m.StopGroup = proto.Bool(true)
	}
	if p.entrypoint != nil {
		name := p.entrypoint[0]
		if strings.Contains(name, "/") && !filepath.IsAbs(name) {
			name = filepath.Join(p.dir, name)
		}
		program, err := property.FindProgram(name)
		if err != nil {
			return nil, c.errorf(p.line, "process %q: %w", p.name, err)
		}
		m.Program, m.Args = &program, p.entrypoint[1:]
		return m, nil
	}
	text, err := c.shellCommand(p.command)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		return nil, c.errorf(p.command.line, "process %q has no command", p.name)
	}
	shell, err := c.useShell()
	if err != nil {
		return nil, c.errorf(p.line, "%w", err)
	}
	m.Program = &shell[0]
	stop := cmp.Or(p.signal, syscall.SIGTERM)
	m.Args = append(slices.Clone(shell[1:]), forShell(strings.TrimRight(text, "\n"), stop, unix.SignalName(stop)))
	return m, nil
}
