package cli

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

// plainFlags say how a program is run that is none of the framework.
type plainFlags struct {
	program, envFile, dir, stopSignal string
	env                               []string
	stopGroup                         bool
	grace                             time.Duration
}

func (f *plainFlags) add(fs *pflag.FlagSet) {
	word(fs, &f.program, "command", "a program that is none of the framework: a path, or a name in PATH")
	fs.StringArrayVar(&f.env, "env", nil, "a variable of its environment, NAME=VALUE (repeatable)")
	word(fs, &f.envFile, "env-file", "a file of secret variables, NAME=VALUE a line (- is standard input)")
	word(fs, &f.dir, "dir", "its working directory, instead of the folder of the home")
	word(fs, &f.stopSignal, "stop-signal", "the signal that ends it, instead of SIGTERM")
	fs.BoolVar(&f.stopGroup, "stop-group", false, "send that signal to all of its process group")
	addGrace(fs, &f.grace)
}

// isPlain reports whether a command line of add is about such a program.
func isPlain(own []string) bool {
	return slices.ContainsFunc(own, func(arg string) bool {
		return arg == "--command" || strings.HasPrefix(arg, "--command=")
	})
}

// onlyPlain are the flags that are of use with --command alone.
var onlyPlain = []string{"env", "env-file", "dir", "stop-signal", "stop-group", "grace"}

// addPlain adds roles that are played by a plain program.
func (e *env) addPlain(c *commandLine, p *pieces, f *addFlags) error {
	if err := c.parseOwn(p.own); err != nil {
		return err
	}
	for _, name := range []string{"executable", "settings-file", "input-file"} {
		if c.own.Changed(name) {
			return eitherOr("--"+name, "--command")
		}
	}
	if len(p.forwarded) > 0 {
		return usagef("unknown flag %s: arguments of the program stand behind --", p.forwarded[0])
	}
	role, homePath := f.roleName, cmp.Or(f.homePath, e.homePath)
	words := p.words[:len(p.words)-len(p.rest)]
	if err := fill(words, slot{"role", &role}, slot{"home", &homePath}); err != nil {
		return err
	}
	homePath = cmp.Or(homePath, defaultHome)
	h, err := home.Open(homePath)
	if err != nil {
		return err
	}
	value, err := f.plain.command(c.own, p.rest)
	if err != nil {
		return err
	}
	secrets, err := e.secrets(f.plain.envFile, value.GetEnv())
	if err != nil {
		return err
	}
	executable := filepath.Base(value.GetProgram())
	names, err := home.Names(role, executable, f.numbers)
	if err != nil {
		return err
	}
	command, err := property.Make("command", value)
	if err != nil {
		return err
	}
	e.console("Adding %q as %q, %q (%d)", executable, cmp.Or(role, "{executable}-{number}"), homePath, len(names))
	roles := make([]home.NewRole, 0, len(names))
	for _, name := range names {
		properties := property.Properties(command)
		roles = append(roles, home.NewRole{Role: home.Role{Name: name, Executable: executable, Properties: properties}, Settings: secrets})
	}
	return h.Add(roles...)
}

// command returns what the flags say, as the property command.
func (f *plainFlags) command(fs *pflag.FlagSet, args []string) (*homepb.Command, error) {
	program, err := property.FindProgram(f.program)
	if err != nil {
		return nil, err
	}
	m := &homepb.Command{Program: &program, Args: args}
	for _, variable := range f.env {
		name, value, ok := strings.Cut(variable, "=")
		if !ok {
			return nil, usagef("--env: %q is not NAME=VALUE", variable)
		}
		if _, twice := m.Env[name]; twice {
			return nil, usagef("--env: %s is given twice", name)
		}
		if err := property.CheckVariable(name, value); err != nil {
			return nil, usagef("--env: %v", err)
		}
		if m.Env == nil {
			m.Env = map[string]string{}
		}
		m.Env[name] = value
	}
	if f.dir != "" {
		dir, err := folder(f.dir)
		if err != nil {
			return nil, err
		}
		m.Dir = &dir
	}
	if f.stopSignal != "" {
		name, err := property.SignalName(f.stopSignal)
		if err != nil {
			return nil, usagef("--stop-signal: %v", err)
		}
		m.StopSignal = &name
	}
	if f.stopGroup {
		m.StopGroup = &f.stopGroup
	}
	if fs.Changed("grace") {
		m.Grace = durationpb.New(f.grace)
	}
	return m, nil
}

// folder returns the absolute path of a folder that is there.
func folder(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(abs); err != nil || !info.IsDir() {
		return "", usagef("--dir: %q is not a folder", path)
	}
	return abs, nil
}

// secrets returns the settings of a plain role: its secret variables. It is nil
// if no file was given.
func (e *env) secrets(name string, env map[string]string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	f, err := e.file(name)
	if err != nil {
		return nil, err
	}
	secrets, err := property.ParseVariables(f.name, f.data)
	if err != nil {
		return nil, err
	}
	for name := range secrets {
		if _, twice := env[name]; twice {
			return nil, fmt.Errorf("%s: %s is given by --env, too", f.name, name)
		}
	}
	return property.SecretsText(secrets), nil
}
