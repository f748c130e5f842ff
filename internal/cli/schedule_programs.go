package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/schedule/planfile"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/internal/settings/schema"
)

// callees knows the programs that a plan calls: where they are, and what they
// declare. Each is asked once. It may be used by many goroutines.
type callees struct {
	ctx      context.Context
	dir      string // of the plan
	homePath string // of roles that name none

	mu     sync.Mutex // guards the fields below
	known  map[string]*callee
	played map[string]*rolePart // by the executable that stands for the role
}

// callee is a program, or why there is none.
type callee struct {
	path    string
	program *schema.Program
	err     error
}

// rolePart is a role of a home that a job is.
type rolePart struct {
	home *home.Home
	role home.Role
	path string
}

func newCallees(e *env, dir string) *callees {
	return &callees{ctx: e.ctx, dir: dir, homePath: cmp.Or(e.homePath, defaultHome), known: map[string]*callee{}, played: map[string]*rolePart{}}
}

// find finds an executable: a path is from the folder of the plan; a name is looked
// for in the bin of the home, beside this program, and in PATH.
func (c *callees) find(name string) (string, error) {
	if strings.Contains(name, "/") {
		if !filepath.IsAbs(name) {
			name = filepath.Join(c.dir, name)
		}
		return actor.Find(name)
	}
	var folders []string
	if h, err := home.Open(c.homePath); err == nil {
		folders = append(folders, h.Dir(home.Bin))
	}
	return actor.Find(name, folders...)
}

// get asks the executable what it declares, the first time.
func (c *callees) get(name string) *callee {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.known[name]; known != nil {
		return known
	}
	found := &callee{}
	if found.path, found.err = c.find(name); found.err != nil {
		found.err = errors.New("there is no such executable: build it, or put its folder into $PATH")
	} else {
		found.program, _, found.err = describe(c.ctx, found.path, describeLimit)
	}
	if c.ctx.Err() == nil {
		c.known[name] = found
	}
	return found
}

// executable says why the executable cannot be called.
func (c *callees) executable(name string) error { return c.get(name).err }

// command says why a command cannot be started in a folder.
func (c *callees) command(argv0, dir string) error {
	if strings.Contains(argv0, "/") && !filepath.IsAbs(argv0) {
		argv0 = filepath.Join(dir, argv0)
	}
	_, err := exec.LookPath(argv0)
	if missing := new(exec.Error); errors.As(err, &missing) {
		err = missing.Err
	}
	if err != nil && !errors.Is(err, exec.ErrDot) {
		return err
	}
	return nil
}

// file says why a file cannot be the standard input of a command.
func (c *callees) file(name, dir string) error {
	if !filepath.IsAbs(name) {
		name = filepath.Join(c.workingFolder(dir), name)
	}
	info, err := os.Stat(name)
	if path := new(fs.PathError); errors.As(err, &path) {
		return path.Err
	}
	if err == nil && info.IsDir() {
		return errors.New("it is a folder")
	}
	return err
}

// input reads the input or the settings of a call by what the program declares, over
// the values that it was built with. Paths in its error begin with the field. It is nil
// if the program has none and none is given.
func (c *callees) input(call *schedulepb.Call, field string) (proto.Message, error) {
	found := c.get(call.GetExecutable())
	if found.err != nil {
		return nil, found.err
	}
	m, given := found.program.Input(), call.GetInput()
	if field == "settings" {
		m, given = found.program.Settings(), call.GetSettings()
	}
	if m == nil && given != nil {
		return nil, planfile.Errors{{Path: field, Problem: fmt.Sprintf("program %q takes no %s: leave it out", call.GetExecutable(), field)}}
	}
	if given == nil {
		return m, nil
	}
	if value, ok := wrapped(m, given); ok {
		return m, value.read(field, m)
	}
	return m, planfile.Struct(field, given, m)
}

// bare is a value that stands for a message, which is written as {value: 5} because
// all inputs are mappings.
type bare struct{ value *structpb.Value }

