package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/home"
)

// actors is a group whose roles run or not. A role starts unless its executable
// reads "bad".
type actors struct {
	home    *home.Home
	running map[string]bool
	program map[string]string // by role
	log     *[]string

	stubborn string             // a role that does not stop
	onStop   func()             // called after a stop; may be nil
	reserved func(roles string) // may be nil
}

func (a *actors) say(format string, args ...any) {
	*a.log = append(*a.log, fmt.Sprintf(format, args...))
}

func (a *actors) Reserve(ctx context.Context, roles []string) (func(), error) {
	if a.reserved != nil {
		a.reserved(strings.Join(roles, " "))
	}
	return func() {}, ctx.Err()
}

func (a *actors) Running(roles []string) ([]Member, error) {
	var members []Member
	for _, role := range roles {
		if a.running[role] {
			members = append(members, Member{Role: role, PID: 1000 + len(role)})
		}
	}
	return members, nil
}

func (a *actors) Stop(ctx context.Context, roles []string) ([]Member, error) {
	members, _ := a.Running(roles)
	for _, m := range members {
		if m.Role == a.stubborn {
			return nil, fmt.Errorf("stop %q: it cannot be killed", m.Role)
		}
		a.running[m.Role] = false
		a.say("stop %s", m.Role)
	}
	if a.onStop != nil {
		a.onStop()
	}
	return members, ctx.Err()
}

func (a *actors) Start(ctx context.Context, members []Member) map[string]error {
	failed := map[string]error{}
	for _, m := range members {
		text, err := os.ReadFile(filepath.Join(a.home.Dir(home.Bin), a.program[m.Role]))
		switch {
		case ctx.Err() != nil:
			failed[m.Role] = ctx.Err()
		case err != nil:
			failed[m.Role] = err
		case string(text) == "bad":
			failed[m.Role] = errors.New("it ended before it was ready")
		default:
			a.running[m.Role] = true
			a.say("start %s", m.Role)
		}
	}
	return failed
}

// scene is a home whose roles client-0, server-0 and server-1 run.
type scene struct {
	home  *home.Home
	roles []Role
	top   string
	log   []string
	*actors
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{}
	s.home, s.roles = newHome(t, "client-0 client", "server-0 server", "server-1 server")
	s.top = filepath.Dir(s.home.Root())
	write(t, s.home.Root(), map[string]string{"bin/client": "first", "bin/server": "first", "model/server-0/words": "first"})
	s.actors = &actors{home: s.home, running: map[string]bool{}, program: map[string]string{}, log: &s.log}
	for _, r := range s.roles {
		s.running[r.Name], s.program[r.Name] = true, r.Executable
	}
	return s
}

// deployment is one of top/dist and top/testing, as far as they are there.
func (s *scene) deployment(t *testing.T) *Deployment {
	t.Helper()
	var build, snapshot string
	if isFolder(filepath.Join(s.top, "dist")) {
		build = filepath.Join(s.top, "dist")
	}
	if isFolder(filepath.Join(s.top, "testing")) {
		snapshot = filepath.Join(s.top, "testing")
	}
	return &Deployment{Drawer: drawerOf(t, s.home, s.roles, build, snapshot), Group: s.actors, Log: s.say, Warn: func(w string) { s.say("%s", w) }}
}

func (s *scene) up() (roles []string) {
	for role, up := range s.running {
		if up {
			roles = append(roles, role)
		}
	}
	slices.Sort(roles)
	return roles
}

var allUp = []string{"client-0", "server-0", "server-1"}

// The log says each step in order: no role is touched that nothing changes for.
func TestStepsOfADeployment(t *testing.T) {
	s := newScene(t)
	write(t, s.top, map[string]string{"testing/model-by-role/server-0/words": "second"})
	d := s.deployment(t)
	d.Force = true
	if _, err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`Detected 1 model changes for "server-0"`,
		"Detect status of associated roles (server-0)",
		"Stop roles (server-0)",
		"Wait for termination",
		"stop server-0",
		"Starting transfer of materials",
		"File transfer (1 deltas) to " + s.home.Root() + "/model/server-0",
		"Move 1 aliases to targets",
		"Clear 0 aliases",
		`Completed transfer to "` + s.home.Root() + `/model/server-0"`,
		"Restoring 1 stopped roles",
		"start server-0",
	}
	if diff := cmp.Diff(want, s.log); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	s.log = nil
	if _, err := s.deployment(t).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Nothing to deploy"}, s.log); diff != "" {
		t.Errorf("log of the second (-want +got):\n%s", diff)
	}
}

