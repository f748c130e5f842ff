package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/internal/deploy"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

// restoreSecrets gives items of lists and maps the secrets that they had: a file
// that does not tell them has "***" in their place. An item is the one of before
// if all else in it is.
func restoreSecrets(to, from proto.Message) {
	if to != nil && from != nil {
		restoreFields(to.ProtoReflect(), from.ProtoReflect())
	}
}

func restoreFields(to, from protoreflect.Message) {
	from.Range(func(fd protoreflect.FieldDescriptor, before protoreflect.Value) bool {
		switch {
		case !to.Has(fd), isSecret(fd):
		case fd.IsMap() && fd.MapValue().Message() != nil:
			before.Map().Range(func(key protoreflect.MapKey, item protoreflect.Value) bool {
				if now := to.Get(fd).Map().Get(key); now.IsValid() {
					restoreItem(now.Message(), item.Message())
				}
				return true
			})
		case fd.IsMap() || fd.Message() == nil:
		case fd.IsList():
			restoreList(to.Get(fd).List(), before.List())
		default:
			restoreFields(to.Mutable(fd).Message(), before.Message())
		}
		return true
	})
}

// restoreList looks for each item among those of before, each of which serves
// once: two that differ in their secrets alone keep their order.
func restoreList(to, from protoreflect.List) {
	used := make([]bool, from.Len())
	for i := range to.Len() {
		for j := range from.Len() {
			if !used[j] && restoreItem(to.Get(i).Message(), from.Get(j).Message()) {
				used[j] = true
				break
			}
		}
	}
}

// restoreItem gives an item the secrets of another that is the same in all else,
// and reports whether it is.
func restoreItem(to, from protoreflect.Message) bool {
	if !hasSecretsWithin(from) {
		return proto.Equal(to.Interface(), from.Interface())
	}
	if hasSecretsWithin(to) || !proto.Equal(to.Interface(), withoutSecrets(from)) {
		return false
	}
	proto.Reset(to.Interface())
	proto.Merge(to.Interface(), from.Interface())
	return true
}

// hasSecretsWithin reports whether a secret is set, in items of lists too.
func hasSecretsWithin(m protoreflect.Message) bool {
	return !proto.Equal(m.Interface(), withoutSecrets(m))
}

// withoutSecrets returns a copy in which no secret is set.
func withoutSecrets(m protoreflect.Message) proto.Message {
	out := proto.Clone(m.Interface())
	clearSecrets(out.ProtoReflect())
	return out
}

func clearSecrets(m protoreflect.Message) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case isSecret(fd):
			m.Clear(fd)
		case fd.IsMap() && fd.MapValue().Message() != nil:
			v.Map().Range(func(_ protoreflect.MapKey, item protoreflect.Value) bool {
				clearSecrets(item.Message())
				return true
			})
		case fd.IsMap() || fd.Message() == nil:
		case fd.IsList():
			for i := range v.List().Len() {
				clearSecrets(v.List().Get(i).Message())
			}
		default:
			clearSecrets(v.Message())
		}
		return true
	})
}

// variables returns what the secret variables of a plain role become. They are
// all that it has for settings.
func (c *deployChecker) variables(m *deploy.Material) ([]byte, error) {
	if m.Area != home.Settings || len(m.Values) > 0 {
		return nil, fmt.Errorf("role %q runs a plain program, which has no such %s", m.Role, partOf(m.Area).name)
	}
	before, damaged := property.Secrets(c.home, m.Role) // what is deployed is how it is repaired
	after, err := property.ParseSecrets(m.File.Path, m.File.Data, before)
	if err == nil {
		err = told(m.File, property.HiddenText(after))
	}
	if err != nil || damaged == nil && maps.Equal(before, after) {
		return nil, err
	}
	return property.SecretsText(after), nil
}

// told checks that a file has "***" for no secret but those that are known: it
// would be lost. After is what came of it, with secrets that read so.
func told(f *deploy.Content, after []byte) error {
	var from, to any
	if json.Unmarshal(f.Data, &from) != nil || json.Unmarshal(after, &to) != nil {
		return nil // it was read before
	}
	if path, lost := lostSecret(from, to); lost {
		return fmt.Errorf("%s: %s reads \"***\", and the home does not have this secret: give its value there", f.Path, path)
	}
	return nil
}

// lostSecret returns where one text of JSON has "***" and another has not.
func lostSecret(from, to any) (path string, lost bool) {
	switch from := from.(type) {
	case string:
		return "", from == "***" && to != any("***")
	case []any:
		to, _ := to.([]any)
		for i, item := range from {
			var other any
			if i < len(to) {
				other = to[i]
			}
			if path, lost := lostSecret(item, other); lost {
				return fmt.Sprintf("[%d]%s", i, below(path)), true
			}
		}
	case map[string]any:
		to, _ := to.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(from)) {
			other, ok := to[name]
			if !ok {
				other = to[snake(name)]
			}
			if path, lost := lostSecret(from[name], other); lost {
				return name + below(path), true
			}
		}
	}
	return "", false
}

// below returns a path as it stands behind another.
func below(path string) string {
	if path == "" || path[0] == '[' {
		return path
	}
	return "." + path
}

// snake returns the declared name of a field that is spelled in camel case.
func snake(name string) string {
	var out strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}
