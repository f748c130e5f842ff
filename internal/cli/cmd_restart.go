package cli

import (
	"github.com/spf13/cobra"
)

const restartLong = `Restart stops roles and starts them again in the background. Roles that are not
running are started. It returns when each of them is ready or has failed, as ansar
start does.

A role that runs with settings for one run keeps them, unless others are given, as
--name=value.`

func restartCommand(e *env) *cobra.Command {
	f := &beginFlags{}
	cmd := &cobra.Command{
		Use:               "restart [role...] [home]",
		Short:             "stop roles and start them again",
		Long:              restartLong,
		Example:           "  ansar restart server-0",
		ValidArgsFunction: completeForwarding(e),
	}
	f.add(cmd)
	return forwarding(cmd, func(c *commandLine) error {
		return e.begin(c, f, func(s *held) error { return s.stop(true, f.grace) })
	})
}
