package actor

import (
	"io"
	"os"
	"strings"

	"google.golang.org/protobuf/proto"
)

// Environment adds variables, each as NAME=value, to the environment of the called
// process, and so of everything that it starts. They take the place of those of the
// same name. An in-process object has no environment of its own: what it starts gets
// them.
func Environment(vars ...string) Option {
	return func(o *order) { o.env = append(o.env[:len(o.env):len(o.env)], vars...) }
}

// OnStarted is called with the process id each time a process is started for the
// call, before anything is known of what it does. It is not called for an in-process
// object, but for a utility. The function must not block.
func OnStarted(f func(pid int)) Option { return func(o *order) { o.onStarted = f } }

// Output gives stdout and stderr what the called process itself prints, byte by byte,
// instead of lines in the log. A nil one leaves that stream in the log. Each is used
// by one goroutine, and not any more when the call has ended. An in-process object
// prints nothing of its own.
func Output(stdout, stderr io.Writer) Option {
	return func(o *order) { o.stdout, o.stderr = stdout, stderr }
}

// Defined finds the object of this program that was defined with that name, by
// which messages of any type can be given to it; those that it does not take are
// refused when it is called.
func Defined(name string) (*Object[proto.Message, proto.Message, proto.Message], bool) {
	found, ok := kinds.Load(name)
	if !ok {
		return nil, false
	}
	k, _ := found.(*kind)
	return &Object[proto.Message, proto.Message, proto.Message]{kind: k}, true
}

// environment is that of this process, changed by lists of variables. The last of a
// name counts: programs do not agree which of two they see.
func environment(lists ...[]string) []string {
	env := withoutMarker(os.Environ())
	if len(lists) == 1 && len(lists[0]) == 0 {
		return env
	}
	at := make(map[string]int, len(env))
	for i, e := range env {
		at[nameOfVariable(e)] = i
	}
	for _, list := range lists {
		for _, e := range list {
			name := nameOfVariable(e)
			if i, ok := at[name]; ok {
				env[i] = e
				continue
			}
			at[name] = len(env)
			env = append(env, e)
		}
	}
	return env
}

func nameOfVariable(e string) string {
	name, _, _ := strings.Cut(e, "=")
	return name
}
