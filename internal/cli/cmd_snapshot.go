package cli

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/deploy"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

const snapshotLong = `Snapshot writes what a home keeps for its roles into a folder, which ansar deploy
reads:

    settings-by-role/<role>.json              the settings of each role that has some
    input-by-role/<role>.json                 the input of each role that has one
    model-by-role/<role>/...                  the model of each role, be it empty
    resource-by-executable/<executable>/...   the resources of each executable

What these folders have and the home has not is removed in them. Secrets read "***":
deployed again, they leave those of the home as they are.

Running roles whose model has to be copied stand in the way. With ansar --force they
are stopped, and started again.`

// snapshotFlags are what was given.
type snapshotFlags struct {
	path, homePath string
	dryRun         bool
	grace, timeout time.Duration
}

func snapshotCommand(e *env) *cobra.Command {
	f := &snapshotFlags{timeout: 10 * time.Second}
	cmd := &cobra.Command{
		Use:     "snapshot <snapshot> [home]",
		Aliases: []string{"extract"},
		Short:   "write what a home keeps for its roles into a folder",
		Long:    snapshotLong,
		Example: "  ansar snapshot testing\n  ansar snapshot testing --dry-run",
		RunE: func(_ *cobra.Command, words []string) error {
			f.homePath = cmp.Or(f.homePath, e.homePath)
			if err := fill(words, slot{"snapshot", &f.path}, slot{"home", &f.homePath}); err != nil {
				return err
			}
			if f.path == "" {
				return usagef("a <snapshot> is required: the folder to write")
			}
			return e.snapshot(f)
		},
		ValidArgsFunction: completeFolders,
	}
	fs := cmd.Flags()
	word(fs, &f.path, "snapshot-path", "the folder to write")
	word(fs, &f.path, "storage-path", "the same")
	_ = fs.MarkHidden("storage-path") // the flag is there
	word(fs, &f.homePath, "home-path", homeHelp)
	fs.BoolVar(&f.dryRun, "dry-run", false, "only print what would change, and which roles would restart")
	fs.Var(&spanFlag{"timeout", &f.timeout}, "timeout", "how long a role may take to be ready again")
	addGrace(fs, &f.grace)
	for _, name := range []string{"snapshot-path", "home-path"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeFolders) // the flag is there
	}
	return cmd
}

// snapshot writes a snapshot.
func (e *env) snapshot(f *snapshotFlags) error {
	h, err := home.Open(cmp.Or(f.homePath, defaultHome))
	if err != nil {
		return err
	}
	roles, err := h.Roles()
	if err != nil {
		return err
	}
	g := e.newDeployGroup(h, roles, f.grace, f.timeout)
	programs := newPrograms(e.ctx, h)
	drawer, err := deploy.NewSnapshot(deploy.SnapshotInput{
		Home: h, Roles: played(h, roles), Target: f.path,
		Text: func(_ context.Context, area home.Area, role string) ([]byte, error) {
			return shownText(h, programs, area, g.roles[role])
		},
	})
	if err != nil {
		return &precondition{err}
	}
	if f.dryRun {
		return e.rehearse(drawer, g, "Nothing to snapshot")
	}
	_, err = e.deployOnce(e.ctx, &deploy.Deployment{Drawer: drawer, Group: g})
	return err
}

// shownText returns the settings or the input of a role without its secrets, or
// nil if the home has no file of it.
func shownText(h *home.Home, programs *programs, area home.Area, role home.Role) ([]byte, error) {
	if _, err := h.Load(area, role.Name); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if property.Plain(role) {
		secrets, err := property.Secrets(h, role.Name)
		return property.HiddenText(secrets), err
	}
	program, err := programs.get(role.Executable)
	if err != nil {
		return nil, err
	}
	s, err := partOf(area).read(h, program, role.Name)
	if err != nil || s.message == nil || s.message.ProtoReflect().Descriptor().Fields().Len() == 0 {
		return nil, err // a message without fields is no settings
	}
	return s.text(program, true), nil
}