// wrapped tells a message that JSON has as a bare value, and what is given for it.
func wrapped(m proto.Message, given *structpb.Struct) (bare, bool) {
	value, only := given.GetFields()["value"]
	d := m.ProtoReflect().Descriptor()
	return bare{value}, only && len(given.GetFields()) == 1 && d.ParentFile().Path() == "google/protobuf/wrappers.proto"
}

func (b bare) read(field string, m proto.Message) error {
	text, err := b.value.MarshalJSON()
	if err != nil {
		return err
	}
	err = planfile.Message("", text, m)
	var wrong planfile.Errors
	if errors.As(err, &wrong) {
		for _, one := range wrong {
			one.Path = field + ".value"
		}
	}
	return err
}

// role says why a role cannot be run.
func (c *callees) role(r *schedulepb.Role) error {
	_, err := c.part(r)
	return err
}

// part is how a role is run.
func (c *callees) part(r *schedulepb.Role) (*schedule.Part, error) {
	path := c.homePath
	if r.GetHome() != "" {
		if path = r.GetHome(); !filepath.IsAbs(path) {
			path = filepath.Join(c.dir, path)
		}
	}
	h, err := home.Open(path)
	if err != nil {
		return nil, err
	}
	role, err := h.Role(r.GetName())
	if err != nil {
		return nil, err
	}
	if property.Plain(role) {
		return nil, fmt.Errorf("role %q is played by a plain program: write it as a command", role.Name)
	}
	executable, err := h.Lookup(role.Executable)
	if err != nil {
		return nil, err
	}
	name := filepath.Join(h.Root(), role.Name) // two homes may have a role of that name
	c.mu.Lock()
	defer c.mu.Unlock()
	c.played[name] = &rolePart{h, role, executable}
	return &schedule.Part{Executable: name, Options: []actor.Option{actor.Role(role.Name)}}, nil
}

// locate is how processes are started: what plays a role is told which.
func (c *callees) locate(name, role string) (actor.Launch, error) {
	c.mu.Lock()
	part := c.played[name]
	c.mu.Unlock()
	if part != nil && role != "" {
		args := []string{part.role.Executable, "--home-path=" + part.home.Root(), "--role-name=" + role}
		return actor.Launch{Path: part.path, Args: args}, nil
	}
	path, err := c.find(name)
	return actor.Launch{Path: path, Args: []string{filepath.Base(name)}}, err
}

// FindMessageByName implements [settings.Resolver].
func (c *callees) FindMessageByName(name protoreflect.FullName) (protoreflect.MessageType, error) {
	return ask(c, func(r settings.Resolver) (protoreflect.MessageType, error) { return r.FindMessageByName(name) })
}

// FindMessageByURL implements [settings.Resolver].
func (c *callees) FindMessageByURL(url string) (protoreflect.MessageType, error) {
	return ask(c, func(r settings.Resolver) (protoreflect.MessageType, error) { return r.FindMessageByURL(url) })
}

// FindExtensionByName implements [settings.Resolver].
func (c *callees) FindExtensionByName(name protoreflect.FullName) (protoreflect.ExtensionType, error) {
	return ask(c, func(r settings.Resolver) (protoreflect.ExtensionType, error) { return r.FindExtensionByName(name) })
}

// FindExtensionByNumber implements [settings.Resolver].
func (c *callees) FindExtensionByNumber(message protoreflect.FullName, n protoreflect.FieldNumber) (protoreflect.ExtensionType, error) {
	return ask(c, func(r settings.Resolver) (protoreflect.ExtensionType, error) {
		return r.FindExtensionByNumber(message, n)
	})
}

// ask asks what is compiled in, and then each program.
func ask[V any](c *callees, find func(settings.Resolver) (V, error)) (V, error) {
	if v, err := find(protoregistry.GlobalTypes); err == nil {
		return v, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, known := range c.known {
		if known.err != nil {
			continue
		}
		if v, err := find(known.program.Types); err == nil {
			return v, nil
		}
	}
	var none V
	return none, protoregistry.NotFound
}

// workingFolder is where a command of the plan runs.
func (c *callees) workingFolder(dir string) string {
	if dir == "" || filepath.IsAbs(dir) {
		return cmp.Or(dir, c.dir)
	}
	return filepath.Join(c.dir, dir)
}
