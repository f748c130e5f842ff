package property

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/settings"
)

// Value is a value of a property, checked.
type Value struct {
	name    string
	message proto.Message
}

// Parse reads a value of the property called name from a text as users write it,
// {"value": ...}; file is for errors, which give line and column where they can.
func Parse(name, file string, data []byte) (*Value, error) {
	k := kinds[name]
	if k == nil {
		return nil, unknown(name)
	}
	m, err := k.decode(file, inside(data), func(m proto.Message, o *settings.ReadOptions) error {
		o.Root = name
		_, err := settings.UnmarshalEnvelope(file, data, m, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Value{name, m}, nil
}

// ParseBare reads a value without the {"value": ...} around it, as it stands in
// home.json and on command lines.
func ParseBare(name string, data []byte) (*Value, error) {
	k := kinds[name]
	if k == nil {
		return nil, unknown(name)
	}
	m, err := k.read(data)
	if err != nil {
		return nil, err
	}
	return &Value{name, m}, nil
}

// Make returns a value of a property from its message. It refuses what [Parse]
// would refuse.
func Make(name string, m proto.Message) (*Value, error) {
	k := kinds[name]
	if k == nil {
		return nil, unknown(name)
	}
	if err := k.check(m); err != nil {
		return nil, err
	}
	return &Value{name, proto.Clone(m)}, nil
}

// Name returns the name of the property.
func (v *Value) Name() string { return v.name }

// JSON returns the value as it is kept in home.json.
func (v *Value) JSON() json.RawMessage {
	return settings.Marshal(v.message, &settings.WriteOptions{Compact: true})
}

// Properties returns values as a role has them.
func Properties(values ...*Value) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for _, v := range values {
		m[v.name] = v.JSON()
	}
	return m
}

// Text returns the value as users see it, {"value": ...}.
func (v *Value) Text() []byte { return settings.MarshalEnvelope(v.message, nil) }

// inside returns what is in {"value": ...}, nil if that cannot be known.
func inside(data []byte) json.RawMessage {
	var envelope map[string]json.RawMessage
	if json.Unmarshal(data, &envelope) != nil || len(envelope) != 1 {
		return nil
	}
	return envelope["value"]
}

func unknown(name string) error {
	if near, ok := settings.Nearest(name, Names(true)); ok {
		return fmt.Errorf("unknown property %q (did you mean %s?)", name, near)
	}
	return fmt.Errorf("unknown property %q: there are %s", name, list(Names(true)))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Blank returns a text to begin with where a property is not set: {"value": ...}
// with every member that there is.
func Blank(name string) ([]byte, error) {
	k := kinds[name]
	if k == nil {
		return nil, unknown(name)
	}
	m := k.make()
	if n, ok := m.(*wrapperspb.Int64Value); ok {
		n.Value = DefaultStorage
	}
	return (&Value{name, m}).Full(), nil
}

// Full returns the value as [Value.Text] does, with every member that there is.
func (v *Value) Full() []byte {
	return settings.MarshalEnvelope(v.message, &settings.WriteOptions{AllFields: true})
}

// ReadOnly reports whether the property is one that never changes.
func ReadOnly(name string) bool { return name == "executable" || name == "created" }

// Known returns an error that names the nearest property if there is none of that
// name.
func Known(name string) error {
	if kinds[name] == nil && !ReadOnly(name) {
		return unknown(name)
	}
	return nil
}
