package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
)

func TestExplain(t *testing.T) {
	tests := []struct {
		name    string
		command string
		err     error
		text    string
		status  int
	}{
		{"wrong usage of ansar", "", usagef("unknown command %q", "x"), `unknown command "x"`, 2},
		{"wrong usage of a command", "add", usagef("no word"), `cannot perform "add" command, no word`, 2},
		{"a wrong setting", "add", &settings.UsageError{Name: "--seconds", Problem: `"x" is not a number`},
			`cannot perform "add" command, --seconds: "x" is not a number`, 2},
		{"a wrong name of a role", "add", fmt.Errorf("name: %w", home.ErrUsage), `cannot perform "add" command, name: wrong usage`, 2},
		{"a home that is not so", "run", fmt.Errorf("here: %w", home.ErrNotHome), `cannot perform "run", here: not a home`, 1},
		{"roles that run", "run", &group.RunningError{Search: "(all)"}, `cannot perform "run", "(all)" currently running as - `, 1},
		{"something else about roles", "run", preconditionf("no %s", "roles"), `cannot perform "run", no roles`, 1},
		{"a file", "add", fmt.Errorf("read: %w", fs.ErrPermission), `cannot perform "add" command, read: permission denied`, 1},
		{"a name that is taken", "add", fmt.Errorf("a: %w", home.ErrCollision), `cannot perform "add" command, a: role exists already`, 1},
		{"what was tried in vain", "update", &failure{errors.New("no")}, `command "update" failed, no`, 1},
		{"what was tried in vain is not what it met", "update", &failure{home.ErrBusy},
			`command "update" failed, home is locked by another command`, 1},
		{"an interrupt says nothing", "run", fmt.Errorf("wait: %w", context.Canceled), "", 130},
		{"a status of its own says nothing", "run", &silent{1}, "", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, status := explain(tt.command, tt.err)
			if text != tt.text || status != tt.status {
				t.Errorf("got %q, %d\nwant %q, %d", text, status, tt.text, tt.status)
			}
		})
	}
}
