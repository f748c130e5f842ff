// Package framework makes an object a program: one call of [CreateObject] is
// its whole main function.
//
//	var Snooze = actor.Define("snooze", snooze).DefaultSettings(&pb.SnoozeSettings{Seconds: 2})
//
//	func main() { framework.CreateObject(Snooze) }
//
// The program then plays whatever part it is started for.
//
// # A child
//
// Started by an object of ours, the program gets settings and input from its
// caller, sends back one result, and logs through the caller. What the caller
// does not give is found as below, but for the user's own configuration.
//
// # A component
//
// With --home-path and --role-name the program plays a role of a home. The home
// keeps its settings, its input and its folders: see [Model], [Tmp] and
// [Resource]. The role must be one for this executable, and runs once: its lock
// is held as long as the process lives, and a second one ends with
// *lifecycle.LockedOut. Children become components as well, with roles below
// this one: worker-0 has worker-0.snooze, or the name given by actor.Role. Such
// sub-roles have folders of their own, and settings if somebody stores some, but
// are in no list and have no lock.
//
// A role that has the property retry is tried again when its object returns
// lifecycle.ErrMaybe: a new object in the same process, after each of the pauses
// that the property lists. When they are used up, it ends in Exhausted. See
// actor.Retrying.
//
// What the Go runtime says when a component or a sub-role crashes is added to
// crash.log among the logs of the role.
//
// # A component in the background
//
// Started by the command that starts roles, a component needs nobody afterwards.
// Settings that are wrong, and a role that runs already, are told to the command;
// everything later is in the home. The log of the component and of all below it
// is stored, from level DEBUG up, within the bytes of the property storage. What
// the process prints by itself goes into its log line by line, and so does what
// its own code starts with os.Stdout and os.Stderr as outputs.
//
// SIGINT is a Stop, as for all programs. A component that has to be killed at the
// end of the grace, or by a second signal, leaves the stacks of its goroutines
// beside its log.
//
// Every component, however it is started, writes into the history of its role
// when it begins, is ready, is told to stop, and ends. A history or a log that
// cannot be written, on a full disk, never keeps it from its work.
//
// # A tool
//
// Run by hand, the program keeps its settings in
// $XDG_CONFIG_HOME/ansar/<name>/settings.json, or below ~/.config. The first run
// writes the file from the defaults of the object, with every field, to be
// edited. Where nothing can be written there is a warning, and the program runs
// all the same. A program without settings writes nothing.
//
// # Settings and input
//
// Settings come from, each over the one before: the defaults of the object; the
// stored file, or the one that --settings-file names; the environment, where
// SNOOZE_SECONDS is --seconds of snooze; flags. A secret is given by file or by
// environment, never as a flag. What a caller gives stands for the defaults, the
// file and the environment together. Fields of a stored file that the program no
// longer has are warned about and kept.
//
// The input is what --input-file names, or what is stored, or the default.
// Standard input is never read unless "-" is given as a file. Words that are no
// flags are for the object: see [Words].
//
// # Flags of every program
//
//	--help, -h          print a page made from the messages of the program
//	--version           print the version of the object, or of its module
//	--settings-file=F   settings for this run; - is standard input
//	--input-file=F      input for this run; - is standard input
//	--output-file=F     where the result goes; a regular file is replaced at once
//	--set name=value    give any setting by name
//	--dump-settings     print the settings in effect, secrets hidden
//	--dump-input        print the input in effect, secrets hidden
//	--dump-schema       print the description of all messages, for ansar add
//	--store-settings    store what files and flags say; answers Ack
//	--store-input       store the input; answers Ack
//	--factory-reset     store the defaults of the object; answers Ack
//	--grace=10s         how long it may take to end when it is interrupted
//	--debug-level=L     log of the whole tree on standard error, from level L up
//	--log-format=F      text, or json
//	--home-path=F       be a component of this home
//	--role-name=R       be this role of it
//
// A setting with the name of one of these is a mistake of the program's author,
// and an error at every start by hand. A user gets by with --set.
//
// # Result and exit status
//
// A value is printed as {"value": {"@type": ..., ...}}, secrets hidden; in the
// file of --output-file they are not. A fault is printed as one line on standard
// error; with --debug-level what else is known follows, indented. A
// *lifecycle.ExitCode is not printed: its code is the exit status.
//
//	0    the object returned a value
//	1    it returned a fault, or a report of tests of which some failed; or it
//	     could not be run, or its result not be written
//	2    the arguments or the environment are wrong
//	130  it was interrupted, and did not return a value
//
// # Signals
//
// SIGINT, SIGTERM, SIGHUP and SIGQUIT are a Stop: the object and all below it
// have ten seconds to end, or what --grace says. A second signal, or the end of
// that time, kills what is left. Signals that were ignored when a tool was
// started stay ignored.
package framework
