package property

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/interval"
	"github.com/ansar-go/ansar/lifecycle"
)

// Set is what the properties of one role say, with the defaults of those that
// are not set. It does not change.
type Set struct {
	role   home.Role
	values map[string]proto.Message
}

// Of reads the properties of a role. Properties that are not known here are left
// alone: they may be those of a later version. The error names the role and the
// property.
func Of(role home.Role) (*Set, error) {
	s := &Set{role: role, values: map[string]proto.Message{}}
	for name, text := range role.Properties {
		k := kinds[name]
		if k == nil {
			continue
		}
		m, err := k.read(text)
		if err != nil {
			return nil, blame(role.Name, name, err)
		}
		s.values[name] = m
	}
	return s, nil
}

// Role returns the name of the role.
func (s *Set) Role() string { return s.role.Name }

// Executable returns the name of the program that plays the role.
func (s *Set) Executable() string { return s.role.Executable }

// Created returns when the role was added.
func (s *Set) Created() time.Time { return s.role.Created }

// IsSet reports whether home.json has a value for the property, executable and
// created too.
func (s *Set) IsSet(name string) bool {
	return name == "executable" || name == "created" || s.role.Properties[name] != nil
}

// Retry returns the property retry, nil if it is not set.
func (s *Set) Retry() *lifecycle.Retry {
	m, _ := s.values["retry"].(*lifecycle.Retry)
	return m
}

// Storage returns how many bytes of log are kept.
func (s *Set) Storage() int64 {
	if m, ok := s.values["storage"].(*wrapperspb.Int64Value); ok {
		return m.GetValue()
	}
	return DefaultStorage
}

// After returns the names of the roles that must be ready before this one is
// started.
func (s *Set) After() []string {
	m, _ := s.values["after"].(*structpb.ListValue)
	var names []string
	for _, v := range m.GetValues() {
		names = append(names, v.GetStringValue())
	}
	return names
}

// Steps returns the pauses that a Retry describes: none if it is nil.
func Steps(r *lifecycle.Retry) interval.Steps {
	if r == nil {
		return interval.Steps{}
	}
	return interval.Steps{
		First: r.FirstSteps, Regular: r.RegularSteps, Limit: r.StepLimit, Randomized: r.Randomized, Truncated: r.Truncated,
	}
}

// restart, readiness and command are nil if they are not set.
func (s *Set) restart() *homepb.Restart {
	m, _ := s.values["restart"].(*homepb.Restart)
	return m
}

func (s *Set) readiness() *homepb.Readiness {
	m, _ := s.values["readiness"].(*homepb.Readiness)
	return m
}

func (s *Set) command() *homepb.Command {
	m, _ := s.values["command"].(*homepb.Command)
	return m
}
