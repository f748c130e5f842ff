package cli

import (
	"errors"
	"fmt"
	"maps"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/ansar-go/ansar/internal/deploy"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/settings"
)

// redacted is how a secret reads that is not told.
const redacted = "***"

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
		return nil, fmt.Errorf("role %q runs a plain program, which has no %s", m.Role, partOf(m.Area).name)
	}
	told := &structpb.Struct{}
	if _, err := settings.UnmarshalEnvelope(m.File.Path, m.File.Data, told, &settings.ReadOptions{Root: "settings", Strict: true}); err != nil {
		return nil, err
	}
	before, err := property.Secrets(c.home, m.Role)
	if damaged := new(settings.ReadError); err != nil && !errors.As(err, &damaged) {
		return nil, err
	}
	after := map[string]string{}
	for name, v := range told.Fields {
		text, ok := v.GetKind().(*structpb.Value_StringValue)
		if !ok {
			return nil, fmt.Errorf("%s: the value of %s is not a text", m.File.Path, name)
		}
		if err := property.CheckVariable(name, text.StringValue); err != nil {
			return nil, fmt.Errorf("%s: %w", m.File.Path, err)
		}
		kept, known := before[name]
		switch {
		case text.StringValue != redacted:
			after[name] = text.StringValue
		case known:
			after[name] = kept
		}
	}
	if maps.Equal(after, before) && err == nil {
		return nil, nil
	}
	return property.SecretsText(after), nil
}
