package cli

import (
	"cmp"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor/schedule"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

const scheduleRunLong = `Run does what a plan says, and prints what became of it. While it goes on, standard
error shows what runs, what waits and why, and what failed: drawn on a terminal, as
lines elsewhere. All of it is kept in a folder: see ansar help schedules.

The first ctrl-C stops what runs, with its grace, and starts nothing more; all reports
are written. The second kills what is left.

With --only and --skip a part of the plan is run. What the jobs in question need is run
as well. An expression has terms with and, or, not and ( ) between them:

  blink-*           jobs by their ids, with * and ?; also id:blink-*
  label:wlan        by a label
  resource:board-a  by what they hold
  status:failed     by how they ended in the last run

With --rerun only some of the jobs are run again, by how they ended in the last run,
or in that of --from, which may be an archive:

  failed       those that were not fine, and those blocked by one
  not-passed   those too that were skipped, or never run
  changed      those too whose fingerprint is another

With --dry-run nothing is done: the run is simulated, with times of an earlier run, of
the plan, or of a second each. --fail names jobs that fail then.

The exit status is 0 if all jobs were fine, 1 if some were not, 2 if the plan was
refused, 3 if the run itself failed, 4 if there was nothing to run, 124 if its time
was over, and 130 if it was interrupted.`

// scheduleRunFlags are what run is told by flags.
type scheduleRunFlags struct {
	runsFlag
	selectFlags

	jobs      string
	isolation string
	inProcess bool
	timeout   time.Duration
	grace     time.Duration
	seed      uint64
	shuffle   bool
	rerun     string
	from      string
	retries   uint32
	repeat    uint32
	until     string
	keep      string
	wait      bool
	noWait    bool
	dryRun    bool
	fail      []string
	show      showFlags
}

func scheduleRunCommand(e *env) *cobra.Command {
	f := &scheduleRunFlags{}
	cmd := &cobra.Command{
		Use:   "run <plan>",
		Short: "run the jobs of a plan",
		Long:  scheduleRunLong,
		Example: "  ansar schedule run plan.yaml\n  ansar schedule run plan.yaml -j 4 --only='label:wlan and not slow-*'\n" +
			"  ansar schedule run plan.yaml --rerun=failed\n  ansar schedule run plan.yaml --dry-run --fail=build",
		ValidArgsFunction: completePlan,
		RunE: func(cmd *cobra.Command, words []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			s, err := e.readPlan(words)
			if err != nil {
				return err
			}
			return e.runSchedule(s, f, cmd)
		},
	}
	f.add(cmd)
	return cmd
}

func (f *scheduleRunFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&f.jobs, "jobs", "j", "", "slots: a number, cores, or cores-1; 0 is cores (as the plan says if not given)")
	fs.Var(&oneOf{"isolation", &f.isolation, isolations}, "isolation", "where all calls are done: process, pool or in-process (as the plan says if not given)")
	fs.BoolVar(&f.inProcess, "in-process", false, "the same as --isolation=in-process")
	fs.Var(&spanFlag{"timeout", &f.timeout}, "timeout", "how long the run may take (as the plan says if not given)")
	fs.Var(&spanFlag{"grace", &f.grace}, "grace", "how long each job may take to end after it was told to (as the plan says if not given)")
	fs.Uint64Var(&f.seed, "seed", 0, "a number for what is random: the same one again starts jobs in the same order")
	fs.BoolVar(&f.shuffle, "shuffle", false, "take jobs in a random order where the plan leaves that open; --seed gives one again")
	f.selectFlags.add(cmd)
	fs.Var(&oneOf{"rerun", &f.rerun, reruns}, "rerun", "only jobs that ended so in an earlier run: failed, not-passed or changed (all jobs if not given)")
	word(fs, &f.from, "from", "the run that --rerun looks at, instead of the last one; also an archive")
	f.runsFlag.add(cmd)
	fs.Uint32Var(&f.retries, "retries", 0, "how often a failed attempt of any job is tried again (as the plan says if not given)")
	fs.Uint32Var(&f.repeat, "repeat", 0, "how often each job is run, without retries (as the plan says if not given)")
	fs.Var(&oneOf{"until", &f.until, untils}, "until", "with --repeat, to stop earlier: at the first fail or pass")
	fs.Var(&oneOf{"keep", &f.keep, keeps}, "keep", "which temporary folders stay: all, failed or none (failed if not given)")
	fs.BoolVar(&f.wait, "wait", false, "let jobs wait for host-wide resources that another run holds")
	fs.BoolVar(&f.noWait, "no-wait", false, "let jobs whose host-wide resource another run holds end unrunnable at once (the default)")
	fs.BoolVar(&f.dryRun, "dry-run", false, "simulate the run, and start nothing")
	fs.StringArrayVar(&f.fail, "fail", nil, "with --dry-run, a job that fails, or a pattern such as test-*")
	f.show.add(cmd)
	for name, words := range map[string][]string{
		"jobs": {"cores", "cores-1"}, "isolation": isolations, "rerun": reruns, "until": untils, "keep": keeps,
	} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeValues(words...)) // the flag is there
	}
	_ = cmd.RegisterFlagCompletionFunc("from", completeRunsFlag(&f.runsFlag))
	_ = cmd.RegisterFlagCompletionFunc("fail", completeJobsOfPlan)
}

