package logs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/logs"
	"github.com/ansar-go/ansar/internal/schedule/joblog"
	"github.com/ansar-go/ansar/lifecycle"
)

func TestMain(m *testing.M) {
	actor.Main()
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil { // for what is started
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/ansar-go/ansar/actor.(*dispatcher).work"),
		goleak.IgnoreTopFunction("github.com/asynkron/protoactor-go/actor.NewThrottle.func1"))
}

var square = actor.Define("square", func(self *actor.Context, _ *lifecycle.None, x *wrapperspb.Int64Value) (*wrapperspb.Int64Value, error) {
	self.Console("the square of %d", x.Value)
	return wrapperspb.Int64(x.Value * x.Value), nil
})

func ExampleOpen() {
	ctx := context.Background()
	folder, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(folder)
	log, err := logs.Open(folder)
	if err != nil {
		panic(err)
	}
	pool := square.Pool(ctx, log.PoolOptions(actor.LevelConsole, actor.Size(1))...)
	for r := range pool.Map(ctx, slices.Values([]*wrapperspb.Int64Value{wrapperspb.Int64(2), wrapperspb.Int64(3)})) {
		fmt.Println(r.Output.Value)
	}
	pool.Close()
	fmt.Println(log.Run(ctx, "echo", "in a log of its own"))
	if err := log.Close(); err != nil {
		panic(err)
	}
	roots, err := joblog.Links(folder)
	for _, process := range roots[0].Children {
		fmt.Println(process.Name, process.How)
	}
	fmt.Println(err)
	// Output:
	// 4
	// 9
	// <nil>
	// square exit status 0
	// echo exit status 0
	// <nil>
}

func TestRunTellsHowItEnded(t *testing.T) {
	log, err := logs.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var ended *exec.ExitError
	if err := log.Run(t.Context(), "sh", "-c", "exit 3"); !errors.As(err, &ended) || ended.ExitCode() != 3 {
		t.Errorf("%v, want exit status 3", err)
	}
	if err := log.Run(t.Context(), "no-such-program"); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("%v, want that it is not found", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := log.Run(ctx, "sleep", "600"); err == nil {
		t.Error("no error of a command that was killed")
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}

// In a job the log of the job is the program's own.
func TestOpenContinues(t *testing.T) {
	begun, err := joblog.Open(t.TempDir(), joblog.Options{Name: "build"})
	if err != nil {
		t.Fatal(err)
	}
	begun.Started(17)
	t.Setenv(joblog.Variable, begun.Path())
	log, err := logs.Open("nowhere")
	if err != nil {
		t.Fatal(err)
	}
	log.Print("one")
	begun.Note("two")
	if err := errors.Join(log.Run(t.Context(), "true"), log.Close(), begun.Close()); err != nil {
		t.Fatal(err)
	}
	roots, err := joblog.Links(filepath.Dir(begun.Path()))
	if err != nil || len(roots) != 1 || roots[0].String() != "build (17)" || len(roots[0].Children) != 1 {
		t.Errorf("links %v, %v", roots, err)
	}
	text, err := os.ReadFile(log.Path())
	if one, two := strings.Index(string(text), "* one\n"), strings.Index(string(text), "* two\n"); err != nil || one < 0 || two < one {
		t.Errorf("%q, %v", text, err)
	}
}
