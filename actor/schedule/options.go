package schedule

import (
	"cmp"
	"os"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Function is a job of the Go program itself. It runs in the process of the
// scheduler, as an object, and should return soon after self is done. A nil message
// is no value.
type Function func(self *actor.Context, j *job.Job) (proto.Message, error)

// Options adjust [Run]. A nil *Options means the defaults.
type Options struct {
	// Slots is how many jobs run at a time. If not above zero, as the plan says, and
	// else as many as there are processors.
	Slots int

	// Seed is for what is random. The same plan and seed start in the same order.
	Seed uint64

	// Dir is the folder of the plan: commands run in it, and files are looked for
	// there. If empty, the working directory.
	Dir string

	// Folder is that of the run. It must hold no other run. If empty,
	// .ansar-schedule/<plan>/<run> in Dir.
	Folder string

	// Isolation is where all calls are done, whatever the plan says; executables
	// cannot be called in-process and are left in processes then. If unspecified,
	// as the plan says.
	Isolation schedulepb.Isolation

	// Grace goes before the grace of every job. If zero, as the plan says.
	Grace time.Duration

	// Rerun says which jobs are run again of those in Previous. If zero, all.
	Rerun Rerun

	// Previous is the report of an earlier run of the plan, for Rerun, for
	// estimates, and for expected durations. It may be nil.
	Previous *schedulepb.Report

	// Functions are the jobs that are functions, by the names that the plan uses.
	Functions map[string]Function

	// Events is told of every event after it is in the journal, in order, by one
	// goroutine. It delays nothing: if it is more than 8,192 events behind, or
	// panics, there is a warning for each event that it missed. It should keep
	// nothing of an event unchanged for others: events are shared.
	Events func(*schedulepb.Event)

	// Resolver finds the types of values, for their JSON. If nil, the types that
	// are linked in.
	Resolver Resolver

	// Input reads the input or the settings (field "input" or "settings") of a call
	// of an executable, whose types only its caller knows. It gives an empty message
	// where the call says nothing. If nil, executables take Any messages alone.
	Input func(call *schedulepb.Call, field string) (proto.Message, error)

	// Roles says how a role of a home is run. If nil, plans with roles are refused.
	Roles func(role *schedulepb.Role) (*Part, error)

	// Executable says whether a component of that name can be called. If nil, it is
	// looked for beside this executable and in PATH.
	Executable func(name string) error

	// HostWait has jobs wait for host-wide resources that another run holds. If
	// false, such a job is unrunnable, and says who holds what.
	HostWait bool

	// Keep says which temporary folders stay. If zero, those of attempts that are
	// not fine.
	Keep Keep

	// Control, if not nil, can be used to influence the run while it lasts.
	Control *Control

	// Version of the program, for reports.
	Version string
}

// Part is how a role is run: as a call of an executable.
type Part struct {
	Executable      string
	Settings, Input proto.Message // nil: what the executable finds for itself
	Options         []actor.Option
}

// Resolver finds types of messages.
type Resolver interface {
	protoregistry.MessageTypeResolver
	protoregistry.ExtensionTypeResolver
}

// Keep says which temporary folders of attempts stay after a run.
type Keep int

// What may be kept.
const (
	KeepFailed Keep = iota // those of attempts that are not fine
	KeepAll
	KeepNone
)

// keeps reports whether the temporary folder of an attempt that ended so stays.
func (k Keep) keeps(status schedulepb.Status) bool {
	return k == KeepAll || k == KeepFailed && !status.Fine()
}

func (o *Options) resolver() Resolver {
	if o.Resolver == nil {
		return protoregistry.GlobalTypes
	}
	return o.Resolver
}

// find finds the type of a value by its full name, or gives nil.
func (o *Options) find(name string) protoreflect.MessageType {
	t, err := o.resolver().FindMessageByName(protoreflect.FullName(name))
	if err != nil {
		return nil
	}
	return t
}

// completed is a copy with a folder of the plan that is absolute.
func (o *Options) completed() (*Options, error) {
	c := Options{}
	if o != nil {
		c = *o
	}
	dir, err := absolute(cmp.Or(c.Dir, "."))
	if err != nil {
		return nil, err
	}
	c.Dir = dir
	return &c, nil
}

// environ is the environment that everything starts from, read once for a run.
func environ() []string { return os.Environ() }
