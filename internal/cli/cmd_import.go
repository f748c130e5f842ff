package cli

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/importer"
	"github.com/ansar-go/ansar/internal/property"
)

const importLong = `Import adds a role for each process of a file that another tool has: a Procfile, or
the YAML of process-compose, of which the common part is taken over (command,
entrypoint, environment, working_dir, depends_on, availability, readiness_probe,
ready_log_line, shutdown, replicas, shell). All roles are added, or none. Whatever is
not taken over is told on standard error, by file and line.

Commands are run by a shell, which is replaced by the program where there is one.
They run in the folder of the file. Each process of a Procfile gets a PORT, 100 above
that of the one before.`

// importFlags are what import is told by flags.
type importFlags struct {
	file, homePath, format, envFile string
	port                            int
	dryRun                          bool
}

func importCommand(e *env) *cobra.Command {
	f := &importFlags{}
	cmd := &cobra.Command{
		Use:   "import <file> [home]",
		Short: "add roles for the processes of a Procfile or of process-compose",
		Long:  importLong,
		Example: "  ansar import Procfile\n" +
			"  ansar import process-compose.yaml --dry-run\n" +
			"  ansar import Procfile --env-file=.env",
		RunE: func(_ *cobra.Command, words []string) error { return e.importFile(f, words) },
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return completeFolders(cmd, args, word)
		},
	}
	fs := cmd.Flags()
	word(fs, &f.file, "file", "the file (- is standard input)")
	word(fs, &f.homePath, "home-path", homeHelp)
	word(fs, &f.format, "format", "what the file is, instead of by its name: procfile or process-compose")
	word(fs, &f.envFile, "env-file", "a file of secret variables for all roles, NAME=VALUE a line")
	fs.IntVar(&f.port, "port", 5000, "the PORT of the first process of a Procfile")
	fs.BoolVar(&f.dryRun, "dry-run", false, "print the roles as JSON, and add none")
	_ = cmd.RegisterFlagCompletionFunc("format", completeValues(importer.Procfile, importer.ProcessCompose)) // the flag is there
	_ = cmd.RegisterFlagCompletionFunc("home-path", completeFolders)
	return cmd
}

func (e *env) importFile(f *importFlags, words []string) error {
	name, homePath := f.file, cmp.Or(f.homePath, e.homePath)
	if err := fill(words, slot{"file", &name}, slot{"home", &homePath}); err != nil {
		return err
	}
	switch {
	case name == "":
		return usagef("a <file> is required")
	case f.format != "" && f.format != importer.Procfile && f.format != importer.ProcessCompose:
		return usagef("--format: %q is not one of %s, %s", f.format, importer.Procfile, importer.ProcessCompose)
	case f.port < 1 || f.port > 65535:
		return usagef("--port: %d is not 1 to 65535", f.port)
	}
	homePath = cmp.Or(homePath, defaultHome)
	h, err := home.Open(homePath)
	if err != nil {
		return err
	}
	plan, err := e.plan(f, name)
	if err != nil {
		return err
	}
	for _, note := range plan.Left {
		fmt.Fprintf(e.stderr, "ansar: %v\n", note)
	}
	if f.dryRun {
		return e.rehearseImport(h, plan)
	}
	e.console("Importing %q (%s), %d roles", name, homePath, len(plan.Roles))
	return h.Add(plan.Roles...)
}

func (e *env) plan(f *importFlags, name string) (*importer.Plan, error) {
	o := &importer.Options{Format: f.format, Port: f.port}
	if f.envFile != "" {
		secrets, err := e.file(f.envFile)
		if err != nil {
			return nil, err
		}
		if o.Secrets, err = property.ParseVariables(secrets.name, secrets.data); err != nil {
			return nil, err
		}
	}
	file, err := e.file(name)
	if err != nil {
		return nil, err
	}
	return importer.Read(file.name, file.data, o)
}

// rehearseImport prints what would be added, as home.json would have it.
func (e *env) rehearseImport(h *home.Home, plan *importer.Plan) error {
	all, err := h.Roles()
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, role := range all {
		there[role.Name] = true
	}
	type entry struct {
		Role       string                     `json:"role"`
		Executable string                     `json:"executable"`
		Properties map[string]json.RawMessage `json:"properties"`
		There      bool                       `json:"exists,omitempty"`
	}
	var roles []entry
	for _, r := range plan.Roles {
		roles = append(roles, entry{r.Name, r.Executable, r.Properties, there[r.Name]})
	}
	text, err := envelope(map[string]any{"roles": roles}, false)
	if err != nil {
		return err
	}
	return e.print(text)
}