// Words of flags.
var (
	isolations = []string{"process", "pool", "in-process"}
	reruns     = []string{"failed", "not-passed", "changed"}
	keeps      = []string{"all", "failed", "none"}
	untils     = []string{"fail", "pass"}
)

// check refuses flags that do not go together, and words that are none.
func (f *scheduleRunFlags) check(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	switch {
	case f.inProcess && f.isolation != "":
		return eitherOr("--in-process", "--isolation")
	case f.wait && f.noWait:
		return eitherOr("--wait", "--no-wait")
	case f.from != "" && f.rerun == "":
		return usagef("--from says which run --rerun looks at: give --rerun, too")
	case f.until != "" && f.repeat == 0:
		return usagef("--until says when --repeat stops earlier: give --repeat, too")
	case changed("fail") && !f.dryRun:
		return usagef("--fail says which jobs fail in a simulated run: give --dry-run, too")
	case changed("repeat") && f.repeat == 0:
		return usagef("--repeat is at least 1")
	}
	if _, err := f.slots(); err != nil {
		return err
	}
	return f.show.check(cmd)
}

// runSchedule runs a plan, or simulates that.
func (e *env) runSchedule(s *scheduled, f *scheduleRunFlags, cmd *cobra.Command) error {
	previous, err := f.previous(s)
	if err != nil {
		return err
	}
	f.override(s.plan, cmd)
	nest(s.plan, time.Now())
	slots, err := f.slots()
	if err != nil {
		return err
	}
	if slots == 0 && !cmd.Flags().Changed("jobs") {
		slots = int(s.plan.GetLimits().GetSlots())
	}
	slots = cmp.Or(slots, cores())
	if err := e.checkPlan(s, slots); err != nil {
		return err
	}
	plan, err := f.choose(s.plan, previous)
	if nobody := new(nothing); errors.As(err, &nobody) {
		return e.status(statusNothing, err)
	}
	if err != nil {
		return err
	}
	e.shuffle(plan, f, cmd)
	if f.dryRun {
		return e.dryRun(s, f, plan, slots, previous)
	}
	run := &scheduleRun{env: e, flags: f, scheduled: s, plan: plan, slots: slots, previous: previous}
	return run.do()
}

// previous is the run before, for --rerun, for status: and for estimates; nil if
// there is none, which is an error only for the first.
func (f *scheduleRunFlags) previous(s *scheduled) (*schedulepb.Report, error) {
	if f.from != "" {
		return f.report(f.from)
	}
	base := f.folder
	if base == "" {
		base = filepath.Join(s.file.Dir, runsFolder)
	}
	last := lastOf([]string{filepath.Join(base, planName(s.file))})
	if last == "" {
		if f.rerun != "" {
			return nil, preconditionf("plan %q was never run: leave --rerun out, or say by --from which run to look at", s.file.Path)
		}
		return nil, nil
	}
	report, err := reportOf(last)
	if err != nil && f.rerun == "" {
		return nil, nil // it is only for estimates
	}
	return report, err
}

// override puts what flags say into the plan.
func (f *scheduleRunFlags) override(plan *schedulepb.Plan, cmd *cobra.Command) {
	changed := cmd.Flags().Changed
	if changed("timeout") {
		if plan.Limits == nil {
			plan.Limits = &schedulepb.Limits{}
		}
		plan.Limits.Timeout = durationpb.New(f.timeout)
	}
	for _, j := range plan.GetJobs() {
		if changed("retries") {
			j.Retries = proto.Uint32(f.retries)
		}
		if f.repeat > 0 {
			j.Repeat = &schedulepb.Repeat{Count: f.repeat, Until: untilOf(f.until)}
			j.Retries = proto.Uint32(0)
		}
	}
}

func untilOf(word string) schedulepb.Until {
	switch word {
	case "fail":
		return schedulepb.Until_UNTIL_FAIL
	case "pass":
		return schedulepb.Until_UNTIL_PASS
	}
	return schedulepb.Until_UNTIL_UNSPECIFIED
}

// options are those of the library.
func (f *scheduleRunFlags) options(r *scheduleRun) *schedule.Options {
	o := &schedule.Options{
		Slots: r.slots, Seed: f.seed, Dir: r.file.Dir, Grace: f.grace, Events: r.event, Resolver: r.callees,
		Input: r.callees.input, Roles: r.callees.part, Executable: r.callees.executable, HostWait: f.wait, Control: &r.control, Version: programVersion(),
	}
	isolation := f.isolation
	if f.inProcess {
		isolation = "in-process"
	}
	o.Isolation = schedulepb.Isolation(slices.Index(isolations, isolation) + 1) // none is unspecified
	if f.rerun != "" {                                                          // a run by itself is in the order that the plan says, whatever was before
		o.Previous = r.previous
	}
	switch f.rerun {
	case "failed":
		o.Rerun = schedule.RerunFailed
	case "not-passed":
		o.Rerun = schedule.RerunNotPassed
	case "changed":
		o.Rerun = schedule.RerunChanged
	}
	switch f.keep {
	case "all":
		o.Keep = schedule.KeepAll
	case "none":
		o.Keep = schedule.KeepNone
	}
	return o
}
