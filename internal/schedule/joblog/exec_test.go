package joblog

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// script runs a shell with the wrapper in its PATH and a log, and gives the folder of
// the log.
func script(t *testing.T, text string) (folder string, l *Log) {
	t.Helper()
	l = open(t, Options{})
	cmd := shell(t, text, Variable+"="+l.Path())
	cmd.Stdout, cmd.Stderr = l.Stdout(), l.Stderr()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.Started(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(l.Path()), l
}

func shell(t *testing.T, text string, env ...string) *exec.Cmd {
	t.Helper()
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "wrapper")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", text)
	cmd.Env = append(environ(nil), append(env, "PATH="+bin+":"+os.Getenv("PATH"))...)
	return cmd
}

// A command ends as if it were run by itself.
func TestExecEndsAsCommand(t *testing.T) {
	tests := []struct{ name, text, want, log string }{
		{"status 0", "wrapper true; echo $?", "0\n", "@ Ended with exit status 0"},
		{"another status", "wrapper sh -c 'exit 75'; echo $?", "75\n", "@ Ended with exit status 75"},
		{"a signal", "wrapper sh -c 'kill -9 $$'; kill -l $?", "KILL\n", "@ Ended with signal: killed"},
		{"a signal of the user's", "wrapper sh -c 'kill -USR1 $$'; kill -l $?", "USR1\n", "@ Ended with signal: user defined signal 1"},
		{"standard input", "echo in | wrapper sh -c 'read x; exit 7'; echo $?", "7\n", "@ Ended with exit status 7"},
		{"what it prints is passed on", "export PASS=1; wrapper sh -c 'printf a; echo b >&2; printf c' 2>/dev/null", "ac", "1 ac"},
		{"and not without a word", "wrapper echo one", "", "1 one"},
		{"whoever reads has gone", "export PASS=1; wrapper yes | head -n 1", "y\n", "@ Ended with signal: broken pipe"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "my.log")
			out, err := shell(t, tt.text, Variable+"="+path).Output()
			if err != nil || string(out) != tt.want {
				t.Errorf("%q and %v, want %q", out, err, tt.want)
			}
			logs, _ := filepath.Glob(path + ".processes/*")
			if len(logs) != 1 || !slices.Contains(shown(t, logs[0]), tt.log) {
				t.Errorf("logs %q without a line %q", logs, tt.log)
			}
			roots, err := Links(filepath.Dir(path))
			if err != nil || len(roots) != 1 || len(roots[0].Children) != 1 {
				t.Errorf("links: %v, %v", outline(roots, ""), err)
			}
		})
	}
}

// A signal to the wrapper is one to the command.
func TestExecForwardsSignals(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.log")
	cmd := shell(t, `exec wrapper sh -c 'trap "exit 5" TERM; echo ready >&2; while :; do sleep 0.01; done'`, Variable+"="+path, "PASS=1")
	diag, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := diag.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	if ended := (*exec.ExitError)(nil); !errors.As(err, &ended) || ended.ExitCode() != 5 {
		t.Errorf("%v, want exit status 5", err)
	}
}

// What a command leaves behind is not waited for.
func TestExecLeavesStrays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.log")
	out, err := shell(t, `wrapper sh -c 'sleep 600 & echo $!'; cat `+path+`.processes/*`, Variable+"="+path).Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if _, pid, ok := strings.Cut(line, "Z 1 "); ok {
			id, _ := strconv.Atoi(strings.TrimSpace(pid))
			if err := syscall.Kill(id, syscall.SIGKILL); err != nil {
				t.Error(err)
			}
			return
		}
	}
	t.Errorf("%q has no process id", out)
}

func TestExecCannot(t *testing.T) {
	dir := t.TempDir()
	parent := filepath.Join(dir, "my.log")
	tests := []struct {
		name    string
		command Command
		want    string
		is      error
	}{
		{"without a log", Command{Argv: []string{"true"}}, "ANSAR_LOG is not set: ", ErrNoLog},
		{"without the folder of the log", Command{Argv: []string{"true"}, Parent: filepath.Join(dir, "no", "log")}, "begin the log of true: open ", os.ErrNotExist},
		{"without a program", Command{Argv: []string{"no-such-program"}, Parent: parent}, `exec: "no-such-program": executable file not found`, exec.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			state, err := Exec(t.Context(), tt.command)
			if state != nil || !errors.Is(err, tt.is) || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%v and %v, want %s", state, err, tt.want)
			}
		})
	}
	if lines := shown(t, parent); len(lines) != 2 || !strings.HasPrefix(lines[1], "* cannot start no-such-program: exec: ") {
		t.Errorf("the parent's log is %q", lines)
	}
	if left, _ := filepath.Glob(parent + ".processes/*"); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
}

