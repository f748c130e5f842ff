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

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/internal/settings/schemapb"
)

// describeLimit is how long a program may take to print what it declares.
const describeLimit = 10 * time.Second

// programs knows the declarations of the programs of a home.
type programs struct {
	ctx    context.Context
	home   *home.Home
	loaded map[string]*settings.Program
}

func newPrograms(ctx context.Context, h *home.Home) *programs {
	return &programs{ctx, h, map[string]*settings.Program{}}
}

// get returns what an executable declares. It runs the executable to ask it
// where the home keeps nothing yet, or something older than the executable. If it
// cannot be asked, what is kept counts.
func (p *programs) get(executable string) (*settings.Program, error) {
	if known := p.loaded[executable]; known != nil {
		return known, nil
	}
	program, err := p.load(executable)
	if err == nil {
		p.loaded[executable] = program
	}
	return program, err
}

func (p *programs) load(executable string) (*settings.Program, error) {
	path, lookupErr := p.home.Lookup(executable)
	kept, keptErr := p.kept(executable)
	if keptErr == nil && (lookupErr != nil || !p.stale(executable, path)) {
		return kept, nil
	}
	if lookupErr != nil {
		return nil, lookupErr
	}
	data, err := describe(p.ctx, path)
	if err != nil {
		if keptErr == nil && p.ctx.Err() == nil {
			return kept, nil
		}
		return nil, err
	}
	program, err := settings.Load(data)
	if err != nil {
		return nil, fmt.Errorf("cannot use executable %s, %v", path, err)
	}
	if err := p.home.Store(home.Schema, executable, data); err != nil {
		return nil, err
	}
	return program, nil
}

// kept returns what the home has kept. A declaration that is damaged is as good
// as none: the executable is asked again.
func (p *programs) kept(executable string) (*settings.Program, error) {
	data, err := p.home.Load(home.Schema, executable)
	if err != nil {
		return nil, err
	}
	return settings.Load(data)
}

// stale reports whether the executable is newer than what is kept of it.
func (p *programs) stale(executable, path string) bool {
	schema, err := p.home.Path(home.Schema, executable)
	if err != nil {
		return true
	}
	then, err := os.Stat(schema)
	if err != nil {
		return true
	}
	now, err := os.Stat(path)
	return err == nil && now.ModTime().After(then.ModTime())
}

// describe runs the executable once, to have it print what it declares.
func describe(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, describeLimit)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, path, "--dump-schema")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // not reaped yet: the id is its own
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch program := new(schemapb.Program); {
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, ctx.Err()
	case ctx.Err() != nil:
		return nil, notOurs(path, fmt.Sprintf("--dump-schema did not end within %v", describeLimit))
	case err != nil:
		return nil, notOurs(path, "--dump-schema ended with "+err.Error()+lastLine(stderr.String()))
	case proto.Unmarshal(stdout.Bytes(), program) != nil, program.GetName() == "":
		return nil, notOurs(path, "--dump-schema printed something else")
	}
	return stdout.Bytes(), nil
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

// part is one of the two messages that a role has on disk.
type part struct {
	area home.Area
	name string // as texts call it
	make func(*settings.Program) proto.Message
}

var (
	settingsPart = part{home.Settings, "settings", (*settings.Program).Settings}
	inputPart    = part{home.Input, "input", (*settings.Program).Input}
)

// stored is a message of a role, and what its file has beyond it.
type stored struct {
	message proto.Message // nil: the program has none
	unknown *settings.Unknown
}

// read returns what the home keeps for a role, over the values that the program
// was built with.
func (p part) read(h *home.Home, program *settings.Program, role string) (*stored, error) {
	s := &stored{message: p.make(program)}
	if s.message == nil {
		return s, nil
	}
	data, err := h.Load(p.area, role)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	path, err := h.Path(p.area, role)
	if err != nil {
		return nil, err
	}
	s.unknown, err = settings.UnmarshalEnvelope(path, data, s.message, &settings.ReadOptions{Root: p.name, Types: program.Types})
	return s, err
}

// readFile sets the message from a file that the user gave.
func (p part) readFile(s *stored, program *settings.Program, file string) error {
	if s.message == nil {
		return usagef("program %q has no %s", program.Name, p.name)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read %s file: %w", p.name, err)
	}
	_, err = settings.UnmarshalEnvelope(file, data, s.message, &settings.ReadOptions{Root: p.name, Strict: true, Types: program.Types})
	return err
}

// text returns the file of the message, with every field. It is nil if the
// program has none.
func (s *stored) text(program *settings.Program, redact bool) []byte {
	if s.message == nil {
		return nil
	}
	return settings.MarshalEnvelope(s.message, &settings.WriteOptions{
		AllFields: true, Redact: redact, Keep: s.unknown, Types: program.Types,
	})
}
