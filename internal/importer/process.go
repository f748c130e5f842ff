package importer

import (
	"fmt"
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/framework/homepb"
)

// process is one of the processes of a file, as far as it is taken over.
type process struct {
	name       string
	line       int
	command    member // of a shell
	entrypoint []string
	env        map[string]string
	dir        string
	after      []member // key: what it depends on
	restart    *homepb.Restart
	ready      *homepb.Readiness
	readyLine  int
	replicas   int
	signal     syscall.Signal
	alone      bool // the signal is for the program alone
	grace      *durationpb.Duration
}

// process reads one process.
func (c *compose) process(m member) error {
	p := &process{name: m.key, line: m.line, dir: c.Dir, replicas: 1}
	fields, err := c.members(m.value, fmt.Sprintf("process %q", p.name))
	if err != nil {
		return err
	}
	c.processes, c.known[p.name] = append(c.processes, p), p
	for _, f := range fields {
		if err := c.field(p, f); err != nil {
			return err
		}
	}
	if p.command.value == nil && p.entrypoint == nil {
		return c.errorf(p.line, "process %q has no command", p.name)
	}
	if p.command.value != nil && p.entrypoint != nil {
		return c.errorf(p.line, "process %q has a command and an entrypoint: give one of them", p.name)
	}
	return nil
}

// field reads one member of a process.
func (c *compose) field(p *process, f member) (err error) {
	if isNull(f.value) {
		return nil
	}
	switch f.key {
	case "command":
		_, err = c.text(f)
		p.command = f
	case "entrypoint":
		err = c.entrypoint(p, f)
	case "environment":
		p.env, err = c.environment(f)
	case "working_dir":
		p.dir, err = c.folder(f)
	case "depends_on":
		err = c.dependencies(p, f)
	case "availability":
		err = c.availability(p, f)
	case "readiness_probe":
		err = c.probe(p, f)
	case "ready_log_line":
		err = c.logLine(p, f)
	case "shutdown":
		err = c.shutdown(p, f)
	case "replicas":
		err = c.replicas(p, f)
	default:
		if !strings.HasPrefix(f.key, "x-") && !isFalse(f) {
			c.leave(f.line, "%s of process %q was not taken over", f.key, p.name)
		}
	}
	return err
}

// isFalse reports whether a member says what is so without it.
func isFalse(f member) bool { return f.value.ShortTag() == "!!bool" && f.value.Value == "false" }

func (c *compose) entrypoint(p *process, f member) error {
	items, err := c.list(f)
	if err != nil {
		return err
	}
	for _, item := range items {
		text, err := c.value(item)
		if err != nil {
			return err
		}
		p.entrypoint = append(p.entrypoint, text)
	}
	if len(items) == 0 {
		return c.errorf(f.line, "entrypoint of process %q is empty", p.name)
	}
	return nil
}

func (c *compose) folder(f member) (string, error) {
	dir, err := c.value(f)
	if err != nil {
		return "", err
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(c.Dir, dir)
	}
	return dir, nil
}

// replicas reads how many of them there are.
func (c *compose) replicas(p *process, f member) (err error) {
	p.replicas, err = c.number(f)
	switch {
	case err != nil:
		return err
	case p.replicas < 1 || p.replicas > 1000:
		return c.errorf(f.line, "replicas: give 1 to 1000")
	}
	return nil
}

// roles returns the names of the roles that a process becomes.
func (p *process) roles() []string {
	if p.replicas == 1 {
		return []string{p.name}
	}
	width := len(strconv.Itoa(p.replicas))
	var names []string
	for i := range p.replicas {
		names = append(names, fmt.Sprintf("%s-%0*d", p.name, width, i))
	}
	return names
}

// variables returns the environment of one of the roles of a process.
func (c *compose) variables(p *process, replica int) map[string]string {
	env := maps.Clone(c.env)
	maps.Copy(env, p.env)
	if p.replicas > 1 {
		env["PC_REPLICA_NUM"] = strconv.Itoa(replica)
	}
	return env
}
