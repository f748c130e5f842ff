package group

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestOrder(t *testing.T) {
	tests := []struct {
		name     string
		after    map[string][]string
		selected []string
		want     map[string][]string // before each
		outside  map[string][]string
		err      string
	}{
		{"roles without the property are in no order", nil, []string{"a", "b"}, map[string][]string{}, map[string][]string{}, ""},
		{"those that are selected wait for each other", map[string][]string{"a": {"b", "c"}}, []string{"a", "b"},
			map[string][]string{"a": {"b"}}, map[string][]string{"a": {"c"}}, ""},
		{"a role after itself is a cycle", map[string][]string{"a": {"a"}}, []string{"a"}, nil, nil,
			"roles wait for each other - a after a: change the property after of one"},
		{"a cycle is named", map[string][]string{"a": {"b"}, "b": {"c"}, "c": {"a"}}, []string{"a", "b", "c"}, nil, nil,
			"roles wait for each other - a after b after c after a: change the property after of one"},
		{"also if it is not selected", map[string][]string{"a": {"b"}, "b": {"c"}, "c": {"b"}}, []string{"a"}, nil, nil,
			"roles wait for each other - b after c after b: change the property after of one"},
		{"a role that is not there is named", map[string][]string{"a": {"z"}}, []string{"a"}, nil, nil,
			`role "a" begins after "z", which does not exist: add it, or change the property after`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, _ := newGroup(t, tt.after, "a", "b", "c")
			o, err := newOrder(h, search(t, h, tt.selected...))
			if text := errorText(err); text != tt.err {
				t.Fatalf("error %q, want %q", text, tt.err)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff(tt.want, o.before); diff != "" {
				t.Errorf("before (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.outside, o.outside); diff != "" {
				t.Errorf("outside (-want +got):\n%s", diff)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// However roles come after others, each passes once all of those have opened, and
// none whose way leads over one that failed.
func TestGatesLetThroughInOrder(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e"}
	rapid.Check(t, func(t *rapid.T) {
		after, bad := map[string][]string{}, map[string]bool{}
		for i, name := range names {
			after[name] = rapid.SliceOfDistinct(rapid.SampledFrom(names[:max(1, i)]), rapid.ID[string]).Draw(t, "after "+name)
			if i == 0 {
				after[name] = nil
			}
			bad[name] = rapid.Bool().Draw(t, "bad "+name)
		}
		failed := errors.New("failed")
		g := newGates(names, after)
		doomed := map[string]bool{}
		for i := range names {
			name := names[i]
			_, err := g.pass(context.Background(), name)
			for _, other := range after[name] {
				doomed[name] = doomed[name] || doomed[other] || bad[other]
			}
			if doomed[name] != (err != nil) {
				t.Fatalf("%s passes with %v, after %v", name, err, after[name])
			}
			if err == nil && bad[name] {
				err = failed
			}
			g.open(name, err)
		}
	})
}
