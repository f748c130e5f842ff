package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
)

// crowd is many commands at once on one home.
type crowd struct {
	*house
	commands [][]string

	mu   sync.Mutex // guards the field below
	done map[string][]outcome
}

// outcome is what came of one command.
type outcome struct {
	status         int
	stdout, stderr string
}

// refusals are what a command may say that came too early or too late.
var refusals = regexp.MustCompile(`^(|` + strings.Join([]string{
	`ansar: cannot perform "start", "x-\d" currently running as - \d+\n`,
	`ansar: cannot perform "stop", "x-\d" not currently running - x-\d\n`,
	`ansar: cannot perform "delete", "d-1" currently running as - \d+\n`,
	`ansar: cannot perform "(delete|start)", no matches for "d-\d"\n`,
	`ansar: cannot perform "add" command, collision\(s\) in new names - n-0, n-1, n-2\n`,
	`ansar: cannot perform "deploy", .* currently running as - \d+\n`,
}, "|") + `)$`)

// warnings are of a deployment that met with roles that were gone.
var warnings = regexp.MustCompile(`ansar: Cannot deploy "[^"]*/d-\d[^"]*" \(target not found\)\n`)

// Forty commands work on one home at once. Each has an outcome that it could have
// had if they had come one after the other, no file is damaged, and no role is
// played twice.
func TestFortyCommandsAtOnce(t *testing.T) {
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	for round := range rounds {
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
			c := &crowd{house: newHouse(t, "noop", "snooze", "zombie"), done: map[string][]outcome{}}
			c.prepare()
			watched := c.watchDoubles()
			c.perform()
			watched()
			c.checkToggles("x-0", "x-1", "x-2")
			c.checkChanges()
			c.checkFiles()
		})
	}
}

// prepare makes the home, and chooses the commands.
func (c *crowd) prepare() {
	c.ansar("add", "zombie", "x-{number}", "--count=3")
	c.ansar("add", "zombie", "d-{number}", "--count=2")
	c.ansar("add", "snooze", "s-{number}", "--count=2")
	c.ansar("snapshot", "snap")
	for name, text := range map[string]string{
		"snap/settings-by-role/s-1.json": `{"value": {"seconds": 77}}`,
		"build/extra":                    "#!/bin/sh\nexit 0\n" + strings.Repeat("# of some length\n", 10_000),
	} {
		path := filepath.Join(c.dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o700)); err != nil {
			c.Fatal(err)
		}
	}
	for range 3 {
		for _, role := range []string{"x-0", "x-1", "x-2"} {
			c.commands = append(c.commands, []string{"start", role}, []string{"stop", role})
		}
		c.commands = append(c.commands, []string{"add", "zombie", "n-{number}", "--count=3"}, []string{"delete", "d-0"},
			[]string{"status", "--all", "--json"}, []string{"list"})
	}
	for i := range 5 {
		c.commands = append(c.commands, []string{"update", "s-0", fmt.Sprint("--seconds=", 100+i)})
	}
	c.commands = append(c.commands,
		[]string{"start", "d-1"}, []string{"delete", "d-1"}, []string{"--force", "delete", "d-1"},
		[]string{"deploy", "build", "snap"}, []string{"--force", "deploy", "build", "snap"})
	rand.Shuffle(len(c.commands), func(i, j int) { c.commands[i], c.commands[j] = c.commands[j], c.commands[i] })
	if len(c.commands) != 40 {
		c.Fatalf("%d commands, want 40", len(c.commands))
	}
}

func (c *crowd) perform() {
	var wait sync.WaitGroup
	for _, args := range c.commands {
		wait.Go(func() {
			var stdout, stderr bytes.Buffer
			cmd := c.command(args...)
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
				c.Error(err)
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			name := strings.Join(args, " ")
			said := warnings.ReplaceAllString(stderr.String(), "")
			c.done[name] = append(c.done[name], outcome{cmd.ProcessState.ExitCode(), stdout.String(), said})
		})
	}
	wait.Wait()
	for _, name := range slices.Sorted(maps.Keys(c.done)) {
		for _, o := range c.done[name] {
			if !refusals.MatchString(o.stderr) || (o.status != 0) != (o.stderr != "") || o.status > 1 {
				c.Errorf("ansar %s: status %d\n%s", name, o.status, o.stderr)
			}
		}
	}
}

// good counts the commands that did what they were to do.
func (c *crowd) good(name string) (good, bad int) {
	for _, o := range c.done[name] {
		if o.status == 0 {
			good++
		} else {
			bad++
		}
	}
	return good, bad
}

