package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/doctor"
	"github.com/ansar-go/ansar/internal/settings/schema"
)

const doctorLong = `Doctor looks for what keeps roles from working, and says what to do about it, one
line for each thing that it finds:

  orphan     a process of a role that nobody answers for
  damaged    a file that cannot be understood, with the line
  missing    a program, a folder or a role that another needs
  redirect   an area that leads elsewhere than home.json says
  open       others than the owner can look into the home
  disk       too little is left, or less than the logs may take
  limit      on open files, processes or file events: too low for the group
  clock      files of the home are from the future
  lock       note: left by a process that was killed; the role is free
  leftover   note: files of no role

It changes nothing and stops nothing, and can be asked at any time. With --fix it
ends orphans, by SIGTERM and five seconds later SIGKILL, and nothing else.

The exit status is 1 if something was found that is no note.`

func doctorCommand(e *env) *cobra.Command {
	var homePath string
	var fix, asJSON bool
	cmd := &cobra.Command{
		Use:     "doctor [home]",
		Short:   "look for what keeps roles from working",
		Long:    doctorLong,
		Example: "  ansar doctor\n  ansar doctor --fix",
		RunE: func(_ *cobra.Command, words []string) error {
			if err := fill(words, slot{"home", &homePath}); err != nil {
				return err
			}
			report, err := doctor.Examine(e.ctx, cmp.Or(homePath, e.homePath, defaultHome), &doctor.Options{Fix: fix, Schema: readableSchema})
			if err != nil {
				return err
			}
			if err := e.printReport(report, asJSON); err != nil {
				return err
			}
			if !report.Healthy {
				return &silent{statusFailed}
			}
			return nil
		},
		ValidArgsFunction: completeFolders,
	}
	word(cmd.Flags(), &homePath, "home-path", homeHelp)
	cmd.Flags().BoolVar(&fix, "fix", false, "end orphans")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print all as one object of JSON")
	return cmd
}

func (e *env) printReport(report *doctor.Report, asJSON bool) error {
	if asJSON {
		text, err := json.MarshalIndent(report, "", "    ")
		if err != nil {
			return err
		}
		return e.print(append(text, '\n'))
	}
	var text strings.Builder
	for _, f := range report.Findings {
		fmt.Fprintln(&text, f)
	}
	if report.Healthy {
		fmt.Fprintf(&text, "healthy: %s, %d running\n", numberOf(report.Roles, "role"), report.Running)
	}
	return e.print([]byte(text.String()))
}

func numberOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// readableSchema checks the declaration of a program.
func readableSchema(data []byte) error {
	program, err := schema.Load(data)
	if err == nil && program.Name == "" {
		err = errors.New("it names no program")
	}
	return err
}
