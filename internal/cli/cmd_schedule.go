package cli

import (
	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/settings"
)

const scheduleLong = `Schedule runs many jobs over slots and resources, as a plan says: calls of programs,
commands of any kind, and roles of a home. The plan is a file of YAML or JSON:

  resources: [{name: board-a, capacity: 2}, {name: reference}]
  defaults: {timeout: 60s, retries: 1}
  jobs:
    - {id: build, command: {argv: [make, firmware]}, artefacts: [fw-a, fw-b]}
    - id: blink
      call: {executable: blink-test, input: {cycles: 3}}
      needs: [{job: build, artefact: fw-a}]
      resources: [{name: board-a}]
      priority: 2

What happens is written to the journal of the run before it is acted upon, so that
a run can be looked at while it goes on, after its end, and after a crash. All of
it is in a folder beside the plan: see ansar help schedules.`

// Exit statuses of schedules, beside those of all commands.
const (
	statusMachinery = 3
	statusNothing   = 4
)

const schedulesTopic = `A run of a schedule is a folder. Beside the plan there is

  .ansar-schedule/<plan>/<run>/       a run, by the time of its start
  .ansar-schedule/<plan>/latest       the last one
  .ansar-schedule/<plan>/fingerprints what unchanged jobs are known by

and in the folder of a run

  plan.json           the plan with its defaults in the jobs
  journal.jsonl       every event, a line each
  report.json         what became of it; also junit.xml, report.html, trace.json
  jobs/<job>/<attempt>/
                      log, stdout, stderr, output/ and tmp/ of an attempt

Where a command takes a run, that is a folder, an archive of one, the file of its
plan, the name of the plan, <plan>/<run>, or the front of a run's name as long as
only one begins so. If no run is given, it is the one that began last.

A command that is run for a job has in its environment

  ANSAR_RUN, ANSAR_RUN_FOLDER, ANSAR_JOB, ANSAR_ATTEMPT, ANSAR_SLOT
                      what it is
  ANSAR_SEED          for what is to be random in the same way again
  ANSAR_DEADLINE      when its time is over, as 2006-01-02T15:04:05.999999999Z
  ANSAR_OUTPUT        a folder for what is to be kept
  ANSAR_TMP, TMPDIR   a folder for what is not
  ANSAR_LOG           the file of its log
  ANSAR_UNITS         the units that it holds, such as board-a.0,reference.0
  ANSAR_UNIT_<NAME>   those of one resource, in capitals, with _ for what is no letter
                      or digit
  ANSAR_NEEDS         a file of JSON: how the jobs ended that it needs, and what
                      they returned; only if it needs any. It is a list of
                      {"job", "status", "value", "artefacts": [{"name", "value"}]},
                      and each value is {"json": "its JSON as a text"}, or
                      {"file": "its path"} if it is longer than 64 KiB: JSON of a
                      command, protobuf of a call
  ANSAR_RESULT        a file to write its own result into, as JSON
  ANSAR_EVENTS        a pipe for events, a line of JSON each: see ansar help schedule emit

and says by its exit status how it ended: 0 ok, 75 not ready, to be tried again, 125
skipped, anything else failed. A plan may say otherwise in exit_statuses.`

func scheduleCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schedule <command>",
		Short: "run many jobs over slots and resources",
		Long:  scheduleLong,
		Example: "  ansar schedule check plan.yaml\n  ansar schedule run plan.yaml --jobs=4\n" +
			"  ansar schedule report\n  ansar schedule log blink",
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.RunE = func(_ *cobra.Command, words []string) error {
		if len(words) == 0 {
			return usagef("a command is required: see ansar help schedule")
		}
		return unknownBelow(cmd, words[0])
	}
	cmd.AddCommand(
		scheduleRunCommand(e), scheduleCheckCommand(e), scheduleListCommand(e), scheduleGraphCommand(e), scheduleReportCommand(e),
		scheduleLogCommand(e), scheduleFollowCommand(e), scheduleRunsCommand(e), scheduleEmitCommand(e),
		scheduleExecCommand(e),
	)
	return cmd
}

// unknownBelow refuses a word that is no command below cmd.
func unknownBelow(cmd *cobra.Command, word string) error {
	var known []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			known = append(known, c.Name())
		}
	}
	if near, ok := settings.Nearest(word, known); ok {
		return usagef("unknown command %q (did you mean %s?)", word, near)
	}
	return usagef("unknown command %q: see ansar help %s", word, commandName(cmd))
}
