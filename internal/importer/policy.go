package importer

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/lifecycle"
)

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
