package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/deploy"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/settings"
)

const deployLong = `Deploy brings a home up to date with a folder of executables, a snapshot, or both.

From the build folder, what is new or different goes to the home's bin; nothing is
removed there, so that several build folders can feed one home. The folders of a
snapshot, see ansar help snapshot, are mirrored: what they do not have is removed in
the home. Beside what a snapshot is written with, it can have

    setting-value-by-role/<role>/<setting>    one value as JSON, over the settings

Settings and inputs are checked against what the executables declare, the new ones
where they are replaced, before anything is changed. Secrets that read "***" stay.

Roles that nothing changes for are left alone. Those that run and that something
changes for stand in the way. With ansar --force they are stopped, and started again,
also if something goes wrong. A role that is not ready afterwards is put back to what
it was, with its files, unless --revert=never.`

// deployFlags are what was given.
type deployFlags struct {
	build, snapshot, homePath, revert string
	dryRun, watch                     bool
	grace, timeout                    time.Duration
}

func deployCommand(e *env) *cobra.Command {
	f := &deployFlags{revert: "on-failure"}
	cmd := &cobra.Command{
		Use:   "deploy [build] [snapshot] [home]",
		Short: "bring a home up to date with folders",
		Long:  deployLong,
		Example: "  ansar deploy dist\n  ansar --force deploy dist testing\n" +
			"  ansar deploy --snapshot-path=testing --dry-run\n  ansar --force deploy dist testing --watch",
		RunE: func(_ *cobra.Command, words []string) error {
			if err := f.resolve(e, words); err != nil {
				return err
			}
			return e.deploy(f)
		},
		ValidArgsFunction: completeFolders,
	}
	fs := cmd.Flags()
	word(fs, &f.build, "build-path", "a folder of executables")
	word(fs, &f.snapshot, "snapshot-path", "a snapshot")
	word(fs, &f.snapshot, "storage-path", "the same")
	_ = fs.MarkHidden("storage-path") // the flag is there
	word(fs, &f.homePath, "home-path", homeHelp)
	fs.BoolVar(&f.dryRun, "dry-run", false, "only print what would change, and which roles would restart")
	fs.BoolVar(&f.watch, "watch", false, "go on, and deploy each time something in the folders changes")
	fs.Var(&oneOf{"revert", &f.revert, []string{"on-failure", "never"}}, "revert",
		"when a role that is not ready afterwards is put back: on-failure or never")
	f.timeout = 10 * time.Second
	fs.Var(&spanFlag{"timeout", &f.timeout}, "timeout", "how long a role may take to be ready again")
	addGrace(fs, &f.grace)
	for _, name := range []string{"build-path", "snapshot-path", "home-path"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeFolders)
	}
	_ = cmd.RegisterFlagCompletionFunc("revert", completeWords("on-failure", "never"))
	return cmd
}

// oneOf is a flag for one of a few words.
type oneOf struct {
	name  string
	word  *string
	words []string
}

func (f *oneOf) Set(s string) error {
	for _, w := range f.words {
		if s == w {
			*f.word = s
			return nil
		}
	}
	return &settings.UsageError{Name: "--" + f.name, Problem: fmt.Sprintf("%q is not one of %s", s, strings.Join(f.words, ", "))}
}
func (f *oneOf) String() string { return *f.word }
func (f *oneOf) Type() string   { return "word" }

// resolve puts words and flags together. The last word is the home where it is
// the folder of one, as it is for other commands.
func (f *deployFlags) resolve(e *env, words []string) error {
	f.homePath = cmp.Or(f.homePath, e.homePath)
	if n := len(words); n > 0 && f.homePath == "" && isHome(words[n-1]) {
		f.homePath, words = words[n-1], words[:n-1]
	}
	if err := fill(words, slot{"build", &f.build}, slot{"snapshot", &f.snapshot}, slot{"home", &f.homePath}); err != nil {
		return err
	}
	f.homePath = cmp.Or(f.homePath, defaultHome)
	switch {
	case f.build == "" && f.snapshot == "":
		return usagef("no <build> and no <snapshot> - nothing to do")
	case f.dryRun && f.watch:
		return eitherOr("--dry-run", "--watch")
	}
	return nil
}

// deploy deploys once, or again and again.
func (e *env) deploy(f *deployFlags) error {
	h, err := home.Open(f.homePath)
	if err != nil {
		return err
	}
	if f.watch {
		return e.watch(h, f)
	}
	drawer, group, err := e.deployment(h, f)
	if err != nil {
		return err
	}
	if f.dryRun {
		return e.rehearse(drawer, group, "Nothing to deploy")
	}
	_, err = e.deployOnce(e.ctx, &deploy.Deployment{Drawer: drawer, Group: group, KeepFailed: f.revert == "never"})
	return err
}

// deployment returns what a deployment is made with: the roles are those that the
// home has now.
func (e *env) deployment(h *home.Home, f *deployFlags) (deploy.Drawer, *deployGroup, error) {
	roles, err := h.Roles()
	if err != nil {
		return nil, nil, err
	}
	g := e.newDeployGroup(h, roles, f.grace, f.timeout)
	drawer, err := deploy.NewDeploy(deploy.Input{
		Home: h, Roles: played(h, roles), Build: f.build, Snapshot: f.snapshot,
		Checker: &deployChecker{home: h, roles: g.roles, programs: newPrograms(e.ctx, h), fresh: map[string]*freshProgram{}},
	})
	if err != nil {
		return nil, nil, &precondition{err}
	}
	return drawer, g, nil
}

// played returns which program of bin each role has.
func played(h *home.Home, roles []home.Role) []deploy.Role {
	list := make([]deploy.Role, 0, len(roles))
	for _, role := range roles {
		list = append(list, deploy.Role{Name: role.Name, Executable: binaryOf(h, role)})
	}
	return list
}

// binaryOf returns the name that the program of a role has in bin, or nothing if
// it is elsewhere.
func binaryOf(h *home.Home, role home.Role) string {
	if !property.Plain(role) {
		return role.Executable
	}
	set, err := property.Of(role)
	if err != nil {
		return ""
	}
	path, err := h.Path(home.Bin, role.Executable)
	if err != nil || set.Command().Program != path {
		return ""
	}
	return role.Executable
}

// deployOnce deploys, and says in plain words what came of it.
func (e *env) deployOnce(ctx context.Context, d *deploy.Deployment) (*deploy.Plan, error) {
	d.Force, d.Log, d.Warn, d.Begin = e.force, e.console, e.caution, e.progress
	plan, err := d.Run(ctx)
	var aborted *deploy.AbortedError
	var running *deploy.RunningError
	switch {
	case err == nil:
		return plan, nil
	case errors.As(err, &running):
		return plan, &precondition{err}
	case errors.Is(err, context.Canceled) && errors.As(err, &aborted):
		fmt.Fprintf(e.stderr, "ansar: interrupted; running again - %s\n", strings.Join(aborted.Restored, ", "))
		return plan, err
	case errors.Is(err, context.Canceled):
		return plan, err
	}
	return plan, &failure{err}
}
