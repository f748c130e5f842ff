package framework

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOpenConfig(t *testing.T) {
	tests := []struct {
		name      string
		variables map[string]string
		want      string // empty: no folder
	}{
		{"XDG_CONFIG_HOME comes first", map[string]string{"XDG_CONFIG_HOME": "/etc/me", "HOME": "/home/me"}, "/etc/me/ansar/tool"},
		{"HOME is next", map[string]string{"HOME": "/home/me"}, "/home/me/.config/ansar/tool"},
		{"an empty XDG_CONFIG_HOME is none", map[string]string{"XDG_CONFIG_HOME": "", "HOME": "/home/me"}, "/home/me/.config/ansar/tool"},
		{"a relative XDG_CONFIG_HOME does not count", map[string]string{"XDG_CONFIG_HOME": "me", "HOME": "/home/me"}, "/home/me/.config/ansar/tool"},
		{"a relative HOME does not count", map[string]string{"HOME": "me"}, ""},
		{"nothing is known", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			lookup := func(name string) (string, bool) { value, ok := tt.variables[name]; return value, ok }
			if c := openConfig("tool", lookup); c != nil {
				got = c.folder
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("folder (-want +got):\n%s", diff)
			}
		})
	}
}
