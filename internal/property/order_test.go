package property_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

func TestCycle(t *testing.T) {
	tests := []struct {
		name  string
		after map[string][]string
		want  []string
	}{
		{"nothing waits", nil, nil},
		{"a chain", map[string][]string{"a": {"b"}, "b": {"c"}}, nil},
		{"two ways to one", map[string][]string{"a": {"b", "c"}, "b": {"d"}, "c": {"d"}}, nil},
		{"itself", map[string][]string{"a": {"a"}}, []string{"a", "a"}},
		{"in a round", map[string][]string{"a": {"b"}, "b": {"c"}, "c": {"b"}}, []string{"b", "c", "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, property.Cycle(tt.after)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A cycle is found where there is one and nowhere else, and is one.
func TestCycleAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-f]`)
		after := rapid.MapOf(name, rapid.SliceOfN(name, 0, 3)).Draw(t, "after")
		cycle := property.Cycle(after)
		if (cycle != nil) != reachesItself(after) {
			t.Fatalf("cycle %v of %v", cycle, after)
		}
		for i := 1; i < len(cycle); i++ {
			if !slices.Contains(after[cycle[i-1]], cycle[i]) {
				t.Fatalf("%s is not after %s", cycle[i-1], cycle[i])
			}
		}
		if cycle != nil && cycle[0] != cycle[len(cycle)-1] {
			t.Fatalf("%v does not end where it began", cycle)
		}
	})
}

// reachesItself follows every way from every role, as often as there are roles.
func reachesItself(after map[string][]string) bool {
	for start := range after {
		reached := map[string]bool{}
		for range 7 {
			for _, role := range append(slices.Clone(after[start]), keys(reached)...) {
				reached[role] = true
				for _, next := range after[role] {
					reached[next] = true
				}
			}
		}
		if reached[start] {
			return true
		}
	}
	return false
}

func keys(m map[string]bool) (list []string) {
	for k := range m {
		list = append(list, k)
	}
	return list
}

// A long chain is no deep recursion.
func TestCycleLong(t *testing.T) {
	after := map[string][]string{}
	for i := range 100_000 {
		after[fmt.Sprint(i)] = []string{fmt.Sprint(i + 1)}
	}
	if cycle := property.Cycle(after); cycle != nil {
		t.Errorf("cycle %v", cycle)
	}
}

func TestCheckOrder(t *testing.T) {
	all := []home.Role{
		{Name: "a"},
		{Name: "b", Properties: map[string]json.RawMessage{"after": json.RawMessage(`["a"]`)}},
		{Name: "damaged", Properties: map[string]json.RawMessage{"after": json.RawMessage(`5`)}},
	}
	tests := []struct {
		value, want string
		changed     []string
	}{
		{`["a"]`, "", []string{"b", "damaged"}},
		{`["b"]`, `property "after": roles would wait for each other: a after b after a`, []string{"a"}},
		{`["b"]`, `property "after": roles would wait for each other: b after b`, []string{"b"}},
		{`["c"]`, `property "after": there is no role "c"`, []string{"a"}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.changed, " after ", tt.value), func(t *testing.T) {
			v, err := property.ParseBare("after", []byte(tt.value))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := v.CheckOrder(all, tt.changed); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Components and plain programs have different properties.
func TestCheckFor(t *testing.T) {
	component := home.Role{Name: "r", Executable: "noop"}
	plain := home.Role{Name: "r", Executable: "redis-server", Properties: map[string]json.RawMessage{"command": nil}}
	plain.Properties["command"] = json.RawMessage(`{"program": "/usr/bin/redis-server"}`)
	tests := []struct {
		property, value, want string
		role                  home.Role
	}{
		{"retry", `{}`, "", component},
		{"retry", `{}`, `role "r": property "retry": only components are tried again: see restart`, plain},
		{"readiness", `"fd"`, "", plain},
		{"readiness", `"fd"`, `role "r": property "readiness": a component says by itself when it is ready: only programs added with --command have it`, component},
		{"command", `{"program": "/opt/redis-server"}`, "", plain},
		{"command", `{"program": "/opt/redis"}`, `role "r": property "command": the role is played by "redis-server", and "/opt/redis" has another name: add another role`, plain},
		{"command", `{"program": "/bin/noop"}`, `role "r": property "command": the role is played by the component "noop": add another with ansar add --command`, component},
	}
	for _, tt := range tests {
		t.Run(tt.property+" of "+tt.role.Executable, func(t *testing.T) {
			v, err := property.ParseBare(tt.property, []byte(tt.value))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := v.CheckFor(tt.role); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
