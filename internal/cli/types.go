package cli

import (
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
)

// homeTypes knows the types of all programs of a home: those compiled in, then
// those of the roles in question, then all others. It reads what the home keeps
// as late as it can, because most results need none of it.
type homeTypes struct {
	programs *programs
	roles    []home.Role

	read    bool
	sources []settings.Resolver // once read
}

var _ settings.Resolver = (*homeTypes)(nil)

func (t *homeTypes) all() []settings.Resolver {
	if t.read {
		return t.sources
	}
	t.read = true
	others, _ := t.programs.home.Roles() // a home that went away has none
	seen := map[string]bool{}
	for _, role := range append(t.roles, others...) {
		if seen[role.Executable] {
			continue
		}
		seen[role.Executable] = true
		// Without a declaration its values print undecoded.
		if p, err := t.programs.kept(role.Executable); err == nil {
			t.sources = append(t.sources, p.Types)
		}
	}
	return t.sources
}

// FindMessageByName implements [settings.Resolver].
func (t *homeTypes) FindMessageByName(name protoreflect.FullName) (protoreflect.MessageType, error) {
	return first(t, func(r settings.Resolver) (protoreflect.MessageType, error) { return r.FindMessageByName(name) })
}

// FindMessageByURL implements [settings.Resolver].
func (t *homeTypes) FindMessageByURL(url string) (protoreflect.MessageType, error) {
	return first(t, func(r settings.Resolver) (protoreflect.MessageType, error) { return r.FindMessageByURL(url) })
}

// FindExtensionByName implements [settings.Resolver].
func (t *homeTypes) FindExtensionByName(name protoreflect.FullName) (protoreflect.ExtensionType, error) {
	return first(t, func(r settings.Resolver) (protoreflect.ExtensionType, error) { return r.FindExtensionByName(name) })
}

// FindExtensionByNumber implements [settings.Resolver].
func (t *homeTypes) FindExtensionByNumber(message protoreflect.FullName, n protoreflect.FieldNumber) (protoreflect.ExtensionType, error) {
	return first(t, func(r settings.Resolver) (protoreflect.ExtensionType, error) {
		return r.FindExtensionByNumber(message, n)
	})
}

// first asks what is compiled in, and only then reads what the home keeps.
func first[V any](t *homeTypes, find func(settings.Resolver) (V, error)) (V, error) {
	if v, err := find(protoregistry.GlobalTypes); err == nil {
		return v, nil
	}
	for _, r := range t.all() {
		if v, err := find(r); err == nil {
			return v, nil
		}
	}
	var none V
	return none, protoregistry.NotFound
}
