package actor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

func cause(c lifecycle.Faulted_Cause) error { return &lifecycle.Faulted{Cause: c} }

// Each way in which a program ends badly is a fault of its own, which names
// the program, comes in bounded time, and leaves nothing behind.
func TestFaultsOfPrograms(t *testing.T) {
	dir := t.TempDir()
	noInterpreter := writeFile(t, dir, "no-interpreter", "#!/no/such/interpreter\n", 0o755)
	notExecutable := writeFile(t, dir, "plain-text", "hello\n", 0o644)
	noFormat := writeFile(t, dir, "no-format", "\x00\x01\x02 no program\n", 0o755)
	tests := []struct {
		name    string
		program string
		is      error
		text    string // regular expression of all of it
	}{
		{"exits 0 without a word", "exits-0", cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK),
			`^exits-0: not a framework executable \(it ended with 0 before it said Hello; a main function begins with .*\)$`},
		{"exits 3 without a word", "exits-3", cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK),
			`^exits-3: not a framework executable \(it ended with 3 before .*\); its last line was: going down$`},
		{"is killed before it says Hello", "killed-early", lifecycle.ErrAborted,
			`^killed-early: process ended by signal: killed$`},
		{"never says Hello", "sleeps", cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK),
			`^sleeps: not a framework executable \(it said nothing for 400ms\)$`},
		{"never says Hello and ignores SIGTERM", "deaf", cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK),
			`^deaf: not a framework executable \(it said nothing for 400ms\)$`},
		{"closes everything and loops", "closes", cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK),
			`^closes: not a framework executable \(it closed its link without a word, and did not exit\)$`},
		{"writes garbage", "garbage", cause(lifecycle.Faulted_CAUSE_PROTOCOL), `^garbage: what it sent is not of the protocol \(.*\)$`},
		{"writes a length without end", "no-length", cause(lifecycle.Faulted_CAUSE_PROTOCOL), `^no-length: what it sent is not of the protocol \(.*\)$`},
		{"writes a frame over the limit", "huge-frame", cause(lifecycle.Faulted_CAUSE_PROTOCOL), `^huge-frame: what it sent .* limit of \d+\)$`},
		{"says something else than Hello first", "no-hello", cause(lifecycle.Faulted_CAUSE_PROTOCOL), `^no-hello: what it sent .* before Hello\)$`},
		{"says what a parent says", "wrong-side", cause(lifecycle.Faulted_CAUSE_PROTOCOL), `^wrong-side: what it sent .* wrong side\)$`},
		{"stops in the middle of a frame", "half-frame", lifecycle.ErrAborted, `^half-frame: process exited without a result: status 0$`},
		{"speaks another version", "version-2", cause(lifecycle.Faulted_CAUSE_VERSION), `^version-2: another version of the framework \(.*1\.0.*2\.0\)$`},
		{"says Hello and exits 0", "greets", lifecycle.ErrAborted, `^greets: process exited without a result: status 0$`},
		{"says Hello, closes everything and loops", "hangs-up", lifecycle.ErrAborted,
			`^hangs-up: process ended by signal: terminated \(it closed its link and did not exit\)$`},
		{"returns a type that nobody knows", "other-value", cause(lifecycle.Faulted_CAUSE_UNKNOWN_TYPE),
			`^cannot read the value no\.such\.Type \(expected google\.protobuf\.StringValue\)$`},
		{"returns a value that cannot be read", "bad-value", cause(lifecycle.Faulted_CAUSE_UNKNOWN_TYPE),
			`^cannot read the value google\.protobuf\.StringValue \(.*\)$`},
		{"is nowhere", "absent", cause(lifecycle.Faulted_CAUSE_NOT_FOUND), `^absent: cannot start \(find absent: no such file in .*PATH\)$`},
		{"is not at its path", "./absent", cause(lifecycle.Faulted_CAUSE_NOT_FOUND), `^\./absent: cannot start \(find \./absent: no such file\)$`},
		{"is not executable", notExecutable, cause(lifecycle.Faulted_CAUSE_NOT_EXECUTABLE),
			`plain-text: cannot start \(find .*: not an executable file: it has no execute permission \(chmod \+x it\)\)$`},
		{"is a directory", dir, cause(lifecycle.Faulted_CAUSE_NOT_EXECUTABLE), `: cannot start \(.*: not an executable file: it is a directory\)$`},
		{"is a script without an interpreter", noInterpreter, cause(lifecycle.Faulted_CAUSE_NOT_EXECUTABLE),
			`no-interpreter: cannot start \(.*: not an executable file: its interpreter .*/no/such/interpreter is missing\)$`},
		{"is no program", noFormat, cause(lifecycle.Faulted_CAUSE_NOT_EXECUTABLE), `no-format: cannot start \(.*: not an executable file: .*\)$`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			if tt.program == "sleeps" || tt.program == "deaf" {
				p.limits.hello = 400 * time.Millisecond
			}
			_, err := settled1(t, func() (*wrapperspb.StringValue, error) {
				return callIn[*wrapperspb.StringValue](p, context.Background(), tt.program, wrapperspb.String("x"))
			})
			checkFault(t, err, tt.is, tt.text)
			p.nothingLeft()
		})
	}
}

