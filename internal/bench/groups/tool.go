//go:build linux

package groups

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"syscall"
)

// ErrMissing is wrapped by the error about a tool that is not installed.
var ErrMissing = errors.New("not installed")

// A Tool knows how to use one tool. Its functions get the site of a group.
type Tool struct {
	Name    string
	Needs   []string // the programs it is made of
	Install string   // what to type to get it

	// Env adds to the environment of the tool. May be nil.
	Env func(s *Site) []string

	// Prepare tells the tool about roles.
	Prepare func(s *Site, roles []Role) error

	// Start is the command that starts the group.
	Start func(s *Site) []string

	// Terminal says that the tool runs on a terminal only.
	Terminal bool

	// Stop is the command that stops the group; nil: StopSignal is sent to the
	// process of Start.
	Stop       func(s *Site) []string
	StopSignal syscall.Signal

	// Status is the command that says what runs. Nil: there is none.
	Status func(s *Site) []string

	// Logs lists the files with what a role printed. Nil: it keeps none.
	Logs func(s *Site, role string) []string
}

// Role is a program in a group: the helper, with arguments.
type Role struct {
	Name string
	Args []string // after the path of the helper
	Once bool     // it ends by itself, and shall not be started again
}

// Tools returns all tools, ours first.
func Tools(bins Bins) []Tool {
	return []Tool{
		ansar(bins), s6(), runit(), daemontools(), supervisor(), foreman(), pm2(bins), mprocs(bins),
	}
}

// Bins are the folders with programs that are not on the machine's path.
type Bins struct {
	Ansar string // ansar and ansar-runner
	NPM   string // node_modules/.bin
}

// Missing returns an error that wraps [ErrMissing] if a program of the tool
// cannot be found.
func (t *Tool) Missing() error {
	for _, program := range t.Needs {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%w: %s (%s)", ErrMissing, filepath.Base(program), t.Install)
		}
	}
	return nil
}

// Install gets the tools that are packages of npm into a folder of their own, and
// returns the folder with their programs.
func Install(ctx context.Context, folder string) (string, error) {
	bin := filepath.Join(folder, "node_modules", ".bin")
	_, first := exec.LookPath(filepath.Join(bin, "pm2"))
	_, second := exec.LookPath(filepath.Join(bin, "mprocs"))
	if first == nil && second == nil {
		return bin, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return bin, fmt.Errorf("%w: npm (apt-get install npm)", ErrMissing)
	}
	command := exec.CommandContext(ctx, npm, "install", "--prefix", folder, "--no-audit", "--no-fund", "pm2@"+pm2Version, "mprocs@"+mprocsVersion)
	if text, err := command.CombinedOutput(); err != nil {
		return bin, fmt.Errorf("npm install: %w\n%s", err, text)
	}
	return bin, nil
}
