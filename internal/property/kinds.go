package property

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/lifecycle"
)

// A kind is what there is to know about one property.
type kind struct {
	make  func() proto.Message
	short func(text string) (proto.Message, error) // from a bare text, nil: there is no such form
	check func(proto.Message) error                // and puts it into canonical form
}

// kinds has the properties that can be changed.
var kinds = map[string]*kind{
	"retry": {
		make:  func() proto.Message { return &lifecycle.Retry{} },
		check: func(m proto.Message) error { return Steps(m.(*lifecycle.Retry)).Check() },
	},
	"storage": {
		make:  func() proto.Message { return &wrapperspb.Int64Value{} },
		short: func(s string) (proto.Message, error) { return shortStorage(s) },
		check: func(m proto.Message) error { return checkStorage(m.(*wrapperspb.Int64Value).Value) },
	},
	"restart": {
		make:  func() proto.Message { return &homepb.Restart{} },
		short: func(s string) (proto.Message, error) { return &homepb.Restart{Policy: &s}, nil },
		check: func(m proto.Message) error { return checkRestart(m.(*homepb.Restart)) },
	},
	"after": {
		make: func() proto.Message { return &structpb.ListValue{} },
		short: func(s string) (proto.Message, error) {
			return &structpb.ListValue{Values: []*structpb.Value{structpb.NewStringValue(s)}}, nil
		},
		check: func(m proto.Message) error { return checkAfter(m.(*structpb.ListValue)) },
	},
	"readiness": {
		make:  func() proto.Message { return &homepb.Readiness{} },
		short: func(s string) (proto.Message, error) { return &homepb.Readiness{Notify: &s}, nil },
		check: func(m proto.Message) error { return checkReadiness(m.(*homepb.Readiness)) },
	},
	"command": {
		make:  func() proto.Message { return &homepb.Command{} },
		check: func(m proto.Message) error { return checkCommand(m.(*homepb.Command)) },
	},
}

// Names returns the properties there are, sorted; of those that can be changed
// only, if asked so.
func Names(changeable bool) []string {
	var names []string
	for name := range kinds {
		names = append(names, name)
	}
	if !changeable {
		names = append(names, "created", "executable")
	}
	slices.Sort(names)
	return names
}

// read reads a value as it stands in home.json.
func (k *kind) read(text json.RawMessage) (proto.Message, error) {
	m, err := k.decode("", text, func(m proto.Message, o *settings.ReadOptions) error {
		_, err := settings.Unmarshal("", text, m, o)
		return err
	})
	if wrong := new(settings.ReadError); errors.As(err, &wrong) {
		if wrong.Path == "" {
			return nil, errors.New(wrong.Problem)
		}
		return nil, fmt.Errorf("%s: %s", wrong.Path, wrong.Problem)
	}
	return m, err
}

// decode makes a message of a value: by unmarshal, unless it has the short form.
func (k *kind) decode(file string, value json.RawMessage, unmarshal func(proto.Message, *settings.ReadOptions) error) (proto.Message, error) {
	m := k.make()
	var text string
	isText := k.short != nil && strings.HasPrefix(strings.TrimSpace(string(value)), `"`) && json.Unmarshal(value, &text) == nil
	var err error
	switch {
	case strings.TrimSpace(string(value)) == "null":
		err = errors.New("null is no value")
	case isText:
		m, err = k.short(text)
	default:
		err = unmarshal(m, &settings.ReadOptions{Strict: true})
	}
	if err == nil {
		err = k.check(m)
	}
	if wrong := new(settings.ReadError); err != nil && file != "" && !errors.As(err, &wrong) {
		err = fmt.Errorf("%s: %w", file, err)
	}
	return m, err
}

// blame says whose property is wrong.
func blame(role, name string, err error) error {
	return fmt.Errorf("role %q: property %q: %w", role, name, err)
}

// oneOf refuses a word that is none of those there are.
func oneOf(name, word string, words ...string) error {
	if slices.Contains(words, word) {
		return nil
	}
	if near, ok := settings.Nearest(word, words); ok {
		return fmt.Errorf("%s: %q is not one of %s (did you mean %s?)", name, word, strings.Join(words, ", "), near)
	}
	return fmt.Errorf("%s: %q is not one of %s", name, word, strings.Join(words, ", "))
}
