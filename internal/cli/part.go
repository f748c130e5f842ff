package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/framework/options"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/internal/settings/schema"
)

// part is one of the two messages that a role has on disk.
type part struct {
	area home.Area
	name string // as texts call it
	make func(*schema.Program) proto.Message

	forwarded bool // what is given as --name=value is of this one
}

var (
	settingsPart = part{home.Settings, "settings", (*schema.Program).Settings, true}
	inputPart    = part{home.Input, "input", (*schema.Program).Input, false}
)

var parts = []part{settingsPart, inputPart}

// stored is a message of a role, and what its file has beyond it.
type stored struct {
	message proto.Message // nil: the program has none
	unknown *settings.Unknown
}

// read returns what the home keeps for a role, over the values that the program
// was built with.
func (p part) read(h *home.Home, program *schema.Program, role string) (*stored, error) {
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

// file is a file that the user gave, read once for all roles. The name - is
// standard input.
type file struct {
	name string // as errors call it; empty: none was given
	data []byte
}

func (e *env) file(name string) (file, error) {
	if name == "" {
		return file{}, nil
	}
	shown := name
	if name == "-" {
		shown = "standard input"
	}
	type content struct {
		data []byte
		err  error
	}
	read := make(chan content, 1)
	go func() { // ends with the program at the latest: such a read cannot be called off
		var c content
		if name == "-" {
			c.data, c.err = io.ReadAll(e.stdin)
		} else {
			c.data, c.err = os.ReadFile(name)
		}
		read <- c
	}()
	select {
	case <-e.ctx.Done():
		return file{}, e.ctx.Err()
	case c := <-read:
		if path := new(fs.PathError); errors.As(c.err, &path) {
			c.err = path.Err
		}
		if c.err != nil {
			return file{}, fmt.Errorf("read %q: %w", shown, c.err)
		}
		return file{shown, c.data}, nil
	}
}

// fromFile returns the values that the program was built with, changed by a file
// that the user gave. Secrets that the file does not tell are those of before.
func (p part) fromFile(f file, before *stored, program *schema.Program) (*stored, error) {
	s := &stored{message: p.make(program)}
	if s.message == nil {
		return nil, usagef("program %q has no %s", program.Name, p.name)
	}
	if before.message != nil {
		keepSecrets(s.message.ProtoReflect(), before.message.ProtoReflect())
	}
	_, err := settings.UnmarshalEnvelope(f.name, f.data, s.message, &settings.ReadOptions{Root: p.name, Strict: true, Types: program.Types})
	return s, err
}

// text returns the file of the message, with every field. It is nil if the
// program has none.
func (s *stored) text(program *schema.Program, redact bool) []byte {
	if s.message == nil {
		return nil
	}
	return settings.MarshalEnvelope(s.message, &settings.WriteOptions{
		AllFields: true, Redact: redact, Keep: s.unknown, Types: program.Types,
	})
}

// keepSecrets copies the secrets that are set in one message to another of the
// same type.
func keepSecrets(to, from protoreflect.Message) {
	from.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case isSecret(fd):
			to.Set(fd, v)
		case fd.Message() != nil && !fd.IsList() && !fd.IsMap() && hasSecrets(v.Message()):
			keepSecrets(to.Mutable(fd).Message(), v.Message())
		}
		return true
	})
}

// hasSecrets reports whether a secret is set.
func hasSecrets(m protoreflect.Message) (found bool) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		found = isSecret(fd) || fd.Message() != nil && !fd.IsList() && !fd.IsMap() && hasSecrets(v.Message())
		return !found
	})
	return found
}

func isSecret(fd protoreflect.FieldDescriptor) bool {
	secret, _ := proto.GetExtension(fd.Options(), options.E_Secret).(bool)
	return secret
}
