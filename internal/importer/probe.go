package importer

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/framework/homepb"
)

// probe reads when a process is ready.
func (c *compose) probe(p *process, f member) error {
	fields, err := c.members(f.value, f.key)
	if err != nil {
		return err
	}
	if p.ready != nil {
		return c.errorf(f.line, "process %q has a readiness_probe and a ready_log_line: give one of them", p.name)
	}
	ready, given := &homepb.Readiness{}, false
	for _, m := range fields {
		switch m.key {
		case "exec":
			given = true
			ready.Exec, err = c.execProbe(p, m)
		case "http_get":
			given = true
			ready.Http, err = c.httpProbe(p, m)
		case "period_seconds":
			ready.Every, err = c.seconds(m)
		case "timeout_seconds":
			ready.Timeout, err = c.seconds(m)
		default:
			c.leave(m.line, "readiness_probe.%s of process %q was not taken over", m.key, p.name)
		}
		if err != nil {
			return err
		}
	}
	if !given {
		return c.errorf(f.line, "readiness_probe of process %q has neither exec nor http_get", p.name)
	}
	if ready.Exec == nil && ready.Http == nil {
		return nil // it was left
	}
	p.ready, p.readyLine = ready, f.line
	return nil
}

// seconds reads a span, nil for none.
func (c *compose) seconds(m member) (*durationpb.Duration, error) {
	n, err := c.number(m)
	if n == 0 {
		return nil, err
	}
	return durationpb.New(time.Duration(n) * time.Second), err
}

func (c *compose) execProbe(p *process, f member) ([]string, error) {
	fields, err := c.members(f.value, f.key)
	if err != nil {
		return nil, err
	}
	command, dir := "", ""
	for _, m := range fields {
		switch m.key {
		case "command":
			command, err = c.shellCommand(m)
		case "working_dir":
			dir, err = c.folder(m)
		default:
			c.leave(m.line, "readiness_probe.exec.%s of process %q was not taken over", m.key, p.name)
		}
		if err != nil {
			return nil, err
		}
	}
	if command == "" {
		return nil, c.errorf(f.line, "exec of process %q has no command", p.name)
	}
	shell, err := c.useShell()
	if err != nil {
		return nil, c.errorf(f.line, "%w", err)
	}
	if dir != "" {
		command = "cd '" + strings.ReplaceAll(dir, "'", `'\''`) + "' && { " + command + "\n}"
	}
	return append(append([]string{}, shell...), command), nil
}

// httpProbe reads the address of a probe, nil for one that is left.
func (c *compose) httpProbe(p *process, f member) (*string, error) {
	fields, err := c.members(f.value, f.key)
	if err != nil {
		return nil, err
	}
	parts := map[string]string{"scheme": "http", "host": "127.0.0.1", "path": "/"}
	for _, m := range fields {
		switch m.key {
		case "scheme", "host", "path", "port", "num_port":
			text, err := c.value(m)
			if err != nil {
				return nil, err
			}
			if text != "" {
				parts[strings.TrimPrefix(m.key, "num_")] = strings.TrimSpace(text)
			}
		default:
			c.leave(m.line, "readiness_probe.http_get.%s of process %q was not taken over", m.key, p.name)
		}
	}
	if strings.EqualFold(parts["scheme"], "https") {
		c.leave(f.line, "readiness_probe.http_get of process %q was not taken over: no probe speaks TLS", p.name)
		return nil, nil
	}
	host := parts["host"]
	if port := parts["port"]; port != "" {
		host = net.JoinHostPort(strings.Trim(host, "[]"), port)
	}
	if !strings.HasPrefix(parts["path"], "/") {
		parts["path"] = "/" + parts["path"]
	}
	return proto.String(fmt.Sprintf("%s://%s%s", strings.ToLower(parts["scheme"]), host, parts["path"])), nil
}

// logLine reads a text that a line of the output contains.
func (c *compose) logLine(p *process, f member) error {
	text, err := c.value(f)
	switch {
	case err != nil || text == "":
		return err
	case p.ready != nil:
		return c.errorf(f.line, "process %q has a readiness_probe and a ready_log_line: give one of them", p.name)
	}
	p.ready, p.readyLine = &homepb.Readiness{Log: proto.String(regexp.QuoteMeta(text))}, f.line
	return nil
}

// shellCommand reads a text that a shell will see: variables are left to it.
func (c *compose) shellCommand(m member) (string, error) {
	text, err := c.text(m)
	if err == nil && !c.literal {
		text = c.unescape(text)
	}
	return text, err
}
