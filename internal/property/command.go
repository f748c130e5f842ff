package property

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/home"
)

// Command is what a plain role runs.
type Command struct {
	Program    string            // absolute path
	Args       []string          // without the program
	Env        map[string]string // beside what is inherited; secret variables are in [Environment]
	Dir        string            // absolute path; empty: the folder of the home
	StopSignal syscall.Signal
	StopGroup  bool // the signal goes to all of its process group
	Grace      time.Duration
}

// Plain reports whether the role is played by a program that is none of the
// framework.
func Plain(role home.Role) bool { return role.Properties["command"] != nil }

// Plain reports whether the role has the property command.
func (s *Set) Plain() bool { return s.command() != nil }

// Command returns the property command, nil for a component.
func (s *Set) Command() *Command {
	m := s.command()
	if m == nil {
		return nil
	}
	c := &Command{
		Program: m.GetProgram(), Args: slices.Clone(m.GetArgs()), Env: maps.Clone(m.GetEnv()), Dir: m.GetDir(),
		StopSignal: syscall.SIGTERM, StopGroup: m.GetStopGroup(), Grace: span(m.GetGrace(), DefaultGrace),
	}
	if m.StopSignal != nil {
		c.StopSignal, _ = ParseSignal(m.GetStopSignal()) // checked when it was read
	}
	return c
}

func checkCommand(m *homepb.Command) error {
	if m.GetProgram() == "" {
		return errors.New("it needs a program")
	}
	if err := absolute("program", m.GetProgram()); err != nil {
		return err
	}
	if err := texts("args", false, m.Args...); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(m.Env)) {
		if err := CheckVariable(name, m.Env[name]); err != nil {
			return fmt.Errorf("env: %w", err)
		}
	}
	if m.Dir != nil {
		if err := absolute("dir", m.GetDir()); err != nil {
			return err
		}
	}
	if m.StopSignal != nil {
		name, err := SignalName(m.GetStopSignal())
		if err != nil {
			return fmt.Errorf("stop_signal: %w", err)
		}
		m.StopSignal = &name
	}
	return positive("grace", m.Grace)
}

// CheckVariable refuses what cannot be a variable of the environment. The error
// never tells the value.
func CheckVariable(name, value string) error {
	switch {
	case name == "" || strings.ContainsAny(name, "=\x00"):
		return fmt.Errorf("%q cannot be the name of a variable", name)
	case strings.Contains(value, "\x00"):
		return fmt.Errorf("the value of %s has a zero byte", name)
	}
	return nil
}

// ParseSignal returns the signal of a name, SIGTERM or TERM in any case, or of a
// number.
func ParseSignal(s string) (syscall.Signal, error) {
	if n, err := strconv.Atoi(s); err == nil && unix.SignalName(syscall.Signal(n)) != "" {
		return syscall.Signal(n), nil
	}
	name := strings.ToUpper(s)
	if !strings.HasPrefix(name, "SIG") {
		name = "SIG" + name
	}
	if n := unix.SignalNum(name); n != 0 {
		return n, nil
	}
	return 0, fmt.Errorf("%q is not a signal, such as SIGTERM or SIGQUIT", s)
}

// SignalName returns how a signal that [ParseSignal] reads is written: SIGTERM.
func SignalName(s string) (string, error) {
	n, err := ParseSignal(s)
	return unix.SignalName(n), err
}

func absolute(name, path string) error {
	switch {
	case !filepath.IsAbs(path):
		return fmt.Errorf("%s: %q is not an absolute path", name, path)
	case strings.Contains(path, "\x00"):
		return fmt.Errorf("%s: %q has a zero byte", name, path)
	}
	return nil
}

// texts refuses what no process can be given as an argument.
func texts(name string, empty bool, list ...string) error {
	if empty {
		return fmt.Errorf("%s begins with an empty text, not with a program", name)
	}
	for i, s := range list {
		if strings.Contains(s, "\x00") {
			return fmt.Errorf("%s[%d] has a zero byte", name, i)
		}
	}
	return nil
}
