package importer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

// Plan is what a file becomes.
type Plan struct {
	// Roles are in the order of the file.
	Roles []home.NewRole

	// Left has what was not taken over, in the order of the file.
	Left []Note
}

// Note says what was not taken over.
type Note struct {
	File string
	Line int
	Text string
}

// String returns file:line: text.
func (n Note) String() string { return fmt.Sprintf("%s:%d: %s", n.File, n.Line, n.Text) }

// Options adjust [Read]. A nil *Options means the defaults.
type Options struct {
	// Format is that of the file, [Procfile] or [ProcessCompose]. If empty,
	// [ProcessCompose] for a name that ends in .yaml or .yml, else [Procfile].
	Format string

	// Dir is the absolute path of the folder that commands run in and relative
	// paths begin at. If empty, that of the file.
	Dir string

	// Port is the PORT of the first process of a Procfile; each process gets one
	// that is 100 above the one before, as foreman has it. If 0, 5000.
	Port int

	// Secrets are variables that every role gets, and keeps as its settings.
	Secrets map[string]string

	// Lookup finds variables that YAML refers to. If nil, [os.LookupEnv].
	Lookup func(name string) (value string, ok bool)
}

// The formats there are.
const (
	Procfile       = "procfile"
	ProcessCompose = "process-compose"
)

// Read makes a plan of the content of a file. The error begins with file:line.
func Read(file string, data []byte, o *Options) (*Plan, error) {
	options, err := o.orDefault(file)
	if err != nil {
		return nil, err
	}
	r := &reader{file: file, Options: options, plan: &Plan{}, lines: map[string]int{}}
	if options.Format == Procfile {
		err = r.procfile(string(data))
	} else {
		err = r.compose(data)
	}
	if err == nil && len(r.plan.Roles) == 0 {
		err = r.errorf(1, "there is no process in it")
	}
	if err != nil {
		return nil, err
	}
	return r.plan, nil
}

func (o *Options) orDefault(file string) (Options, error) {
	var out Options
	if o != nil {
		out = *o
	}
	if out.Format == "" {
		out.Format = Procfile
		if ext := strings.ToLower(filepath.Ext(file)); ext == ".yaml" || ext == ".yml" {
			out.Format = ProcessCompose
		}
	}
	if out.Dir == "" {
		path, err := filepath.Abs(file)
		if err != nil {
			return out, err
		}
		out.Dir = filepath.Dir(path)
	}
	if out.Port == 0 {
		out.Port = 5000
	}
	if out.Lookup == nil {
		out.Lookup = os.LookupEnv
	}
	return out, nil
}

// reader makes a plan.
type reader struct {
	Options
	file  string
	plan  *Plan
	lines map[string]int // of each role

	merges int // how often <<: was followed
}

func (r *reader) errorf(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", r.file, line, fmt.Errorf(format, args...))
}

// leave notes what is not taken over.
func (r *reader) leave(line int, format string, args ...any) {
	r.plan.Left = append(r.plan.Left, Note{r.file, line, fmt.Sprintf(format, args...)})
}

// add adds a role that its values describe.
func (r *reader) add(line int, name, program string, secrets map[string]string, values ...*property.Value) error {
	if before := r.lines[name]; before > 0 {
		return r.errorf(line, "process %q is there already, in line %d", name, before)
	}
	r.lines[name] = line
	if err := checkName(name); err != nil {
		return r.errorf(line, "%w", err)
	}
	role := home.NewRole{Role: home.Role{
		Name: name, Executable: filepath.Base(program), Properties: property.Properties(values...),
	}}
	if len(secrets) > 0 {
		role.Settings = property.SecretsText(secrets)
	}
	r.plan.Roles = append(r.plan.Roles, role)
	return nil
}

// checkName refuses what cannot be the name of a role.
func checkName(name string) error {
	if strings.ContainsAny(name, "{}") {
		return fmt.Errorf("role name %q has a brace", name)
	}
	if name == "" {
		return fmt.Errorf("a process has no name")
	}
	_, err := home.Names(name, "sh", home.Numbers{Step: 1, Count: 1})
	return err
}
