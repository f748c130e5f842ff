package background

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// partVariable names the part that this test binary plays as a program.
const partVariable = "ANSAR_BACKGROUND_PART"

// parts are programs that are started in the background.
var parts = map[string]func(){
	"good": func() {
		t := Claim()
		t.Started(12)
		t.Ready()
		t.Failed("nobody hears this", 0)
	},
	"fails":    func() { Claim().Failed("role \"r\" is\nrunning", 7) },
	"silent":   func() { Claim().Started(1) },
	"no words": func() { Claim().Failed("", -1) },
	"long":     func() { Claim().Failed(strings.Repeat("\x01ü", 1<<20), 0) },
	"two claims": func() {
		t := Claim()
		if Claim() == nil && os.Getenv(Variable) == "" {
			t.Ready()
		}
	},
	"foreign": func() {
		pipe := os.NewFile(descriptor, "pipe")
		_, _ = io.WriteString(pipe, "rubbish\n{}\n[1]\n{\"event\":\"later\"}\n{\"event\":\"started\"}\n{\"event\":\"failed\"}\n")
		_, _ = io.WriteString(pipe, strings.Repeat("x", 3*lineLimit)+"\n{\"event\":\"ready\"}\nunfinished")
	},
	"nothing": func() {},
	"hands on": func() { // a child of it must not be taken for it
		Claim()
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), partVariable+"=good")
		if child.Run() != nil {
			os.Exit(1)
		}
	},
	"starts": func() { // with a file that it has inherited
		if !slices.Contains(Inherited(), descriptor) {
			os.Exit(1)
		}
		c, err := NewCommand(os.Args[0], os.Args[:1], "/", Marker{})
		if err != nil || len(Inherited()) != 0 {
			os.Exit(2)
		}
		c.Started()
		_ = c.Events.Close()
	},
	"inherits": func() { // the variable alone
		_ = os.NewFile(descriptor, "pipe").Close()
		if Claim() != nil || os.Getenv(Variable) != "" {
			os.Exit(1)
		}
	},
}

func TestMain(m *testing.M) {
	if play := parts[os.Getenv(partVariable)]; play != nil {
		play()
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func TestStarter(t *testing.T) {
	tests := []struct {
		part string
		want []Event // before the end of the pipe
	}{
		{"good", []Event{{Kind: Started, Run: 12}, {Kind: Ready}}},
		{"fails", []Event{{Kind: Failed, Error: `role "r" is running`, Locked: 7}}},
		{"silent", []Event{{Kind: Started, Run: 1}}},
		{"no words", []Event{{Kind: Failed, Error: "it did not say why"}}},
		{"long", []Event{{Kind: Failed, Error: strings.ToValidUTF8(strings.Repeat("\x01ü", 1<<12)[:errorLimit], "") + "..."}}},
		{"two claims", []Event{{Kind: Ready}}},
		{"foreign", []Event{{Kind: Ready}}},
		{"nothing", nil},
		{"hands on", nil},
		{"inherits", nil},
	}
	for _, tt := range tests {
		t.Run(tt.part, func(t *testing.T) {
			c, p := start(t, tt.part)
			var got []Event
			var err error
			for err == nil {
				var e Event
				if e, err = Read(c.Events); err == nil {
					if e.Kind == Started && e.PID != p.Pid {
						t.Errorf("process %d says that it is %d", p.Pid, e.PID)
					}
					e.PID = 0
					got = append(got, e)
				}
			}
			if err != io.EOF {
				t.Error(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if state, err := p.Wait(); err != nil || !state.Success() {
				t.Errorf("%v, %v", state, err)
			}
		})
	}
}

// Who starts something in the background may hold a lock for a script, or the
// end of a pipe: what it starts must not.
func TestBackgroundInheritsNothing(t *testing.T) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), partVariable+"=starts")
	child.ExtraFiles = []*os.File{file} // descriptor 3
	if err := child.Run(); err != nil {
		t.Error(err)
	}
}

// start starts this binary in a part, as a starter does.
func start(t *testing.T, part string) (*Command, *os.Process) {
	t.Helper()
	t.Setenv(Variable, "of an earlier start")
	t.Setenv(partVariable, part)
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	c, err := NewCommand(os.Args[0], os.Args[:1], t.TempDir(), Marker{By: "ansar start", Restart: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Events.Close() })
	p, err := os.StartProcess(c.Path, c.Args, &os.ProcAttr{Dir: c.Dir, Env: c.Env, Files: []*os.File{nil, nil, os.Stderr, c.Link}})
	c.Started()
	if err != nil {
		t.Fatal(err)
	}
	return c, p
}

// Who waits no longer gets the error of the pipe, and may look at what is there.
func TestReadEndsWithADeadline(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	_, _ = io.WriteString(w, "{\"event\":\"ready\"}\nhalf of a line")
	if e, err := Read(r); err != nil || e.Kind != Ready {
		t.Fatalf("%v, %v", e, err)
	}
	if err := r.SetReadDeadline(time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if e, err := Read(r); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v, %v, want a deadline exceeded", e, err)
	}
}

// A starter that is gone is of no consequence, and nobody at all neither.
func TestNobodyListens(t *testing.T) {
	var none *Teller
	none.Started(1)
	none.Ready()
	none.Failed("no", 0)
	none.Close()

	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	teller := &Teller{file: w}
	teller.Started(1)
	teller.Ready()
	if teller.file != nil {
		t.Error("the pipe without a reader is still open")
	}
}
