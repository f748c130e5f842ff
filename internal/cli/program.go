package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/settings/schema"
)

// describeLimit is how long a program may take to print what it declares.
const describeLimit = 10 * time.Second

// programs knows the declarations of the programs of a home.
type programs struct {
	ctx    context.Context
	home   *home.Home
	loaded map[string]*schema.Program
}

func newPrograms(ctx context.Context, h *home.Home) *programs {
	return &programs{ctx, h, map[string]*schema.Program{}}
}

// get returns what an executable declares. It runs the executable to ask it
// where the home keeps nothing yet, or something older than the executable. If it
// cannot be asked, what is kept counts.
func (p *programs) get(executable string) (*schema.Program, error) {
	if known := p.loaded[executable]; known != nil {
		return known, nil
	}
	program, err := p.load(executable)
	if err == nil {
		p.loaded[executable] = program
	}
	return program, err
}

// of returns what the program declares that plays a role. A plain program declares
// nothing.
func (p *programs) of(role home.Role) (*schema.Program, error) {
	if property.Plain(role) {
		return nil, usagef("role %q is played by a program without settings and input: see ansar edit command %s", role.Name, role.Name)
	}
	return p.get(role.Executable)
}

func (p *programs) load(executable string) (*schema.Program, error) {
	path, lookupErr := p.home.Lookup(executable)
	kept, keptErr := p.kept(executable)
	if keptErr == nil && (lookupErr != nil || !p.stale(executable, path)) {
		return kept, nil
	}
	if lookupErr != nil {
		return nil, lookupErr
	}
	program, data, err := describe(p.ctx, path, describeLimit)
	if err != nil {
		if keptErr == nil && p.ctx.Err() == nil {
			return kept, nil
		}
		return nil, err
	}
	err = p.home.Store(home.Schema, executable, data)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		err = nil // who may only read the home reads on
	}
	return program, err
}

// kept returns what the home has kept. A declaration that is damaged is as good
// as none: the executable is asked again.
func (p *programs) kept(executable string) (*schema.Program, error) {
	data, err := p.home.Load(home.Schema, executable)
	if err != nil {
		return nil, err
	}
	return schema.Load(data)
}

// refresh has the program asked if it changed since it last was. What goes wrong
// shows when its declaration is needed.
func (p *programs) refresh(executable string) {
	if path, err := p.home.Lookup(executable); err == nil && p.stale(executable, path) {
		_, _ = p.get(executable)
	}
}

// stale reports whether the executable is newer than what is kept of it.
func (p *programs) stale(executable, path string) bool {
	kept, err := p.home.Path(home.Schema, executable)
	if err != nil {
		return true
	}
	then, err := os.Stat(kept)
	if err != nil {
		return true
	}
	now, err := os.Stat(path)
	return err == nil && now.ModTime().After(then.ModTime())
}

// describe runs the executable once, to have it print what it declares. It
// returns that read, and as it was printed.
func describe(ctx context.Context, path string, limit time.Duration) (*schema.Program, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var stdout, stderr bounded
	cmd := exec.CommandContext(ctx, path, "--dump-schema")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // not reaped yet: the id is its own
	cmd.WaitDelay = limit / 10
	err := cmd.Run()
	if stdout.over || stderr.over {
		err = errLong
	}
	var unstarted *fs.PathError
	switch {
	case errors.Is(err, exec.ErrWaitDelay): // something of the group holds its output, so that the group is still its own
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		return nil, nil, notOurs(path, "--dump-schema left a process behind")
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, nil, ctx.Err()
	case errors.Is(err, errLong):
		return nil, nil, notOurs(path, "--dump-schema does not stop printing")
	case ctx.Err() != nil:
		return nil, nil, notOurs(path, fmt.Sprintf("--dump-schema did not end within %v", limit))
	case errors.Is(err, syscall.ENOEXEC):
		return nil, nil, fmt.Errorf("cannot use executable %s, the file is not an executable program", path)
	case errors.As(err, &unstarted):
		return nil, nil, fmt.Errorf("cannot use executable %s, it cannot be started: %w", path, unstarted.Err)
	case err != nil:
		return nil, nil, notOurs(path, "--dump-schema ended with "+err.Error()+lastLine(stderr.text.String()))
	}
	program, err := schema.Load(stdout.text.Bytes())
	if err != nil || program.Name == "" {
		return nil, nil, notOurs(path, "--dump-schema printed something else")
	}
	return program, stdout.text.Bytes(), nil
}

// longestSchema is more than what any program declares takes, in bytes.
const longestSchema = 16 << 20

var errLong = errors.New("too long")

// bounded keeps what a program prints, and refuses to take more than
// longestSchema. The program ends then, as nobody reads what it prints.
type bounded struct {
	text bytes.Buffer
	over bool // it was more
}

// Write implements [io.Writer].
func (b *bounded) Write(data []byte) (int, error) {
	if b.text.Len()+len(data) > longestSchema {
		b.over = true
		return 0, errLong
	}
	return b.text.Write(data)
}

func notOurs(path, why string) error {
	return fmt.Errorf("cannot use executable %s, it is not a framework executable: %s", path, why)
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	return " (" + text[strings.LastIndexByte(text, '\n')+1:] + ")"
}