// Objects that end badly: the process around them knows the protocol.
func TestFaultsOfObjects(t *testing.T) {
	signal := func(sig syscall.Signal) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			var aborted *lifecycle.Aborted
			if !errors.As(err, &aborted) || syscall.Signal(aborted.GetSignal()) != sig {
				t.Errorf("%v: does not carry the signal %v", err, sig)
			}
		}
	}
	status := func(status int32) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			var aborted *lifecycle.Aborted
			if !errors.As(err, &aborted) || aborted.ExitStatus == nil || aborted.GetExitStatus() != status {
				t.Errorf("%v: does not carry the status %d", err, status)
			}
		}
	}
	stack := func(t *testing.T, err error) {
		var fault *lifecycle.Faulted
		if !errors.As(err, &fault) || !strings.Contains(fault.GetStack(), "badprograms_test.go") {
			t.Errorf("%v: does not carry the stack", err)
		}
	}
	tests := []struct {
		name  string
		how   string
		is    error
		text  string
		check func(*testing.T, error)
	}{
		{"exits 0 silently", "exits 0", lifecycle.ErrAborted, `^misbehave: process exited without a result: status 0$`, status(0)},
		{"exits 3", "exits 3", lifecycle.ErrAborted, `^misbehave: process exited without a result: status 3; its last line was: going down$`, status(3)},
		{"panics", "panics", cause(lifecycle.Faulted_CAUSE_PANIC), `^panic: out of luck$`, stack},
		{"panics in another goroutine", "panics elsewhere", lifecycle.ErrAborted,
			`^misbehave: process exited without a result: status 2; its last lines were:\n(?s:.*)panic: out of luck over there\n(?s:.*)goroutine \d+`, status(2)},
		{"panics far down in another goroutine", "panics deeply", lifecycle.ErrAborted,
			`^misbehave: process exited without a result: status 2; its last lines were:\n(?s:.*)panic: out of luck, far down\n`, status(2)},
		{"is killed by SIGKILL", "is killed", lifecycle.ErrAborted, `^misbehave: process ended by signal: killed$`, signal(syscall.SIGKILL)},
		{"ends its goroutine", "ends its goroutine", lifecycle.ErrFaulted, `^the goroutine of the object ended \(it called runtime.Goexit: return an error instead\)$`, nil},
		{"closes everything and loops", "closes everything", lifecycle.ErrAborted, `^misbehave: process ended by signal: killed \(it closed its link and did not exit\)$`, signal(syscall.SIGKILL)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			_, err := settled1(t, func() (*wrapperspb.StringValue, error) {
				return callObject(p, context.Background(), misbehave, wrapperspb.String(tt.how))
			})
			checkFault(t, err, tt.is, tt.text)
			if tt.check != nil {
				tt.check(t, err)
			}
			p.nothingLeft()
		})
	}
}

// An object that does not heed a stop is ended all the same, when its grace is
// over.
func TestStubbornObjects(t *testing.T) {
	for _, how := range []string{"is busy", "is blocked"} {
		t.Run(how, func(t *testing.T) {
			p := newPlace(t)
			begun := time.Now()
			_, err := settled1(t, func() (*wrapperspb.StringValue, error) {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				return callObject(p, ctx, misbehave, wrapperspb.String(how), OnReady(cancel), Grace(300*time.Millisecond))
			})
			checkFault(t, err, lifecycle.ErrAborted, `^call aborted: context canceled$`)
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			p.nothingLeft()
		})
	}
}

// What a process leaves behind ends with it, and holds nobody up.
func TestStrays(t *testing.T) {
	for _, how := range []string{"leaves a daemon", "leaves a child"} {
		t.Run(how, func(t *testing.T) {
			p := newPlace(t)
			got, err := settled1(t, func() (*wrapperspb.StringValue, error) {
				return callObject(p, context.Background(), misbehave, wrapperspb.String(how))
			})
			if err != nil || got.GetValue() != how {
				t.Fatalf("%v, %v", got, err)
			}
			p.nothingLeft()
		})
	}
}

// Whatever a process prints reaches the log, and never blocks it.
func TestPrintsMuch(t *testing.T) {
	p := newPlace(t)
	bytes := map[string]int{}
	p.log.to(LevelConsole, func(r *LogRecord) { bytes[r.GetTag()] += len(r.GetText()) + 1 })
	if _, err := callObject(p, context.Background(), misbehave, wrapperspb.String("prints 50 MB")); err != nil {
		t.Fatal(err)
	}
	for _, tag := range []byte{tagStdout, tagStderr} {
		if got, want := bytes[string(tag)], muchLines*muchLength; got != want {
			t.Errorf("tag %c: %d bytes reached the log, want %d", tag, got, want)
		}
	}
}

// An input that does not fit is refused by name.
func TestRefusedInput(t *testing.T) {
	tests := []struct {
		name  string
		input proto.Message
		text  string
	}{
		{"of another type", durationpb.New(1), `^misbehave refuses its input \(it takes google\.protobuf\.StringValue, not google\.protobuf\.Duration\)$`},
		{"of a type that it does not know", unknownMessage(t), `^.* refuses its input \(it takes google\.protobuf\.StringValue, and does not know the type no\.such\.Message\)$`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			o := &order{name: misbehave.Name(), kind: misbehave.kind, input: tt.input}
			_, err := settled1(t, func() (*wrapperspb.StringValue, error) {
				return orderIn[*wrapperspb.StringValue](p, context.Background(), o, nil)
			})
			checkFault(t, err, cause(lifecycle.Faulted_CAUSE_REFUSED), tt.text)
		})
	}
}

// settled1 runs call and fails the test if it does not return.
func settled1[O any](t *testing.T, call func() (O, error)) (O, error) {
	t.Helper()
	type result struct {
		value O
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := call()
		done <- result{value, err}
	}()
	r := within(t, "the call", done)
	return r.value, r.err
}

func checkFault(t *testing.T, err, is error, text string) {
	t.Helper()
	if !errors.Is(err, is) {
		t.Errorf("the fault is %T (%v), want %T (%v)", err, err, is, is)
	}
	if err != nil && !regexp.MustCompile(text).MatchString(err.Error()) {
		t.Errorf("text\n got %s\nwant %s", err, text)
	}
}

func writeFile(t *testing.T, dir, name, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	return path
}
