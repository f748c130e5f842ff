// Package cli is the ansar command.
//
//	ansar [ansar-flags] <command> [flags] [words]
//
// A command is one short file: its summary, its flags read into variables, one
// call, one print. It returns an error; only the top, [Main], turns errors into
// text and an exit status, by what they match:
//
//	wrong usage               cannot perform "add" command, <reason>   2
//	a bad value or file       cannot perform "add" command, <reason>   1
//	the home is not so        cannot perform "add", <reason>           1
//	it was tried in vain      command "add" failed, <reason>           1
//
// Words fill the slots of a command in order; each slot has a flag as well, and
// both at once is wrong usage. Commands that search for roles take any number of
// expressions: the home is --home-path, or the last word where that is a folder
// with a home in it. An expression that is also the folder of a home is given as
// --role-name.
//
// What is not a flag of add, update, run, start and restart is a setting of the
// programs: it is checked against the messages that the program has declared,
// before anything happens. The home keeps that declaration, and it is asked for
// again when the executable is newer.
//
// A command that changes roles reserves them first, and looks at them again then:
// two commands that want the same roles come one after the other, each as if it
// were alone. Those that only read wait for nobody.
package cli
