package settings

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// FlagOptions adjust [AddFlags], [Set] and [FromEnv]. A nil *FlagOptions means
// the defaults.
type FlagOptions struct {
	// Program is the name of the executable, which the names of environment
	// variables begin with. If empty, errors do not name the variable.
	Program string

	// Reserved are names that the settings may not have, without dashes before
	// them. Flags that the set has already count as well.
	Reserved []string

	// Types finds the types inside of Any. If nil, those compiled in.
	Types Resolver
}

func (o *FlagOptions) orDefault() FlagOptions {
	if o == nil {
		return FlagOptions{}
	}
	return *o
}

// CollisionError names the settings that have no flag of their own because the
// name is taken. They can be given as --set name=value.
type CollisionError struct {
	Names []string
}

// Error returns one line that names them.
func (e *CollisionError) Error() string {
	return "settings have the name of a flag: --" + strings.Join(e.Names, ", --") +
		" (rename the field, or give it as --set " + e.Names[0] + "=value)"
}

// AddFlags adds a flag to fs for each field of m, those of nested messages
// with dots in their names, and the flag --set for all of them. Hyphens and
// underscores are equal in fs from then on. A flag sets its field as it is
// parsed, so that the last one given wins; the first of a list or map replaces
// what was there, the others add to it. Fields marked as secret have flags
// that refuse every value.
//
// The error is a *[CollisionError]; all other flags are there then.
func AddFlags(fs *pflag.FlagSet, m protoreflect.Message, o *FlagOptions) error {
	normalize := fs.GetNormalizeFunc()
	fs.SetNormalizeFunc(func(fs *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(hyphens(string(normalize(fs, name))))
	})
	g := &given{FlagOptions: o.orDefault(), message: m, leaves: leavesOf(m.Descriptor()), seen: map[string]bool{}}
	g.assigner.types = g.Types
	if fs.Lookup("set") == nil {
		fs.Var(setFlag{g}, "set", "set a field by name, as in --set name=value")
	}
	var taken []string
	for i := range g.leaves {
		l := &g.leaves[i]
		if fs.Lookup(l.name) != nil || slices.ContainsFunc(g.Reserved, func(s string) bool { return hyphens(s) == l.name }) {
			taken = append(taken, l.name)
			continue
		}
		f := fs.VarPF(&fieldFlag{g, l}, l.name, "", helpOf(l.field()))
		f.Hidden = isSecret(l.field())
		if isBool(l.field()) {
			f.NoOptDefVal = "true"
		}
	}
	if taken != nil {
		return &CollisionError{taken}
	}
	return nil
}

// given is the message that a set of flags fills, and what it has been given.
type given struct {
	FlagOptions
	assigner
	message protoreflect.Message
	leaves  []leaf
	seen    map[string]bool // names that lists and maps were given by
}

// set gives l a value; flag is how the error calls it.
func (g *given) set(l *leaf, flag, s string) error {
	if problem := g.refuse(l); problem != "" {
		return &UsageError{flag, problem}
	}
	problem := g.assign(g.message, l, s, !g.seen[l.name])
	if problem != "" {
		return &UsageError{flag, problem}
	}
	g.seen[l.name] = true
	return nil
}

// refuse says why l may not be given by an argument.
func (o *FlagOptions) refuse(l *leaf) (problem string) {
	for i, fd := range l.path {
		if !isSecret(fd) {
			continue
		}
		problem = "is secret: give it in the settings file"
		if o.Program != "" {
			problem += " or in the environment as " + variable(o.Program, nameOf(l.path[:i+1]))
		}
		return problem
	}
	return ""
}

func nameOf(path []protoreflect.FieldDescriptor) string {
	var names []string
	for _, fd := range path {
		names = append(names, hyphens(string(fd.Name())))
	}
	return strings.Join(names, ".")
}

// fieldFlag is the flag of one field.
type fieldFlag struct {
	given *given
	leaf  *leaf
}

func (f *fieldFlag) Set(s string) error { return f.given.set(f.leaf, "--"+f.leaf.name, s) }
func (f *fieldFlag) Type() string       { return typeText(f.leaf.field()) }

// String returns the value that the field has now, as an argument gives it.
func (f *fieldFlag) String() string {
	if f.given == nil || isSecret(f.leaf.field()) {
		return ""
	}
	m, fd := f.leaf.reader(f.given.message), f.leaf.field()
	if !m.Has(fd) {
		return ""
	}
	return argument(fd, m.Get(fd))
}

// setFlag is --set.
type setFlag struct{ given *given }

func (f setFlag) Set(s string) error {
	name, s, ok := strings.Cut(s, "=")
	if !ok {
		return &UsageError{"--set", quote(name) + " is not name=value"}
	}
	l, err := findLeaf(f.given.message.Descriptor(), name)
	if err != nil {
		return err
	}
	return f.given.set(l, "--set "+l.name, s)
}
func (f setFlag) Type() string   { return "name=value" }
func (f setFlag) String() string { return "" }

// isBool reports whether a flag without a value means true.
func isBool(fd protoreflect.FieldDescriptor) bool {
	if fd.IsList() || fd.IsMap() {
		return false
	}
	if md := fd.Message(); md != nil {
		return formOf(md) == wrapper && md.Fields().ByNumber(1).Kind() == protoreflect.BoolKind
	}
	return fd.Kind() == protoreflect.BoolKind
}
