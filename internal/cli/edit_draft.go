package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

// draft is a property that is being edited, in a file of its own.
type draft struct {
	env    *env
	home   *home.Home
	role   home.Role
	name   string          // of the property
	before json.RawMessage // its value, nil if it is not set
	path   string
	first  []byte // what the file began with
	text   []byte // the same, or with what was wrong on top
}

// begin writes the file.
func (d *draft) begin() (err error) {
	if d.before == nil {
		d.text, err = property.Blank(d.name)
	} else if v, wrong := property.ParseBare(d.name, d.before); wrong == nil {
		d.text = v.Full()
	} else { // damaged by hand: this is how it is repaired
		d.text = []byte(`{"value": ` + string(d.before) + "}\n")
	}
	if err != nil {
		return err
	}
	file, err := os.CreateTemp("", "ansar-"+d.name+"-*.json")
	if err != nil {
		return err
	}
	d.path, d.first = file.Name(), d.text
	_, err = file.Write(d.text)
	return cmp.Or(file.Close(), err)
}

// edit has the file edited until it holds a value. It returns nil if that is the
// one of before.
func (d *draft) edit() (*property.Value, error) {
	var wrong error // with what the file begins with
	for {
		if err := d.open(); err != nil {
			return nil, err
		}
		text, err := os.ReadFile(d.path)
		if err != nil {
			return nil, err
		}
		plain := withoutNotes(text)
		if bytes.Equal(plain, withoutNotes(d.text)) {
			return nil, wrong
		}
		again := isTerminal(d.env.stdin)
		if again {
			plain = append([]byte("\n"), plain...) // lines are numbered as they will be seen
		}
		value, err := property.Parse(d.name, d.path, plain)
		if err == nil {
			err = fits(d.home, d.name, value, []home.Role{d.role})
		}
		if err == nil {
			if before, err := property.ParseBare(d.name, d.before); err == nil && bytes.Equal(before.JSON(), value.JSON()) {
				return nil, nil
			}
			return value, nil
		}
		if !again {
			return nil, err
		}
		wrong, d.text = err, append([]byte("# "+err.Error()), plain...)
		if err := os.WriteFile(d.path, d.text, 0o600); err != nil {
			return nil, err
		}
	}
}

// withoutNotes leaves out lines that begin with #.
func withoutNotes(text []byte) []byte {
	var kept []byte
	for line := range bytes.Lines(text) {
		if line[0] == '#' {
			continue
		}
		kept = append(kept, line...)
	}
	return kept
}

// open runs the editor and waits for its end.
func (d *draft) open() error {
	editor := "vi"
	for _, name := range []string{"EDITOR", "VISUAL", "ANSAR_EDITOR"} {
		editor = cmp.Or(strings.TrimSpace(os.Getenv(name)), editor)
	}
	cmd := exec.Command("sh", "-c", editor+` "$@"`, editor, d.path) // as git does: it may have arguments
	stderr, _ := d.env.stderr.(*os.File)
	stdout, _ := d.env.stdout.(*os.File)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = d.env.stdin, stdout, stderr
	signals := d.env.heedSignals() // those of the keyboard are for the editor
	err := cmd.Run()
	select {
	case <-signals:
		if err == nil {
			return d.env.ctx.Err()
		}
	default:
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return &failure{fmt.Errorf("editor %q ended with %v", editor, exit)}
	}
	return err
}

// store changes the property, unless somebody else did so meanwhile.
func (d *draft) store(value *property.Value) error {
	now, err := d.home.Role(d.role.Name)
	if err != nil {
		return err
	}
	if !bytes.Equal(now.Properties[d.name], d.before) {
		return &failure{fmt.Errorf("%q (%s) was changed by somebody else meanwhile", d.name, d.role.Name)}
	}
	d.env.console("Setting %q of %q (%s)", d.name, d.role.Name, d.home.Root())
	return d.home.SetProperty(d.name, value.JSON(), d.role.Name)
}

// kept says that nothing came of it, and where the text is.
func (d *draft) kept(err error) error {
	text, unread := os.ReadFile(d.path)
	if unread != nil || bytes.Equal(text, d.first) {
		d.forget()
		return err
	}
	return fmt.Errorf("%w; property not modified, your text is in %s", err, d.path)
}

func (d *draft) forget() { _ = os.Remove(d.path) } // in a folder for files that nobody needs
