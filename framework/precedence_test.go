package framework

import (
	"fmt"
	"io"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings/settingstest"
	"github.com/ansar-go/ansar/lifecycle"
)

var limited = actor.Define("limited",
	func(*actor.Context, *settingstest.Limits, *lifecycle.None) (*lifecycle.Ack, error) {
		return &lifecycle.Ack{}, nil
	}).
	DefaultSettings(&settingstest.Limits{MaxSize: 1, Force: proto.Float64(1)})

// kept is a keeper in memory.
type kept map[home.Area][]byte

func (k kept) load(area home.Area) (string, []byte, error) {
	data, ok := k[area]
	if !ok {
		return "", nil, fs.ErrNotExist
	}
	return "memory", data, nil
}

func (k kept) save(area home.Area, data []byte) error {
	k[area] = data
	return nil
}

func (k kept) hint(home.Area) string { return "" }

// Whatever is given for a field, and whatever for its neighbour, the flag wins
// over the environment, that over the file, that over the default; zero wins
// like any other value. Storing leaves out the environment, and what is stored
// is what the next start finds.
func TestPrecedence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type source struct{ file, variable, flag *int32 }
		maybe := rapid.Ptr(rapid.Int32Range(0, 9), true)
		draw := func(name string) source {
			return source{maybe.Draw(t, name+" in the file"), maybe.Draw(t, name+" in the environment"), maybe.Draw(t, name+" as a flag")}
		}
		size, force := draw("size"), draw("force")
		last := func(values ...*int32) int32 {
			got := int32(1) // the default
			for _, v := range values {
				if v != nil {
					got = *v
				}
			}
			return got
		}
		members, sep := "", ""
		var args, variables []string
		lookup := map[string]string{}
		for name, s := range map[string]source{"max_size": size, "force": force} {
			if s.file != nil {
				members += fmt.Sprintf(`%s"%s": %d`, sep, name, *s.file)
				sep = ", "
			}
			if s.variable != nil {
				variable := map[string]string{"max_size": "LIMITED_MAX_SIZE", "force": "LIMITED_FORCE"}[name]
				lookup[variable] = fmt.Sprint(*s.variable)
				variables = append(variables, variable+"="+lookup[variable])
			}
			if s.flag != nil {
				args = append(args, fmt.Sprintf("--%s=%d", name, *s.flag))
			}
		}
		store := kept{home.Settings: []byte(`{"value": {` + members + `}}`)}
		start := func(args, variables []string, environment bool) (*program, [2]int32) {
			p := &program{def: limited, name: "limited", keeper: store, env: &env{
				args: append([]string{"limited"}, args...), stderr: io.Discard,
				lookup:  func(name string) (string, bool) { v, ok := lookup[name]; return v, ok },
				environ: func() []string { return variables },
			}}
			if err := p.read(); err != nil {
				t.Fatal(err)
			}
			m, err := p.settings(environment)
			if err != nil {
				t.Fatal(err)
			}
			limits := m.(*settingstest.Limits)
			return p, [2]int32{limits.GetMaxSize(), int32(limits.GetForce())}
		}

		_, got := start(args, variables, true)
		want := [2]int32{last(size.file, size.variable, size.flag), last(force.file, force.variable, force.flag)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("size and force in effect (-want +got):\n%s", diff)
		}
		p, _ := start(append(args, "--store-settings"), variables, false)
		if err := p.store(); err != nil {
			t.Fatal(err)
		}
		_, got = start(nil, nil, true)
		want = [2]int32{last(size.file, size.flag), last(force.file, force.flag)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("size and force at the next start (-want +got):\n%s", diff)
		}
	})
}
