package planfile_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/ansar-go/ansar/internal/schedule/planfile"
)

// fits reports whether a value fits a schema, as far as the words go that ours
// uses.
func fits(t *testing.T, top, s map[string]any, v any) bool {
	t.Helper()
	if ref, ok := s["$ref"].(string); ok {
		return fits(t, top, top["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), v)
	}
	each := func(list any) (some, all bool) {
		all = true
		for _, one := range list.([]any) {
			ok := fits(t, top, one.(map[string]any), v)
			some, all = some || ok, all && ok
		}
		return some, all
	}
	for word, arg := range s {
		ok := true
		switch word {
		case "type":
			ok = isType(arg, v)
		case "enum":
			ok = slices.Contains(arg.([]any), v)
		case "minimum":
			n, _ := v.(float64)
			ok = n >= arg.(float64)
		case "anyOf":
			ok, _ = each(arg)
		case "allOf":
			_, ok = each(arg)
		case "not":
			ok = !fits(t, top, arg.(map[string]any), v)
		case "required":
			for _, name := range arg.([]any) {
				_, has := v.(map[string]any)[name.(string)]
				ok = ok && has
			}
		case "items":
			list, _ := v.([]any)
			for _, item := range list {
				ok = ok && fits(t, top, arg.(map[string]any), item)
			}
		case "properties", "additionalProperties":
			ok = hasProperties(t, top, s, v)
		case "$schema", "$defs", "title", "description", "examples":
		default:
			t.Fatalf("the schema has the word %s, which this test does not know", word)
		}
		if !ok {
			return false
		}
	}
	return true
}

func isType(types, v any) bool {
	list, ok := types.([]any)
	if !ok {
		list = []any{types}
	}
	var is []any
	switch v := v.(type) {
	case map[string]any:
		is = []any{"object"}
	case []any:
		is = []any{"array"}
	case string:
		is = []any{"string"}
	case bool:
		is = []any{"boolean"}
	case float64:
		is = []any{"number"}
		if v == float64(int64(v)) {
			is = append(is, "integer")
		}
	}
	return slices.ContainsFunc(is, func(name any) bool { return slices.Contains(list, name) })
}

func hasProperties(t *testing.T, top, s map[string]any, v any) bool {
	properties, _ := s["properties"].(map[string]any)
	members, _ := v.(map[string]any)
	for name, value := range members {
		property, ok := properties[name].(map[string]any)
		if !ok {
			property, ok = s["additionalProperties"].(map[string]any)
		}
		if !ok || !fits(t, top, property, value) {
			return false
		}
	}
	return true
}

// An editor accepts with the schema what is a plan, and marks what is none.
func TestSchema(t *testing.T) {
	var top map[string]any
	if err := json.Unmarshal(planfile.Schema(), &top); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		plan string
		want bool
	}{
		{`{}`, true},
		{`{resources: [{name: board-a, capacity: 2}, reference], defaults: {timeout: 60s, retries: 1}}`, true},
		{`jobs: [{id: a, command: {argv: [make]}}, {id: 3, command: [make, 4]}, {id: b, command: make x, needs: [a, {job: a, artefact: f}], resources: [x]}]`, true},
		{`jobs: [{id: a, call: x, isolation: in-process, repeat: 3, backoff: 5s, timeout: 60, priority: -1, fingerprint: [a]}]`, true},
		{`jobs: [{call: {executable: x, input: {a: [1, {b: ~}]}}, environment: {A: 1}, always: true}]`, true},
		{`jobs: [{timout: 5s}]`, false},
		{`jobs: [{isolation: porcess}]`, false},
		{`jobs: [{retries: [1]}]`, false},
		{`jobs: [{retries: -1}]`, false},
		{`jobs: [{retries: 1.5}]`, false},
		{`jobs: [{always: 1}]`, false},
		{`jobs: [{call: x, command: [y]}]`, false},
		{`jobs: [{needs: [[a]]}]`, false},
		{`jobs: {a: b}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.plan, func(t *testing.T) {
			var v any
			if err := yaml.Load([]byte(tt.plan), &v); err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &v); err != nil {
				t.Fatal(err)
			}
			if got := fits(t, top, top, v); got != tt.want {
				t.Errorf("fits: %v, want %v", got, tt.want)
			}
			if _, err := planfile.Parse("plan.yaml", []byte(tt.plan)); (err == nil) != tt.want && tt.plan != "{}" {
				t.Errorf("the reader disagrees: %v", err)
			}
		})
	}
	if again := planfile.Schema(); !bytes.Equal(again, planfile.Schema()) {
		t.Error("made twice, it is different")
	}
}