// checkToggles checks starts and stops of roles that were idle at first: those
// that worked took turns, so that their numbers tell whether it runs now.
func (c *crowd) checkToggles(roles ...string) {
	c.Helper()
	for _, role := range roles {
		starts, refused := c.good("start " + role)
		stops, _ := c.good("stop " + role)
		running := 0
		if !c.free(role) {
			running = 1
		}
		if starts-stops != running {
			c.Errorf("%s was started %d times and stopped %d times, and %d run", role, starts, stops, running)
		}
		if starts == 0 {
			c.Errorf("%s was never started, %d were refused", role, refused)
		}
		runs := c.runs(role)
		if len(runs) != starts {
			c.Errorf("%s has %d runs, and was started %d times", role, len(runs), starts)
		}
		for i, r := range runs {
			last := i == len(runs)-1 && running == 1
			if r.Open() != last || !last && (r.End.How != history.Returned || len(r.Stops) != 1 || r.Stops[0].By != "ansar stop") {
				c.Errorf("run %d of %s: %+v, %+v", r.Number, role, r, r.End)
			}
		}
	}
}

// checkChanges checks what was added, removed and replaced.
func (c *crowd) checkChanges() {
	c.Helper()
	listed := c.ansar("list")
	for _, name := range []string{"add zombie n-{number} --count=3", "delete d-0"} {
		if good, _ := c.good(name); good != 1 {
			c.Errorf("%d times ansar %s worked, want once", good, name)
		}
	}
	deleted, _ := c.good("delete d-1")
	forced, _ := c.good("--force delete d-1")
	if deleted+forced != 1 {
		c.Errorf("d-1 was deleted %d times", deleted+forced)
	}
	if want := "n-0\nn-1\nn-2\ns-0\ns-1\nx-0\nx-1\nx-2\n"; listed != want {
		c.Errorf("roles:\n%swant:\n%s", listed, want)
	}
	if good, _ := c.good("--force deploy build snap"); good != 1 {
		c.Errorf("ansar deploy: %+v", c.done["--force deploy build snap"])
	}
	if got := c.ansar("settings", "s-1"); !strings.Contains(got, "77") {
		c.Errorf("settings of s-1 after the deployment: %s", got)
	}
	if got := c.ansar("settings", "s-0"); !regexp.MustCompile(`"seconds": (10[0-4]|2)\.0`).MatchString(got) {
		c.Errorf("settings of s-0 after the updates: %s", got)
	}
	for _, o := range c.done["status --all --json"] {
		for line := range strings.Lines(o.stdout) {
			if !json.Valid([]byte(line)) {
				c.Errorf("status: %s", line)
			}
		}
	}
}

// checkFiles checks that nothing is damaged, and nothing is left over.
func (c *crowd) checkFiles() {
	c.Helper()
	source, err := os.ReadFile(filepath.Join(c.dir, "build/extra"))
	if err != nil {
		c.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(c.home.Dir(home.Bin), "extra")); err != nil || !bytes.Equal(got, source) {
		c.Errorf("extra was not deployed as it is: %v", err)
	}
	roles, err := c.home.Roles()
	if err != nil {
		c.Fatal(err)
	}
	names := map[string]bool{}
	for _, role := range roles {
		names[role.Name] = true
		file := history.Of(c.home, role.Name)
		if _, err := file.Runs(); err != nil || file.Damaged() != 0 {
			c.Errorf("history of %s: %d lines are damaged, %v", role.Name, file.Damaged(), err)
		}
	}
	for _, area := range []home.Area{home.Settings, home.Input, home.Model, home.Tmp, home.Logs, home.Locks, home.History} {
		entries, err := os.ReadDir(c.home.Dir(area))
		if err != nil {
			c.Fatal(err)
		}
		for _, e := range entries {
			role, _, _ := strings.Cut(e.Name(), ".")
			if !names[role] {
				c.Errorf("%s/%s is of no role", area, e.Name())
			}
		}
	}
}

// watchDoubles looks all the time for two processes that play one role. The
// function that it returns ends that, and looks once more.
func (c *crowd) watchDoubles() (stop func()) {
	root := []byte("--home-path=" + c.home.Root() + "\x00")
	look := func() {
		seen := map[string]string{}
		files, _ := filepath.Glob("/proc/[0-9]*/cmdline") // the pattern is good
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil || !bytes.HasPrefix(text, []byte("zombie\x00")) || !bytes.Contains(text, root) {
				continue
			}
			role := string(text)
			if other := seen[role]; other != "" {
				c.Errorf("%s and %s play one role: %q", other, file, role)
			}
			seen[role] = file
		}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for ticks := time.Tick(5 * time.Millisecond); ; <-ticks {
			select {
			case <-end:
				return
			default:
				look()
			}
		}
	}()
	return func() {
		close(end)
		<-ended
		look()
	}
}