// TestPC2ShellChildren has a script start a child that sleeps and two that share the
// squares of 0 to 19.
func TestPC2ShellChildren(t *testing.T) {
	t.Parallel() // it sleeps
	folder, l := script(t, `
wrapper sh -c 'sleep 3; echo slept' &
for worker in 0 1; do
	wrapper sh -c 'x='$worker'; while [ $x -lt 20 ]; do echo "$x $((x * x))"; x=$((x + 2)); done' &
	until [ "$(grep -c Started $ANSAR_LOG)" = $((worker + 2)) ]; do sleep 0.01; done
done
wait
echo done
`)
	roots, err := Links(folder)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"build ", "  sh exit status 0", "  sh exit status 0", "  sh exit status 0"}, outline(roots, "")); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	checkPC(t, folder, l, roots[0])
}

// checkPC checks the logs of both cases: the links in the log of the parent, and the
// squares, each in the log of one child.
func checkPC(t *testing.T, folder string, l *Log, root *Process) {
	t.Helper()
	var started []string
	for _, line := range shown(t, l.Path()) {
		if text, ok := strings.CutPrefix(line, "@ Started "); ok {
			started = append(started, text)
		}
		if strings.Contains(line, " 361") {
			t.Errorf("the parent's log has a child's line %q", line)
		}
	}
	var want, squares []string
	for _, c := range root.Children {
		want = append(want, c.String()+", log at "+c.File)
		for _, line := range shown(t, filepath.Join(folder, c.File)) {
			switch line[0] {
			case '1':
				squares = append(squares, line[2:])
			case '^':
				_, text, _ := strings.Cut(line, " - ")
				squares = append(squares, text)
			}
		}
	}
	if diff := cmp.Diff(want, started); diff != "" {
		t.Errorf("links of the parent (-children +log):\n%s", diff)
	}
	squares = slices.DeleteFunc(squares, func(line string) bool { return line == "slept" })
	slices.Sort(squares)
	want = nil
	for x := range 20 {
		want = append(want, strconv.Itoa(x)+" "+strconv.Itoa(x*x))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, squares); diff != "" {
		t.Errorf("lines of all children (-want +got):\n%s", diff)
	}
}

// TestPC15ThreeLevelsOfShells has a script run one that runs one that runs one.
func TestPC15ThreeLevelsOfShells(t *testing.T) {
	folder, _ := script(t, `
cat >"$(dirname $ANSAR_LOG)/deep.sh" <<'END'
echo "level $1"
if [ $1 -gt 0 ]; then wrapper sh "$0" $(($1 - 1)); fi
END
sh "$(dirname $ANSAR_LOG)/deep.sh" 3
`)
	roots, err := Links(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"build ", "  sh exit status 0", "    sh exit status 0", "      sh exit status 0"}
	if diff := cmp.Diff(want, outline(roots, "")); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	checkLevels(t, folder, roots[0])
}

// checkLevels checks that each log has the line of its level, and no other.
func checkLevels(t *testing.T, folder string, p *Process) {
	t.Helper()
	for level := 3; p != nil; level-- {
		var got []string
		for _, line := range shown(t, filepath.Join(folder, p.File)) {
			if at := strings.Index(line, "level "); at >= 0 {
				got = append(got, line[at:])
			}
		}
		if diff := cmp.Diff([]string{"level " + strconv.Itoa(level)}, got); diff != "" {
			t.Errorf("lines of %s (-want +got):\n%s", p.File, diff)
		}
		if len(p.Children) == 0 {
			if level != 0 {
				t.Errorf("%s is the last at level %d", p.File, level)
			}
			return
		}
		p = p.Children[0]
	}
}
