package property

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
)

// Environment returns the variables that a plain role gets beside those that are
// inherited, as NAME=VALUE, sorted: those of its command, and the secret ones,
// which the home keeps as the settings of the role, a file that only the owner
// can read. Errors never tell a value.
func Environment(h *home.Home, s *Set) ([]string, error) {
	all := map[string]string{}
	maps.Copy(all, s.command().GetEnv())
	secrets, err := Secrets(h, s.Role())
	if err != nil {
		return nil, err
	}
	maps.Copy(all, secrets)
	list := make([]string, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, name+"="+all[name])
	}
	return list, nil
}

// Secrets returns the secret variables of a plain role.
func Secrets(h *home.Home, role string) (map[string]string, error) {
	data, err := h.Load(home.Settings, role)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	path, err := h.Path(home.Settings, role)
	if err != nil {
		return nil, err
	}
	return ParseSecrets(path, data, nil)
}

// ParseSecrets reads the content of such a file, {"value": {"NAME": "VALUE"}}. A
// value that reads "***" is the one of before, or none. Errors tell the file, and
// never a value.
func ParseSecrets(file string, data []byte, before map[string]string) (map[string]string, error) {
	m := &structpb.Struct{}
	if _, err := settings.UnmarshalEnvelope(file, data, m, &settings.ReadOptions{Root: "settings", Strict: true}); err != nil {
		return nil, err
	}
	secrets := map[string]string{}
	for _, name := range sortedKeys(m.Fields) {
		text, ok := m.Fields[name].GetKind().(*structpb.Value_StringValue)
		if !ok {
			return nil, fmt.Errorf("%s: the value of %s is not a text", file, name)
		}
		if err := CheckVariable(name, text.StringValue); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		value, known := before[name]
		switch {
		case text.StringValue != hidden:
			secrets[name] = text.StringValue
		case known:
			secrets[name] = value
		}
	}
	return secrets, nil
}

// hidden stands in place of a secret.
const hidden = "***"

// HiddenText returns what of the secrets may be printed: their names.
func HiddenText(secrets map[string]string) []byte {
	names := map[string]string{}
	for name := range secrets {
		names[name] = hidden
	}
	return SecretsText(names)
}

// SecretsText returns the content of the file that [Secrets] reads.
func SecretsText(secrets map[string]string) []byte {
	m := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	for name, value := range secrets {
		m.Fields[name] = structpb.NewStringValue(value)
	}
	return settings.MarshalEnvelope(m, nil)
}

func list(names []string) string { return strings.Join(names, ", ") }
