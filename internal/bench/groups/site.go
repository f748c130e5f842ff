//go:build linux

package groups

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const markVariable = "ANSAR_BENCH_GROUP"

// A Site is a folder in which a tool runs a group once.
type Site struct {
	tool    *Tool
	Folder  string // of this group alone
	Helper  string // the program of the roles
	mark    string
	port    string   // an address of the group's own, for a tool that wants one
	bins    []string // folders whose executables belong to the group
	callers *callers
	command *exec.Cmd
	ended   chan struct{} // closed when command has ended
	output  *os.File
	master  *os.File // of the terminal, if the tool has one
}

// newSite makes the folder for a group. The caller must leave it.
func newSite(tool *Tool, helper string, bins Bins) (*Site, error) {
	folder, err := os.MkdirTemp("", "peers-")
	if err != nil {
		return nil, err
	}
	s := &Site{
		tool: tool, Folder: folder, Helper: helper, mark: fmt.Sprintf("%d-%x", os.Getpid(), rand.Uint64()),
		bins: []string{filepath.Dir(helper), bins.Ansar},
	}
	if s.callers, err = listen(filepath.Join(folder, "roles.sock")); err != nil {
		return nil, err
	}
	if s.output, err = os.Create(filepath.Join(folder, "out.log")); err != nil {
		return nil, err
	}
	return s, nil
}

// Path returns the path of a file of the group.
func (s *Site) Path(parts ...string) string {
	return filepath.Join(append([]string{s.Folder}, parts...)...)
}

// Write makes a file of the group, and the folders above it.
func (s *Site) Write(mode os.FileMode, text string, parts ...string) error {
	path := s.Path(parts...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), mode)
}

// Argv is the command of a role.
func (s *Site) Argv(r Role) []string { return append([]string{s.Helper}, r.Args...) }

// Line is that as one line for a shell. The words hold nothing that a shell
// would read.
func (s *Site) Line(r Role) string { return strings.Join(s.Argv(r), " ") }

func (s *Site) env() []string {
	env := append(os.Environ(), markVariable+"="+s.mark, "NO_COLOR=1", "TERM=xterm")
	if s.tool.Env != nil {
		env = append(env, s.tool.Env(s)...)
	}
	return env
}

// start runs the tool's command that starts the group. It does not wait.
func (s *Site) start() error {
	argv := s.tool.Start(s)
	s.command = exec.Command(argv[0], argv[1:]...)
	s.command.Dir, s.command.Env = s.Folder, s.env()
	s.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	s.command.Stdout, s.command.Stderr = s.output, s.output
	if s.tool.Terminal {
		if err := s.onTerminal(); err != nil {
			return err
		}
	}
	if err := s.command.Start(); err != nil {
		return err
	}
	s.ended = make(chan struct{})
	go func() {
		_ = s.command.Wait() // what counts is what its roles do
		close(s.ended)
	}()
	return nil
}

// stop tells the tool to stop the group. It does not wait for that; the result
// is closed when the command has ended.
func (s *Site) stop(ctx context.Context) (<-chan struct{}, error) {
	done := make(chan struct{})
	if s.tool.Stop == nil {
		close(done)
		select {
		case <-s.ended:
			return done, nil
		default:
			return done, s.command.Process.Signal(s.tool.StopSignal)
		}
	}
	command := s.call(ctx, s.tool.Stop(s))
	if err := command.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(done)
		_ = command.Wait()
	}()
	return done, nil
}

// status asks the tool, and says how long that took.
func (s *Site) status(ctx context.Context) (time.Duration, error) {
	var text bytes.Buffer
	command := s.call(ctx, s.tool.Status(s))
	command.Stdout, command.Stderr = &text, &text
	begin := time.Now()
	if err := command.Run(); err != nil && ctx.Err() != nil {
		return 0, fmt.Errorf("ask %s: %w: %s", s.tool.Name, err, text.Bytes())
	}
	return time.Since(begin), nil // the status of some says that a role has ended
}

func (s *Site) call(ctx context.Context, argv []string) *exec.Cmd {
	command := exec.CommandContext(ctx, argv[0], argv[1:]...)
	command.Dir, command.Env, command.Stdout, command.Stderr = s.Folder, s.env(), s.output, s.output
	command.WaitDelay = time.Second
	return command
}

// leave ends whatever is left of the group, by id, and removes its folder. What
// was left, and is no stubborn role, is the result.
func (s *Site) leave(keep bool) []string {
	left := s.end()
	s.callers.close()
	s.output.Close()
	if s.master != nil {
		s.master.Close()
	}
	if s.ended != nil {
		<-s.ended
	}
	if !keep {
		_ = os.RemoveAll(s.Folder)
	}
	return left
}

// tail is the end of what the tool printed, for errors.
func (s *Site) tail() string {
	text, _ := os.ReadFile(s.Path("out.log"))
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(slices.Clone(lines[max(0, len(lines)-4):]), " / ")
}
