package home

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

const (
	// partVariable makes this test binary play a part instead of testing.
	partVariable = "ANSAR_HOME_TEST_PART"

	hang = 60 * time.Second // what takes longer hangs
)

// parts are what a child process can be: each gets the arguments after its name.
var parts = map[string]func(args []string) error{}

func TestMain(m *testing.M) {
	if part := parts[os.Getenv(partVariable)]; part != nil {
		if err := part(os.Args[1:]); err != nil {
			os.Stdout.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); err != syscall.ECHILD {
			fmt.Fprintf(os.Stderr, "a child process is left: %d, %v\n", pid, err)
			code = 1
		}
		os.Exit(code)
	}))
}

// command prepares a child process that plays a part. It is gone when the test
// ends, whatever happens.
func command(t *testing.T, part string, args ...string) *exec.Cmd {
	t.Helper()
	if parts[part] == nil {
		t.Fatalf("no part %q", part)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), partVariable+"="+part, "GORACE=atexit_sleep_ms=0")
	cmd.WaitDelay = hang
	return cmd
}

// asNobody makes the command run as a user who owns nothing. The test binary
// is copied to where that user can reach it.
func asNobody(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can run a command as another user")
	}
	binary, err := os.ReadFile(cmd.Path)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "ansar-home-test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	cmd.Path = filepath.Join(dir, "home.test")
	if err := errors.Join(os.WriteFile(cmd.Path, binary, 0o755), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
}

// peer is a child process that answers one line to each line that it is told.
type peer struct {
	t       *testing.T
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Reader
}

func startPeer(t *testing.T, part string, args ...string) *peer {
	t.Helper()
	p := &peer{t: t, cmd: command(t, part, args...)}
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.in, p.answers = in, bufio.NewReader(out)
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.end)
	return p
}

func (p *peer) tell(line string) {
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		p.t.Errorf("tell %q: %v", line, err)
	}
}

func (p *peer) hear() string {
	line, err := p.answers.ReadString('\n')
	if err != nil {
		p.t.Errorf("hear: %v", err)
	}
	return strings.TrimSuffix(line, "\n")
}

func (p *peer) ask(line string) string {
	p.tell(line)
	return p.hear()
}

// end closes the child's input, which ends it, and waits for it.
func (p *peer) end() {
	if p.cmd.ProcessState == nil {
		_ = p.in.Close()
		_ = p.cmd.Wait()
	}
}

// kill ends the child by SIGKILL and waits for it.
func (p *peer) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// converse answers lines from standard input until it ends.
func converse(answer func(line string) string) error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if _, err := os.Stdout.WriteString(answer(lines.Text()) + "\n"); err != nil {
			return err
		}
	}
	return lines.Err()
}

// newTestHome creates a home with roles, each of the executable that its name
// begins with: snooze for snooze-0.
func newTestHome(t testing.TB, redirects map[Area]string, roles ...string) *Home {
	t.Helper()
	h, err := Create(filepath.Join(t.TempDir(), "home"), redirects)
	if err != nil {
		t.Fatal(err)
	}
	addRoles(t, h, roles...)
	return h
}

func addRoles(t testing.TB, h *Home, names ...string) {
	t.Helper()
	if err := h.Add(newRoles(names...)...); err != nil {
		t.Fatal(err)
	}
}

func newRoles(names ...string) []NewRole {
	var roles []NewRole
	for _, name := range names {
		executable, _, _ := strings.Cut(name, "-")
		roles = append(roles, NewRole{Role: Role{Name: name, Executable: executable}})
	}
	return roles
}

func roleNames(t testing.TB, h *Home) []string {
	t.Helper()
	roles, err := h.Roles()
	if err != nil {
		t.Fatal(err)
	}
	return namesOf(roles)
}

func namesOf(roles []Role) []string {
	names := []string{}
	for _, role := range roles {
		names = append(names, role.Name)
	}
	return names
}

// write makes a file, and the folders above it.
func write(t testing.TB, path, text string) string {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}

// tree lists all that is below a folder, with the content of files and the
// targets of links.
func tree(t testing.TB, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			found[name] = "folder"
		case d.Type() == os.ModeSymlink:
			found[name], err = os.Readlink(path)
			found[name] = "-> " + found[name]
		default:
			var text []byte
			text, err = os.ReadFile(path)
			found[name] = string(text)
		}
		return err
	})
	if err != nil && !absent(err) {
		t.Fatal(err)
	}
	return found
}

// wantError compares an error with its kind and its whole text, where % stands
// for the path of the folder.
func wantError(t testing.TB, err, kind error, text, folder string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("error %v does not match %v", err, kind)
		return
	}
	if got := strings.ReplaceAll(err.Error(), folder, "%"); got != text || strings.Contains(got, "\n") {
		t.Errorf("error:\n got %s\nwant %s", got, text)
	}
}
