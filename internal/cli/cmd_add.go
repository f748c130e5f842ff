package cli

import (
	"cmp"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings/schema"
)

const addLong = `Add adds roles that are played by an executable of the home's bin, or by any other
program with --command.

The name of the role is a template: {executable}, {number} and {uuid} are replaced
in it. Without one it is {executable}-{number}. All roles are added, or none.

Settings of the executable are given as --name=value, and as --set name=value where
add has a flag of that name. They are checked now. What is not given is as the
executable has it built in.

With --command, the program is given by a path, or by a name that is looked up in
PATH now: its absolute path is kept, and its arguments, which stand behind --. It
inherits the environment of who starts it. Variables of --env can be read in the
home, as ansar get command prints them; those of --env-file are secret: they are
kept in a file of their own, as the settings of the role, and printed nowhere.`

// addFlags are what add is told by flags, slots of words among them.
type addFlags struct {
	executable, roleName, homePath string
	files                          fileFlags
	numbers                        home.Numbers
	plain                          plainFlags
}

func addCommand(e *env) *cobra.Command {
	f := &addFlags{}
	cmd := &cobra.Command{
		Use:   "add <executable>|--command=<program> [role] [home] [-- arguments]",
		Short: "add roles to a home",
		Long:  addLong,
		Example: "  ansar add snooze --seconds=1.5\n" +
			"  ansar add client 'test-client-{number}' --start=10 --count=40\n" +
			"  ansar add --command redis-server cache -- --port 7000",
		ValidArgsFunction: completeAdd(e),
	}
	fs := cmd.Flags()
	word(fs, &f.executable, "executable", "the executable, a name in the home's bin")
	word(fs, &f.roleName, "role-name", "the template for names of roles")
	word(fs, &f.homePath, "home-path", homeHelp)
	f.files.add(fs)
	fs.IntVar(&f.numbers.Start, "start", 0, "the first {number}")
	fs.IntVar(&f.numbers.Step, "step", 1, "from one {number} to the next")
	fs.IntVar(&f.numbers.Count, "count", 1, "how many roles")
	f.plain.add(fs)
	return forwarding(cmd, func(c *commandLine) error {
		if p := c.split(func(string) bool { return true }); isPlain(p.own) {
			return e.addPlain(c, p, f)
		}
		return e.add(c, f)
	})
}

func (e *env) add(c *commandLine, f *addFlags) error {
	var (
		h                          *home.Home
		executable, role, homePath string
	)
	forwarded, err := c.parse(func(words []string, _ bool) ([]*schema.Program, error) {
		for _, name := range onlyPlain {
			if c.own.Changed(name) {
				return nil, usagef("--%s is for programs that are added with --command", name)
			}
		}
		executable, role, homePath = f.executable, f.roleName, cmp.Or(f.homePath, e.homePath)
		err := fill(words, slot{"executable", &executable}, slot{"role", &role}, slot{"home", &homePath})
		if err != nil {
			return nil, err
		}
		if executable == "" {
			return nil, usagef("an <executable> is required")
		}
		homePath = cmp.Or(homePath, defaultHome)
		if h, err = home.Open(homePath); err != nil {
			return nil, err
		}
		if _, err := h.Lookup(executable); err != nil {
			return nil, err
		}
		program, err := newPrograms(e.ctx, h).get(executable)
		return []*schema.Program{program}, err
	})
	if err != nil {
		return err
	}
	names, err := home.Names(role, executable, f.numbers)
	if err != nil {
		return err
	}
	program, err := newPrograms(e.ctx, h).get(executable)
	if err != nil {
		return err
	}
	texts, err := e.texts(c, program, f, forwarded)
	if err != nil {
		return err
	}
	e.console("Adding %q as %q, %q (%d)", executable, cmp.Or(role, "{executable}-{number}"), homePath, len(names))
	roles := make([]home.NewRole, 0, len(names))
	for _, name := range names {
		roles = append(roles, home.NewRole{
			Role: home.Role{Name: name, Executable: executable}, Settings: texts[home.Settings], Input: texts[home.Input],
		})
	}
	return h.Add(roles...)
}

// texts returns the files of a new role.
func (e *env) texts(c *commandLine, program *schema.Program, f *addFlags, forwarded []string) (map[home.Area][]byte, error) {
	files, err := e.files(f.files)
	if err != nil {
		return nil, err
	}
	texts := map[home.Area][]byte{}
	for _, p := range parts {
		s := &stored{message: p.make(program)}
		if file := files[p.area]; file.name != "" {
			if s, err = p.fromFile(file, &stored{}, program); err != nil {
				return nil, err
			}
		}
		if p.forwarded {
			if err := c.apply(forwarded, program, s.message); err != nil {
				return nil, err
			}
		}
		texts[p.area] = s.text(program, false)
	}
	return texts, nil
}
