package schedule

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
)

// checked completes the plan with what the options say, and finds what is wrong.
func checked(plan *schedulepb.Plan, o *Options, slots int) (*schedulepb.Plan, []Problem) {
	complete := check.Complete(plan)
	for _, j := range complete.GetJobs() {
		o.adjust(j)
	}
	return complete, check.Plan(complete, o.checks(slots))
}

// checks is what only the scheduler knows about a plan.
func (o *Options) checks(slots int) check.Options {
	return check.Options{
		Slots:      slots,
		Executable: o.findExecutable,
		Command:    o.findCommand,
		File:       o.findFile,
		Object:     func(name string) bool { _, ok := actor.Defined(name); return ok },
		Function:   o.hasFunction,
		Role:       o.findRole,
		Input:      o.tryInput,
	}
}

// adjust puts the options that go before the plan into a job.
func (o *Options) adjust(j *schedulepb.Job) {
	if o.Grace > 0 {
		j.Grace = durationpb.New(o.Grace)
	}
	inProcess := o.Isolation == schedulepb.Isolation_ISOLATION_IN_PROCESS
	if call := j.GetCall(); call != nil && o.Isolation != 0 && !(inProcess && call.GetObject() == "") {
		j.Isolation = o.Isolation.Enum()
	}
}

func (o *Options) hasFunction(name string) bool {
	if o.Functions[name] != nil {
		return true
	}
	_, ok := actor.Defined(name)
	return ok
}

func (o *Options) findRole(role *schedulepb.Role) error {
	if o.Roles == nil {
		return fmt.Errorf("role %s: this program runs no roles", role.GetName())
	}
	_, err := o.Roles(role)
	return err
}

// findExecutable looks where a call looks.
func (o *Options) findExecutable(name string) error {
	if o.Executable != nil {
		return o.Executable(name)
	}
	if !strings.Contains(name, "/") {
		if own, err := os.Executable(); err == nil {
			if _, err := exec.LookPath(filepath.Join(filepath.Dir(own), name)); err == nil {
				return nil
			}
		}
	}
	_, err := exec.LookPath(name)
	return err
}

// findCommand looks where the start of a command looks.
func (o *Options) findCommand(argv0, dir string) error {
	if strings.Contains(argv0, "/") && !filepath.IsAbs(argv0) {
		argv0 = filepath.Join(o.commandDir(dir), argv0)
	}
	_, err := exec.LookPath(argv0)
	return err
}

// findFile looks for a file that a command reads.
func (o *Options) findFile(name, dir string) error {
	if !filepath.IsAbs(name) {
		name = filepath.Join(o.commandDir(dir), name)
	}
	info, err := os.Stat(name)
	if path := new(fs.PathError); errors.As(err, &path) {
		return path.Err
	}
	if err == nil && info.IsDir() {
		return errors.New("it is a folder")
	}
	return err
}

// commandDir is the folder that a command runs in.
func (o *Options) commandDir(dir string) string {
	if filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(o.Dir, dir)
}

// tryInput reads the input or the settings of a call, as the call itself will do.
func (o *Options) tryInput(call *schedulepb.Call, field string) error {
	_, err := o.given(call, field)
	return err
}

// given is the input or the settings of a call: nil if the plan gives none.
func (o *Options) given(call *schedulepb.Call, field string) (proto.Message, error) {
	message, fields := call.GetInputMessage(), call.GetInput()
	if field == "settings" {
		message, fields = call.GetSettingsMessage(), call.GetSettings()
	}
	switch {
	case message != nil:
		return o.unpack(call, field, message)
	case call.GetObject() != "":
		return o.ofObject(call.GetObject(), field, fields)
	case o.Input != nil && (fields != nil || field == "input" && len(call.GetTake()) > 0):
		return o.Input(call, field)
	case fields != nil:
		return nil, fmt.Errorf("the messages of %s are not known to this program: give an Any, or an Options.Input", call.GetExecutable())
	}
	return nil, nil
}
