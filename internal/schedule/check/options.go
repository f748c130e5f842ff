package check

import (
	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Options say what only the caller can know. What is nil or zero is not checked.
// The functions return errors that read well behind a colon; what may look at files is
// asked once about the same.
type Options struct {
	// Slots is how many slots there are. If zero, those of the plan's limits.
	Slots int

	// Executable says why an executable of the framework cannot be called.
	Executable func(name string) error

	// Command says why a command cannot be started: its first word, and the
	// folder that it is to run in, which may be empty.
	Command func(argv0, dir string) error

	// File says why a file that a command reads cannot be read: its name, and the
	// folder that the command is to run in, which may be empty.
	File func(name, dir string) error

	// Object reports whether the program has an object of that name.
	Object func(name string) bool

	// Function reports whether the program has a function of that name.
	Function func(name string) bool

	// Role says why a role cannot be run.
	Role func(*pb.Role) error

	// Input says why the input or the settings of a call do not fit what is
	// called; field is "input" or "settings". If its error, or several that it
	// unwraps to, have a method At() (path, problem string), the path, which
	// begins with field, is where the problem is.
	Input func(call *pb.Call, field string) error
}
