// Package settings shows one protobuf message in the forms that people use:
// JSON text in a file, flags on a command line, variables of the environment
// and the page that --help prints.
//
//	{"value": {"seconds": 1.5}}     a file
//	--seconds=1.5                   an argument
//	SNOOZE_SECONDS=1.5              a variable
//
// All forms share one set of parsers, so that a value which one of them takes
// is taken by the others, and is refused with the same words. Everything works
// by protobuf reflection, so that a message built from a program's descriptors
// behaves as one that was compiled in.
//
// There is one printer, [Marshal]: the same message gives the same bytes
// always. The package holds no state, starts no goroutine and does nothing
// before it is called. It does not know where files are kept, nor which flags
// a command has of its own.
package settings
