package group

import (
	"errors"
	"os"
	"slices"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/runner"
)

// spawned is a process that was started for a role: the component, its keeper,
// or the runner of a plain program.
type spawned struct {
	process *osproc.Process
	events  *os.File // tells what comes of the role; closed by who reads it
}

// spawn starts the process of a role in the background and returns when it runs.
func spawn(h *home.Home, role home.Role, args []string, by string) (*spawned, error) {
	set, err := property.Of(role)
	if err != nil {
		return nil, err
	}
	if set.Plain() || set.Restart().Policy != property.Never {
		spec, err := runnerSpec(h, set, args, by)
		if err != nil {
			return nil, err
		}
		started, err := runner.Start(spec, nil)
		if err != nil {
			return nil, err
		}
		return &spawned{started.Process, started.Events()}, nil
	}
	path, err := h.Lookup(role.Executable)
	if err != nil {
		return nil, err
	}
	command, err := background.NewCommand(path, componentArgs(h, role, args), h.Root(), background.Marker{By: by})
	if err != nil {
		return nil, err
	}
	process, err := osproc.Start(&osproc.Spec{
		Path: command.Path, Args: command.Args, Dir: command.Dir, Env: command.Env, Link: command.Link, NewSession: true, TailBytes: -1,
	})
	command.Started()
	if err != nil {
		return nil, errors.Join(err, command.Events.Close())
	}
	return &spawned{process, command.Events}, nil
}

func componentArgs(h *home.Home, role home.Role, args []string) []string {
	return slices.Concat([]string{role.Executable, "--home-path=" + h.Root(), "--role-name=" + role.Name}, args)
}

// runnerSpec is what the runner of a plain program, or the keeper of a
// component, is told.
func runnerSpec(h *home.Home, set *property.Set, args []string, by string) (*runner.Spec, error) {
	spec := &runner.Spec{Home: h.Root(), Role: set.Role(), By: by, Restart: restartOf(set), Storage: set.Storage()}
	if !set.Plain() {
		path, err := h.Lookup(set.Executable())
		spec.Component = &runner.Component{Path: path, Args: args}
		return spec, err
	}
	command := set.Command()
	extra, err := property.Environment(h, set)
	spec.Program = &runner.Program{
		Path: command.Program, Args: command.Args, Env: append(os.Environ(), extra...), Dir: command.Dir,
		StopSignal: command.StopSignal, StopGroup: command.StopGroup, Grace: command.Grace, Readiness: readinessOf(set),
	}
	return spec, err
}

func restartOf(set *property.Set) runner.Restart {
	r := set.Restart()
	return runner.Restart{
		Policy: runner.Policy(r.Policy), Intensity: r.Intensity, Period: r.Period, Healthy: r.Healthy, Delays: &r.Backoff,
	}
}

func readinessOf(set *property.Set) runner.Readiness {
	r := set.Readiness()
	ready := runner.Readiness{
		Notify: string(r.Notify), Exec: r.Exec, TCP: r.TCP, HTTP: r.HTTP, Every: r.Every, Timeout: r.Timeout,
	}
	if r.Log != nil {
		ready.Log = r.Log.String()
	}
	return ready
}
