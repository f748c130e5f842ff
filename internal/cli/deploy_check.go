package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/internal/deploy"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/internal/settings/schema"
)

// deployChecker checks what is deployed against what programs declare.
type deployChecker struct {
	home     *home.Home
	roles    map[string]home.Role
	programs *programs
	fresh    map[string]*freshProgram // by executable: what it will declare
}

// freshProgram is what a file has declared, and the file as it was then.
type freshProgram struct {
	file    os.FileInfo
	program *schema.Program
	data    []byte
}

var _ deploy.Checker = (*deployChecker)(nil)

// Program implements [deploy.Checker].
func (c *deployChecker) Program(ctx context.Context, executable, path string) ([]byte, error) {
	component := func(r home.Role) bool { return r.Executable == executable && !property.Plain(r) }
	if !slices.ContainsFunc(slices.Collect(maps.Values(c.roles)), component) {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if f := c.fresh[executable]; f != nil && os.SameFile(f.file, info) && f.file.ModTime().Equal(info.ModTime()) && f.file.Size() == info.Size() {
		return f.data, nil
	}
	program, data, err := describe(ctx, path, describeLimit)
	if err != nil {
		return nil, err
	}
	c.fresh[executable] = &freshProgram{info, program, data}
	return data, nil
}

// program returns what the program of a role will declare.
func (c *deployChecker) program(role string) (*schema.Program, error) {
	executable := c.roles[role].Executable
	if f := c.fresh[executable]; f != nil {
		return f.program, nil
	}
	return c.programs.get(executable)
}

// Text implements [deploy.Checker].
func (c *deployChecker) Text(_ context.Context, m *deploy.Material) ([]byte, error) {
	if property.Plain(c.roles[m.Role]) {
		return c.variables(m)
	}
	program, err := c.program(m.Role)
	if err != nil {
		return nil, fmt.Errorf("role %q: %w", m.Role, err)
	}
	p := partOf(m.Area)
	before, err := p.read(c.home, program, m.Role)
	if damaged := new(settings.ReadError); errors.As(err, &damaged) && m.File != nil {
		before = &stored{} // what is deployed is how it is repaired
	} else if err != nil {
		return nil, err
	}
	after, err := c.merged(p, m, before, program)
	if err != nil {
		return nil, fmt.Errorf("role %q: %w", m.Role, err)
	}
	text := after.text(program, false)
	if bytes.Equal(text, before.text(program, false)) {
		return nil, nil
	}
	return text, nil
}

// merged returns the message of a role with what a snapshot has for it.
func (c *deployChecker) merged(p part, m *deploy.Material, before *stored, program *schema.Program) (*stored, error) {
	after := before
	if m.File != nil && !bytes.Equal(m.File.Data, before.text(program, true)) {
		var err error
		if after, err = p.fromFile(file{m.File.Path, m.File.Data}, before, program); err != nil {
			return nil, err
		}
		restoreSecrets(after.message, before.message)
		if err := told(m.File, after.text(program, true)); err != nil {
			return nil, err
		}
	}
	if len(m.Values) == 0 {
		return after, nil
	}
	if after.message == nil {
		if after.message = p.make(program); after.message == nil {
			return nil, fmt.Errorf("program %q has no %s", program.Name, p.name)
		}
	}
	after = &stored{proto.Clone(after.message), after.unknown}
	for _, value := range m.Values {
		if err := assign(p, after.message, value, program); err != nil {
			return nil, err
		}
	}
	return after, nil
}

func partOf(area home.Area) part {
	if area == home.Input {
		return inputPart
	}
	return settingsPart
}

// assign sets the field that a file is named after.
func assign(p part, m proto.Message, value deploy.Content, program *schema.Program) error {
	path := fieldPath(m.ProtoReflect().Descriptor(), value.Name)
	if !json.Valid(value.Data) {
		return fmt.Errorf("%s: the content is not one value of JSON (a text needs quotes)", value.Path)
	}
	text, closing := `{"value":`, "}"
	for _, name := range path {
		quoted, _ := json.Marshal(name) // texts always encode
		text += "{" + string(quoted) + ":"
		closing += "}"
	}
	_, err := settings.UnmarshalEnvelope(value.Path, []byte(text+string(value.Data)+closing), m,
		&settings.ReadOptions{Root: p.name, Strict: true, Types: program.Types})
	if wrong := new(settings.ReadError); errors.As(err, &wrong) {
		if wrong.Line == 1 {
			wrong.Column = max(1, wrong.Column-len([]rune(text)))
		}
		return wrong
	}
	return err
}

// fieldPath returns the fields that the name of a file stands for: limits.max_size
// with or without an extension.
func fieldPath(md protoreflect.MessageDescriptor, name string) []string {
	whole := strings.Split(name, ".")
	if known(md, whole) {
		return whole
	}
	return strings.Split(strings.TrimSuffix(name, filepath.Ext(name)), ".")
}

// known reports whether there is a field at the path.
func known(md protoreflect.MessageDescriptor, path []string) bool {
	for i, name := range path {
		fd := md.Fields().ByTextName(name)
		if fd == nil {
			fd = md.Fields().ByJSONName(name)
		}
		if fd == nil || i < len(path)-1 && (fd.Message() == nil || fd.IsList() || fd.IsMap()) {
			return false
		}
		md = fd.Message()
	}
	return true
}

// Fits implements [deploy.Checker].
func (c *deployChecker) Fits(_ context.Context, role string) error {
	if property.Plain(c.roles[role]) {
		return nil
	}
	program, err := c.program(role)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if _, err := p.read(c.home, program, role); err != nil {
			return fmt.Errorf("the new %s does not take the %s of %q: %w", c.roles[role].Executable, p.name, role, err)
		}
	}
	return nil
}
