package runner

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/proctest"
)

// Whoever starts the program in another way is told what it is.
func TestByHand(t *testing.T) {
	proctest.Mark(t)
	cmd := exec.Command(os.Args[0])
	cmd.Args = []string{Name, "--help"}
	text, err := cmd.CombinedOutput()
	if want := "ansar-runner: it is started by ansar, with what it is to run, and not by hand\n"; string(text) != want {
		t.Errorf("it says %q, want %q", text, want)
	}
	if status := cmd.ProcessState.ExitCode(); status != exitUsage {
		t.Errorf("status %d, %v", status, err)
	}
}

// A specification that cannot be read is told to the starter.
func TestBadSpec(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "read specification of ansar-runner: EOF"},
		{"half of one", `{"Home": "/h`, "read specification of ansar-runner: unexpected EOF"},
		{"one of another version", `{"Home": "/h", "Version": 99}`, "is of another version than ansar: install both together"},
		{"one that cannot be run", `{"Home": "/h", "Role": "web", "Version": 1}`, "specification is not of one program"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			proctest.Mark(t)
			command, err := background.NewCommand(os.Args[0], nil, "", background.Marker{})
			if err != nil {
				t.Fatal(err)
			}
			defer command.Events.Close()
			cmd := exec.Command(os.Args[0])
			cmd.Args, cmd.Env = []string{Name}, command.Env
			cmd.ExtraFiles, cmd.Stdin = []*os.File{command.Link}, strings.NewReader(tt.text)
			err = cmd.Start()
			command.Started()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = cmd.Wait() }()
			event, err := background.Read(command.Events)
			if err != nil || event.Kind != background.Failed || !strings.HasSuffix(event.Error, tt.want) {
				t.Errorf("event %+v %v, want %q", event, err, tt.want)
			}
		})
	}
}

// A program that is none of ours is never run in place of the runner.
func TestNotFound(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	was := standsIn.Swap(false)
	defer standsIn.Store(was)
	_, err := Start(&Spec{Home: "/h", Role: "web", Program: &Program{Path: "/bin/true"}}, nil)
	want := "start runner: ansar-runner is neither beside this program nor in PATH: install it there"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
