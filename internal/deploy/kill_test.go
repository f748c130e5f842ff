package deploy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/home"
)

// victim makes this test binary deploy, to be killed while it does.
const victim = "ANSAR_DEPLOY_TEST_VICTIM"

// onDisk is a group whose roles run if there is a file for them.
type onDisk struct{ folder string }

func (g *onDisk) Reserve(context.Context, []string) (func(), error) { return func() {}, nil }

func (g *onDisk) Running(roles []string) (members []Member, err error) {
	for _, role := range roles {
		if _, err := os.Stat(filepath.Join(g.folder, role)); err == nil {
			members = append(members, Member{Role: role, PID: 1})
		}
	}
	return members, nil
}

func (g *onDisk) Stop(_ context.Context, roles []string) ([]Member, error) {
	members, _ := g.Running(roles)
	for _, m := range members {
		if err := os.Remove(filepath.Join(g.folder, m.Role)); err != nil {
			return members, err
		}
	}
	return members, nil
}

func (g *onDisk) Start(_ context.Context, members []Member) map[string]error {
	failed := map[string]error{}
	for _, m := range members {
		if err := os.WriteFile(filepath.Join(g.folder, m.Role), nil, 0o600); err != nil {
			failed[m.Role] = err
		}
	}
	return failed
}

// killed is a deployment of top/dist and top/testing to top/home.
func killed(top string) (*Deployment, error) {
	h, err := home.Open(filepath.Join(top, "home"))
	if err != nil {
		return nil, err
	}
	d, err := NewDeploy(Input{
		Home: h, Roles: []Role{{"client-0", "client"}, {"server-0", "server"}, {"zombie-0", "zombie"}},
		Build: filepath.Join(top, "dist"), Snapshot: filepath.Join(top, "testing"), Checker: &checker{home: h},
	})
	return &Deployment{Drawer: d, Group: &onDisk{filepath.Join(top, "running")}, Force: true}, err
}

// beVictim is the process.
func beVictim(top string) {
	d, err := killed(top)
	fmt.Println("begin")
	if err == nil {
		_, err = d.Run(context.Background())
	}
	fmt.Println("end", err)
	os.Exit(0)
}

// A deployment that is killed leaves each file as the old or the new one; the
// next one does the rest, leaves nothing of the first, and has all roles run.
func TestKilledDeployments(t *testing.T) {
	top := t.TempDir()
	h, err := home.Create(filepath.Join(top, "home"), nil)
	must(t, err)
	for _, role := range []string{"client", "server", "zombie"} {
		must(t, h.Add(home.NewRole{Role: home.Role{Name: role + "-0", Executable: role}}))
		write(t, top, map[string]string{"running/" + role + "-0": ""})
	}
	const rounds = 50
	early, during := 0, 0
	longest := 40 * time.Millisecond // of a deployment that was not killed
	for round := range rounds {
		material(t, top, round)
		before, after := fill(round-1), fill(round)
		cut := kill(t, top, time.Duration(rand.Int64N(int64(longest))), &longest)
		switch now := read(t, h.Root()); {
		case !cut:
		case now["bin/client"] == before:
			early++
		default:
			during++
		}
		for name, text := range read(t, h.Root()) {
			area, _, _ := strings.Cut(name, "/")
			if (area == "bin" || area == "model" || area == "settings") && !strings.Contains(name, ownPrefix) &&
				text != "" && text != before && text != after && !strings.HasPrefix(text, "-> ") {
				t.Fatalf("round %d: %s is neither old nor new: %d bytes", round, name, len(text))
			}
		}
		d, err := killed(top)
		must(t, err)
		if _, err := d.Run(t.Context()); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		complete(t, top, h, round)
	}
	t.Logf("%d killed before the first file, %d after it, of %d; the longest took %v", early, during, rounds, longest)
}

// fill is the content of all files in a round.
func fill(round int) string { return strings.Repeat(fmt.Sprintf("%07d\n", round), 1<<(10+round%5)) }

// material makes what is deployed in a round: files, a link, and a folder that is
// a file in every other round.
func material(t *testing.T, top string, round int) {
	t.Helper()
	must(t, os.RemoveAll(filepath.Join(top, "dist")))
	must(t, os.RemoveAll(filepath.Join(top, "testing")))
	text := fill(round)
	files := map[string]string{
		"dist/client": text, "dist/server": text, "dist/lib/a": text, "testing/settings-by-role/server-0.json": text,
		"testing/model-by-role/server-0/words": text, "testing/model-by-role/server-0/link": fmt.Sprintf("-> %d", round),
		fmt.Sprintf("testing/model-by-role/server-0/only-%d/deep/words", round): text,
	}
	if round%2 == 0 {
		files["testing/model-by-role/server-0/turn"] = text
	} else {
		files["testing/model-by-role/server-0/turn/words"] = text
	}
	write(t, top, files)
	then := long.Add(time.Duration(round) * time.Second)
	for name, text := range files {
		if !strings.HasPrefix(text, "-> ") {
			must(t, os.Chtimes(filepath.Join(top, name), then, then))
		}
	}
}

// kill starts a deployment and kills it after a while, and reports whether it
// was still at work.
func kill(t *testing.T, top string, after time.Duration, longest *time.Duration) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], top)
	cmd.Env = append(os.Environ(), victim+"=1", "GORACE=atexit_sleep_ms=0")
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewReader(stdout)
	if line, err := lines.ReadString('\n'); line != "begin\n" {
		t.Fatalf("the deployment says %q (%v)", line, err)
	}
	began := time.Now()
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	line, _ := lines.ReadString('\n')
	took := time.Since(began)
	timer.Stop()
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // killed, or at its end
	switch line {
	case "":
		return true
	case "end <nil>\n":
		*longest = max(*longest, took)
		return false
	}
	t.Fatalf("the deployment says %q", line)
	return false
}

// complete checks that the home is as the material of a round, and that nothing
// is left over.
func complete(t *testing.T, top string, h *home.Home, round int) {
	t.Helper()
	if diff := cmp.Diff(read(t, filepath.Join(top, "dist")), read(t, h.Dir(home.Bin))); diff != "" {
		t.Fatalf("round %d: bin (-want +got):\n%s", round, diff)
	}
	if diff := cmp.Diff(read(t, filepath.Join(top, "testing/model-by-role")), read(t, h.Dir(home.Model))); diff != "" {
		t.Fatalf("round %d: model (-want +got):\n%s", round, diff)
	}
	if text, err := h.Load(home.Settings, "server-0"); err != nil || string(text) != fill(round) {
		t.Fatalf("round %d: settings of %d bytes (%v)", round, len(text), err)
	}
	for _, role := range []string{"client-0", "server-0", "zombie-0"} {
		if _, err := os.Stat(filepath.Join(top, "running", role)); errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("round %d: %s does not run", round, role)
		}
	}
	if left := read(t, h.Dir(home.Tmp)); len(left) > 0 {
		t.Fatalf("round %d: left in tmp: %v", round, left)
	}
}
