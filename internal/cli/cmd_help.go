package cli

import (
	"github.com/spf13/cobra"
)

const exitCodes = `What the exit status of ansar says:

    0    done
    1    the command could not do it; run: a role ended in a fault, which
         being aborted is not where it was told to stop, or, asked about
         tests, one of them failed
    2    wrong usage: an unknown command or flag, a bad value, two of an
         either-or; nothing was done
  130    interrupted; the first ctrl-C of run ends it in order, and its status
         is 0 or 1 by the results, the second kills what is left

and that of schedule run:

    0    all jobs are fine: ok, flaky, unchanged, skipped, xfail or xpass
    1    some are not: failed, error, crashed, timed-out, blocked, leaky, ...
    2    the plan was refused, or wrong usage; nothing was started
    3    the run itself failed: its journal cannot be written, for example
    4    no job was run
  124    the time of the run was over
  130    interrupted, once or twice; the reports are written

A program that is run by hand has the same: 0 done, 1 a fault or a report in
which a test failed, 2 wrong usage, 130 interrupted.`

func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command|topic]",
		Short: "print help about a command or a topic",
		RunE: func(_ *cobra.Command, words []string) error {
			cmd, rest, err := root.Find(words)
			if err == nil && cmd != root && len(rest) > 0 {
				return usagef("%q is one word too many: help is about one command", rest[0])
			}
			if err != nil || len(rest) > 0 {
				return unknownCommand(root, words[0])
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
		ValidArgsFunction: func(_ *cobra.Command, words []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, c := range root.Commands() {
				if len(words) == 0 && (c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand()) {
					names = append(names, c.Name()+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}
