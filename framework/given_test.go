package framework

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/settings/settingstest"
)

func TestParseOurs(t *testing.T) {
	type result struct {
		Home, Role string
		Words      []string
		Flags      bool // a flag set was built
		Err        string
	}
	tests := []struct {
		name string
		args []string
		want result
	}{
		{"no arguments need no flags", nil, result{}},
		{"a component needs no flags", []string{"--home-path=/h", "--role-name=r"}, result{Home: "/h", Role: "r"}},
		{"blanks instead of = do", []string{"--home-path", "/h", "--role-name=r"}, result{Home: "/h", Role: "r", Flags: true}},
		{"settings do", []string{"--home-path=/h", "--role-name=r", "--max-size=3"}, result{Home: "/h", Role: "r", Flags: true}},
		{"words do", []string{"word"}, result{Words: []string{"word"}, Flags: true}},
		{"a home alone is refused", []string{"--home-path=/h"}, result{Err: "--home-path needs --role-name: which role of the home is this?"}},
		{"a role alone is refused", []string{"--role-name=r"}, result{Err: "--role-name needs --home-path: where is the home?"}},
		{"an empty role is none", []string{"--home-path=/h", "--role-name="}, result{Err: "--home-path needs --role-name: which role of the home is this?"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got result
			g, err := parseOurs(tt.args, func() proto.Message { return &settingstest.Limits{} }, "tool")
			if err != nil {
				got.Err = err.Error()
			} else {
				got = result{Home: g.homePath, Role: g.roleName, Words: g.words, Flags: g.flags != nil}
			}
			if len(got.Words) == 0 {
				got.Words = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("given (-want +got):\n%s", diff)
			}
		})
	}
}

// Flags change the settings when they are assigned, after files and
// environment had their turn, and not before.
func TestAssignComesLast(t *testing.T) {
	m := &settingstest.Limits{MaxSize: 1}
	g, err := parse([]string{"--max-size=3"}, m, "tool")
	if err != nil {
		t.Fatal(err)
	}
	before := m.GetMaxSize()
	m.MaxSize = 2 // of the file
	if err := g.assign(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int32{1, 3}, []int32{before, m.GetMaxSize()}); diff != "" {
		t.Errorf("max-size before and after (-want +got):\n%s", diff)
	}
}

func TestAsksForSchema(t *testing.T) {
	tests := []struct {
		args []string
		want bool
	}{
		{nil, false},
		{[]string{"--dump-schema"}, true},
		{[]string{"--output-file=x", "--dump-schema"}, true},
		{[]string{"--output-file=x"}, false},
		{[]string{"--dump-schema", "word"}, false},
		{[]string{"--dump-schema=false"}, false},
		{[]string{"--", "--dump-schema"}, false},
	}
	for _, tt := range tests {
		if got := asksForSchema(tt.args); got != tt.want {
			t.Errorf("asksForSchema(%q) = %v, want %v", tt.args, got, tt.want)
		}
	}
}
