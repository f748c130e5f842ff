package schedule

import (
	"encoding/json"
	"fmt"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// take puts into the input what it takes of other jobs' results. Fields are found
// by the names that JSON has for them.
func (w *work) take(input proto.Message, takes []*schedulepb.Take) (proto.Message, error) {
	if len(takes) == 0 {
		return input, nil
	}
	resolver := w.run.options.resolver()
	text, err := protojson.MarshalOptions{Resolver: resolver, UseProtoNames: true}.Marshal(input)
	if err != nil {
		return nil, err
	}
	var whole any
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, err
	}
	for _, t := range takes {
		taken, err := w.taken(t)
		if err != nil {
			return nil, err
		}
		if whole, err = put(whole, path(t.GetTo()), taken); err != nil {
			return nil, fmt.Errorf("put the value of %s into the input: %w", t.GetJob(), err)
		}
	}
	if text, err = json.Marshal(whole); err != nil {
		return nil, err
	}
	out := input.ProtoReflect().Type().New().Interface()
	if err := (protojson.UnmarshalOptions{Resolver: resolver}).Unmarshal(text, out); err != nil {
		return nil, fmt.Errorf("put values of other jobs into the input: %w", err)
	}
	return out, nil
}

// taken is the part of another job's result.
func (w *work) taken(t *schedulepb.Take) (any, error) {
	for _, need := range w.assigned.GetNeeds() {
		if need.GetJob() != t.GetJob() {
			continue
		}
		if need.GetValue() == nil {
			return nil, fmt.Errorf("take the value of %s: it returned none", t.GetJob())
		}
		text, err := w.run.jsonOf(need.GetValue())
		if err != nil {
			return nil, fmt.Errorf("take the value of %s: %w", t.GetJob(), err)
		}
		var whole any
		if err := json.Unmarshal(text, &whole); err != nil {
			return nil, fmt.Errorf("take the value of %s: %w", t.GetJob(), err)
		}
		for _, name := range path(t.GetValue()) {
			fields, ok := whole.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("take %s of %s: %s is no field of it", t.GetValue(), t.GetJob(), name)
			}
			whole = fields[name] // absent is the zero value of the field
		}
		return whole, nil
	}
	return nil, fmt.Errorf("take the value of %s: it is not needed", t.GetJob())
}

func path(names string) []string {
	if names == "" {
		return nil
	}
	return strings.Split(names, ".")
}

// put gives the whole with a part of it replaced.
func put(whole any, path []string, part any) (any, error) {
	if len(path) == 0 {
		return part, nil
	}
	fields, ok := whole.(map[string]any)
	if whole == nil {
		fields, ok = map[string]any{}, true
	}
	if !ok {
		return nil, fmt.Errorf("%s is no field of it", path[0])
	}
	below, err := put(fields[path[0]], path[1:], part)
	if err != nil {
		return nil, err
	}
	fields[path[0]] = below
	return fields, nil
}
