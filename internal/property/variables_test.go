package property_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

func TestVariables(t *testing.T) {
	const text = "# of the server\n\nA=1\nexport B = 'x y' \nC=\"q\"\nD=\nE=a=b#c\nexportF=2\nexport=3\r\n"
	got, err := property.ParseVariables("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"A": "1", "B": "x y", "C": "q", "D": "", "E": "a=b#c", "exportF": "2", "export": "3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestVariablesRefused(t *testing.T) {
	tests := []struct{ text, want string }{
		{"A=1\nsecret", "f:2: the line is not NAME=VALUE"},
		{"=secret", "f:1: the line is not NAME=VALUE"},
		{"A B=secret", "f:1: the line is not NAME=VALUE"},
		{"A=1\nA=secret", "f:2: A is given twice"},
		{"A='secret", "f:1: the value has a ' without another at its end"},
		{"A=\"", "f:1: the value has a \" without another at its end"},
		{"A=sec\x00ret", "f:1: the value of A has a zero byte"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			_, err := property.ParseVariables("f", []byte(tt.text))
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

// Secret variables are kept as settings of the role, win over the others, and
// show in no error.
func TestEnvironment(t *testing.T) {
	h, err := home.Create(t.TempDir()+"/home", nil)
	if err != nil {
		t.Fatal(err)
	}
	r := role(t, `{"command": {"program": "/bin/x", "env": {"A": "1", "B": "2"}}}`)
	secrets := property.SecretsText(map[string]string{"B": "hidden", "C": "3"})
	if err := h.Add(home.NewRole{Role: r, Settings: secrets}); err != nil {
		t.Fatal(err)
	}
	s, err := property.Of(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := property.Environment(h, s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"A=1", "B=hidden", "C=3"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, text := range []string{`{"value": {"B": 5}}`, `{"value": {"B": "hid\u0000den"}}`, `{"value": {"B": "hidden"}`, `{"value": ["hidden"]}`} {
		if err := h.Store(home.Settings, "cache", []byte(text)); err != nil {
			t.Fatal(err)
		}
		_, err := property.Environment(h, s)
		if err == nil || strings.Contains(err.Error(), "hid") || !strings.Contains(err.Error(), "/settings/cache.json:") {
			t.Errorf("%s: error %v, want one that names the file and no value", text, err)
		}
	}
}