// Whatever goes wrong, the error says it in one line, every role runs that ran,
// and the home is as it was.
func TestDeploymentsThatFail(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string // below top
		with  func(*scene, *Deployment, context.CancelFunc)
		want  string
		up    []string          // nil: all
		bin   map[string]string // nil: as before
	}{
		{
			name: "running roles stand in the way", files: map[string]string{"dist/server": "second"},
			with: func(_ *scene, d *Deployment, _ context.CancelFunc) { d.Force = false },
			want: `"server-0, server-1" currently running as - 1008, 1008 (--force stops them, and starts them again)`,
		},
		{
			name: "a role that does not stop", files: map[string]string{"dist/server": "second"},
			with: func(s *scene, _ *Deployment, _ context.CancelFunc) { s.stubborn = "server-0" },
			want: `stop "server-0": it cannot be killed`,
		},
		{
			name: "an interrupt after the stop", files: map[string]string{"dist/server": "second"},
			with: func(s *scene, _ *Deployment, cancel context.CancelFunc) { s.onStop = cancel },
			want: "context canceled; running again - server-0, server-1",
		},
		{
			name: "an executable that cannot be read", files: map[string]string{"dist/server": "second", "dist/client": "second", "testing/model-by-role/server-0/words": "new"},
			with: func(s *scene, _ *Deployment, _ context.CancelFunc) {
				s.onStop = func() { _ = os.Remove(filepath.Join(s.top, "dist/server")) }
			},
			want: `read "TOP/dist/server": no such file or directory; running again - client-0, server-0, server-1`,
		},
		{
			name: "a file of the home where a folder must be", files: map[string]string{"testing/model-by-role/server-0/words": "new", "testing/model-by-role/server-1/words": "new"},
			with: func(s *scene, _ *Deployment, _ context.CancelFunc) {
				s.onStop = func() { _ = os.WriteFile(filepath.Join(s.home.Root(), "model/server-1"), nil, 0o600) }
			},
			want: `create "TOP/home/model/server-1": file exists; running again - server-0, server-1`,
		},
		{
			name: "an update that does not start is taken back, with all that share it", files: map[string]string{"dist/server": "bad", "dist/client": "second", "testing/model-by-role/server-0/words": "new"},
			want: "not ready after the update, which is taken back for server-0, server-1 - server-0 (it ended before it was ready), server-1 (it ended before it was ready)",
			bin:  map[string]string{"client": "second", "server": "first"},
		},
		{
			name: "unless it is not to be", files: map[string]string{"dist/server": "bad"},
			with: func(_ *scene, d *Deployment, _ context.CancelFunc) { d.KeepFailed = true },
			want: "not running again - server-0 (it ended before it was ready), server-1 (it ended before it was ready)",
			up:   []string{"client-0"}, bin: map[string]string{"client": "first", "server": "bad"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t)
			write(t, s.top, tt.files)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			d := s.deployment(t)
			d.Force = true
			if tt.with != nil {
				tt.with(s, d, cancel)
			}
			got := "no error"
			if _, err := d.Run(ctx); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(replaceTop(tt.want, s.top), got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if tt.up == nil {
				tt.up = allUp
			}
			if diff := cmp.Diff(tt.up, s.up()); diff != "" {
				t.Errorf("running (-want +got):\n%s", diff)
			}
			if tt.bin == nil {
				tt.bin = map[string]string{"client": "first", "server": "first"}
			}
			if diff := cmp.Diff(tt.bin, read(t, s.home.Dir(home.Bin))); diff != "" {
				t.Errorf("bin (-want +got):\n%s", diff)
			}
			if words := read(t, s.home.Dir(home.Model))["server-0/words"]; words != "first" {
				t.Errorf("the model is %q", words)
			}
			if left := read(t, s.home.Dir(home.Tmp)); len(left) > 0 {
				t.Errorf("left in tmp: %v", left)
			}
		})
	}
}

// What a program declares is put back with it, and what is kept of one without
// roles is forgotten.
func TestSchemaGoesWithTheProgram(t *testing.T) {
	s := newScene(t)
	must(t, s.home.Store(home.Schema, "server", []byte("old")))
	must(t, s.home.Store(home.Schema, "noop", []byte("old")))
	write(t, s.top, map[string]string{"dist/server": "bad", "dist/noop": "second"})
	d := s.deployment(t)
	d.Force = true
	var reverted *RevertedError
	if _, err := d.Run(t.Context()); !errors.As(err, &reverted) {
		t.Fatalf("error %v", err)
	}
	if diff := cmp.Diff(map[string]string{"server.binpb": "old"}, read(t, s.home.Dir(home.Schema))); diff != "" {
		t.Errorf("after the revert (-want +got):\n%s", diff)
	}
	write(t, s.top, map[string]string{"dist/server": "second"})
	if _, err := d.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"server.binpb": "schema of server"}, read(t, s.home.Dir(home.Schema))); diff != "" {
		t.Errorf("after the update (-want +got):\n%s", diff)
	}
}

// What changes while the roles are waited for is deployed too, and the roles
// that it touches are reserved.
func TestPlanIsMadeAnewOnceRolesAreReserved(t *testing.T) {
	s := newScene(t)
	write(t, s.top, map[string]string{"testing/model-by-role/server-0/words": "second"})
	var reserved []string
	s.reserved = func(roles string) {
		reserved = append(reserved, roles)
		write(t, s.top, map[string]string{"testing/model-by-role/server-1/words": "second"})
	}
	d := s.deployment(t)
	d.Force = true
	plan, err := d.Run(t.Context())
	must(t, err)
	if diff := cmp.Diff([]string{"server-0", "server-0 server-1"}, reserved); diff != "" {
		t.Errorf("reserved (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"server-0", "server-1"}, plan.Touched()); diff != "" {
		t.Errorf("touched (-want +got):\n%s", diff)
	}
}

// The roles that a deployment had stopped when it was killed are started by the
// next one, even if there is nothing else to do; not those that are gone or run.
func TestNextDeploymentStartsWhatAKilledOneHasStopped(t *testing.T) {
	s := newScene(t)
	write(t, s.top, map[string]string{"dist/server": "first"})
	must(t, writeJournal(s.home, []Member{{Role: "server-0", Args: []string{"--x"}}, {Role: "server-1"}, {Role: "gone-0"}}))
	s.running["server-0"] = false
	if _, err := s.deployment(t).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"Detect status of associated roles (server-0, server-1)", "Restoring 1 stopped roles", "start server-0"}
	if diff := cmp.Diff(want, s.log); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if left := read(t, s.home.Dir(home.Tmp)); len(left) > 0 {
		t.Errorf("left in tmp: %v", left)
	}
}
