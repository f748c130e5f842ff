package cli

import (
	"errors"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/settings"
)

// The settings of a plain role are its secret variables.

// showSecrets prints their names.
func (e *env) showSecrets(f *found, role home.Role) error {
	secrets, err := property.Secrets(f.home, role.Name)
	if err != nil {
		return err
	}
	return e.print(property.HiddenText(secrets))
}

// newSecrets returns what they are by a file of the user.
func newSecrets(h *home.Home, role string, f file) ([]byte, error) {
	before, err := property.Secrets(h, role)
	if damaged := new(settings.ReadError); err != nil && !errors.As(err, &damaged) {
		return nil, err
	}
	after, err := property.ParseSecrets(f.name, f.data, before)
	if err != nil {
		return nil, err
	}
	return property.SecretsText(after), nil
}
