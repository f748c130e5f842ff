package importer

import (
	"fmt"
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/lifecycle"
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

// dependencies reads what must be ready first. A role cannot wait for the end of
// another.
func (c *compose) dependencies(p *process, f member) error {
	if !isMapping(f.value) {
		items, err := c.list(f)
		for _, item := range items {
			p.after = append(p.after, member{item.value.Value, item.line, nil})
		}
		return err
	}
	list, err := c.members(f.value, f.key)
	if err != nil {
		return err
	}
	for _, d := range list {
		details, err := c.members(d.value, f.key+"."+d.key)
		if err != nil {
			return err
		}
		waits := true
		for _, detail := range details {
			condition, err := c.text(detail)
			switch {
			case err != nil:
				return err
			case detail.key != "condition":
				c.leave(detail.line, "depends_on.%s.%s of process %q was not taken over", d.key, detail.key, p.name)
			case condition == "process_completed", condition == "process_completed_successfully":
				c.leave(detail.line, "process %q waits for the end of %q: no role can", p.name, d.key)
				waits = false
			case condition == "process_started", condition == "process_healthy", condition == "process_log_ready", condition == "":
			default:
				return c.errorf(detail.line, "condition: %q is not known", condition)
			}
		}
		if waits {
			p.after = append(p.after, d)
		}
	}
	return nil
}

// availability reads when a process is restarted.
func (c *compose) availability(p *process, f member) error {
	fields, err := c.members(f.value, f.key)
	if err != nil {
		return err
	}
	policy, backoff, most := "no", 0, 0
	for _, m := range fields {
		switch m.key {
		case "restart":
			policy, err = c.text(m)
			if err == nil {
				err = c.policy(p, m, policy)
			}
		case "backoff_seconds":
			backoff, err = c.number(m)
		case "max_restarts":
			most, err = c.number(m)
		default:
			if !isFalse(m) {
				c.leave(m.line, "availability.%s of process %q was not taken over", m.key, p.name)
			}
		}
		if err != nil {
			return err
		}
	}
	policies := map[string]property.Policy{"always": property.Always, "on_failure": property.OnCrash}
	if policies[policy] == "" {
		return nil
	}
	p.restart = &homepb.Restart{Policy: proto.String(string(policies[policy]))}
	// There, restarts are not counted within a time, but in all, or not at all.
	p.restart.Intensity = proto.Uint32(1_000_000)
	if backoff > 0 || most > 0 {
		p.restart.Backoff = &lifecycle.Retry{RegularSteps: proto.Float64(float64(max(backoff, 1)))}
	}
	if most > 0 {
		p.restart.Backoff.StepLimit = proto.Uint32(uint32(most))
	}
	return nil
}

func (c *compose) policy(p *process, m member, policy string) error {
	switch policy {
	case "", "no", "always", "on_failure":
	case "exit_on_failure":
		c.leave(m.line, "process %q ends all others when it fails: no role does", p.name)
	default:
		return c.errorf(m.line, "restart: %q is not one of no, always, on_failure, exit_on_failure", policy)
	}
	return nil
}

// shutdown reads how a process is stopped.
func (c *compose) shutdown(p *process, f member) error {
	fields, err := c.members(f.value, f.key)
	if err != nil {
		return err
	}
	for _, m := range fields {
		var n int
		switch m.key {
		case "signal":
			if n, err = c.number(m); err == nil && n > 0 {
				p.signal, err = c.signal(m, n)
			}
		case "parent_only":
			p.alone, err = c.truth(m)
		case "timeout_seconds":
			if n, err = c.number(m); err == nil && n > 0 {
				p.grace = durationpb.New(time.Duration(n) * time.Second)
			}
		default:
			if !isFalse(m) {
				c.leave(m.line, "shutdown.%s of process %q was not taken over", m.key, p.name)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *compose) signal(m member, n int) (syscall.Signal, error) {
	if unix.SignalName(syscall.Signal(n)) == "" {
		return 0, c.errorf(m.line, "signal: there is no signal %d", n)
	}
	return syscall.Signal(n), nil
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
