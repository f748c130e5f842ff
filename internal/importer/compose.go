package importer

import (
	"slices"
	"strings"

	"github.com/ansar-go/ansar/internal/property"
)

// early are keys at the top that are read in this order, wherever they stand:
// processes depend on the others. silent ones mean nothing for a group of roles.
var (
	early  = []string{"disable_env_expansion", "shell", "environment", "processes"}
	silent = []string{"version", "is_strict"}
)

// compose reads YAML of process-compose.
func (r *reader) compose(data []byte) error {
	top, err := r.parse(data)
	if err != nil {
		return err
	}
	all, err := r.members(top, "the file")
	if err != nil {
		return err
	}
	c := &compose{reader: r, env: map[string]string{}, known: map[string]*process{}}
	for _, key := range early {
		for _, m := range all {
			if m.key == key {
				if err := c.top(m); err != nil {
					return err
				}
			}
		}
	}
	for _, m := range all {
		known := slices.Contains(early, m.key) || slices.Contains(silent, m.key)
		if !known && !strings.HasPrefix(m.key, "x-") && !isFalse(m) {
			c.leave(m.line, "%s was not taken over", m.key)
		}
	}
	return c.finish()
}

// compose is a file of process-compose that is being read.
type compose struct {
	*reader
	literal   bool              // variables are not replaced
	shell     []string          // and what stands before the command
	env       map[string]string // of all processes
	processes []*process
	known     map[string]*process
}

func (c *compose) top(m member) (err error) {
	switch m.key {
	case "disable_env_expansion":
		c.literal, err = c.truth(m)
	case "shell":
		err = c.setShell(m)
	case "environment":
		c.env, err = c.environment(m)
	case "processes":
		list, err := c.members(m.value, "processes")
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := c.process(p); err != nil {
				return err
			}
		}
	}
	return err
}

// setShell reads the shell that commands are of.
func (c *compose) setShell(m member) error {
	fields, err := c.members(m.value, m.key)
	if err != nil {
		return err
	}
	name, argument, line := "", "-c", m.line
	for _, f := range fields {
		switch f.key {
		case "shell_command":
			name, err = c.text(f)
			line = f.line
		case "shell_argument":
			argument, err = c.text(f)
		default:
			c.leave(f.line, "shell.%s was not taken over", f.key)
		}
		if err != nil {
			return err
		}
	}
	if name == "" {
		return nil
	}
	program, err := property.FindProgram(name)
	if err != nil {
		return c.errorf(line, "%w", err)
	}
	c.shell = append([]string{program}, strings.Fields(argument)...)
	return nil
}

// useShell returns the shell: bash, where the file names none and there is one.
func (c *compose) useShell() ([]string, error) {
	if c.shell != nil {
		return c.shell, nil
	}
	program, err := property.FindProgram("bash")
	if err != nil {
		program, err = property.FindProgram("sh")
	}
	c.shell = []string{program, "-c"}
	return c.shell, err
}

// value expands variables in a text that no shell will see.
func (c *compose) value(m member) (string, error) {
	text, err := c.text(m)
	if err == nil && !c.literal {
		text = c.expand(m.line, text)
	}
	return text, err
}

// environment reads NAME=VALUE items, or a mapping.
func (c *compose) environment(m member) (map[string]string, error) {
	env := map[string]string{}
	set := func(line int, name, value string) error {
		if err := property.CheckVariable(name, value); err != nil {
			return c.errorf(line, "%s: %w", m.key, err)
		}
		env[name] = value
		return nil
	}
	if isMapping(m.value) {
		list, err := c.members(m.value, m.key)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			value, err := c.value(f)
			if err == nil {
				err = set(f.line, f.key, value)
			}
			if err != nil {
				return nil, err
			}
		}
		return env, nil
	}
	if isNull(m.value) {
		return env, nil
	}
	items, err := c.list(m)
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		text, err := c.value(item)
		if err != nil {
			return nil, err
		}
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, c.errorf(item.line, "an item of %s is not NAME=VALUE", m.key)
		}
		if err := set(item.line, name, value); err != nil {
			return nil, err
		}
	}
	return env, nil
}
