package cli

import "github.com/spf13/cobra"

// topics are no commands: they are there for ansar help.
func topics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "what the exit status says", Long: exitCodes},
		{Use: "homes", Short: "what is in a home, and where", Long: homesTopic},
		{Use: "properties", Short: "what can be said about a role", Long: propertiesTopic},
		{Use: "searches", Short: "how roles are found by their names", Long: searchesTopic},
		{Use: "schedules", Short: "what a run of a schedule consists of", Long: schedulesTopic},
		{Use: "environment", Short: "which variables matter", Long: environmentTopic},
	}
}

const homesTopic = `A home is a folder that holds a group: its roles, and all that they are given and
leave. It is .ansar-home in the working directory, if --home-path or a last word
does not say otherwise. All of it can be read with ls and cat:

  home.json                    the roles and their properties; where areas are
  bin/<executable>             the programs
  settings/<role>.json         what a role is set to
  input/<role>.json            what it is given at the start
  model/<role>/                what it keeps
  tmp/<role>/                  emptied when it starts
  resource/<executable>/       shared by the roles of a program
  logs/<role>/                 lines of text, log.txt and older ones
  lock/<role>                  held while the role runs, and by whom
  history/<role>.jsonl         when it began and how it ended, each time
  schema/<executable>.binpb    what the program has declared

Areas can be elsewhere: see ansar help create. Only their owner can read a home.
ansar folder prints the paths, and ansar doctor looks for damage.`

const searchesTopic = `Commands that are about roles take expressions, as many as are given. Each is a
regular expression (of Go) that must match the whole name of a role, so a plain
name is that role alone. One that matches no role is an error. Without any, all
roles are meant.

  ansar stop                       all roles
  ansar stop server-0              one
  ansar stop 'test-.*' client-0    some
  ansar stop server-0 --invert-search
                                   all others
  ansar stop --executable=zombie   those of a program

Where the last word is the folder of a home, it is taken for that. To search for
a role of such a name give --role-name.`

const environmentTopic = `Ansar heeds

  PATH              where programs of --command are looked up when they are
                    added, and ansar-runner if it is not beside ansar
  ANSAR_EDITOR, VISUAL, EDITOR
                    the editor for ansar edit, the first that is set; else vi

Roles inherit the variables of who starts them. Components in the background, plain
programs, and whatever these start, have also

  ANSAR_HOME        the folder of the home
  ANSAR_ROLE        the name of the role

and a plain program by its property readiness one of

  NOTIFY_SOCKET     where READY=1 is sent, as sd_notify does
  NOTIFY_FD         the descriptor on which a newline says that it is ready`
