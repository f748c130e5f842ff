package framework

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ansar-go/ansar/internal/settings"
)

// env is what a program is started with. Tests make their own.
type env struct {
	args    []string // the name first
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	lookup  func(name string) (string, bool)
	environ func() []string
}

func osEnv() *env {
	return &env{
		args: os.Args, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, lookup: os.LookupEnv, environ: os.Environ,
	}
}

// arguments are the words after the name.
func (e *env) arguments() []string {
	if len(e.args) == 0 {
		return nil
	}
	return e.args[1:]
}

// executable is the name that the program was started by.
func (e *env) executable(otherwise string) string {
	if len(e.args) == 0 || e.args[0] == "" {
		return otherwise
	}
	return filepath.Base(e.args[0])
}

// hasVariables reports whether there may be a variable for one of the settings.
func (p *program) hasVariables() bool {
	prefix := settings.EnvPrefix(p.name) + "_"
	for _, v := range p.environ() {
		if strings.HasPrefix(v, prefix) {
			return true
		}
	}
	return false
}

// say writes a line for people to standard error, in one write.
func (p *program) say(format string, args ...any) {
	_, _ = io.WriteString(p.stderr, p.name+": "+fmt.Sprintf(format, args...)+"\n") // nobody is there to hear it
}

// warn says what does not keep the program from running.
func (p *program) warn(format string, args ...any) { p.say("warning: "+format, args...) }
