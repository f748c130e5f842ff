package schedule

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/osproc"
)

// TestMain makes this test binary stand in for each of the programs, by the name
// that it is started under.
func TestMain(m *testing.M) {
	if run, ok := programs[filepath.Base(os.Args[0])]; ok {
		run()
		return
	}
	actor.Main()
	osproc.OwnMain()                                                 // commands die with whoever is one of ours
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil { // for what is started
		panic(err)
	}
	goleak.VerifyTestMain(freeing{m}, leftByEngine()...)
}

// freeing runs the tests and then frees the objects that heed no stop.
type freeing struct{ *testing.M }

func (f freeing) Run() int {
	defer close(freed)
	return f.M.Run()
}

// freed is closed when all tests have ended.
var freed = make(chan struct{})

// programs are what this test binary can be instead of a test.
var programs = map[string]func(){}

// leftByEngine are the goroutines that live as long as the process.
func leftByEngine() []goleak.Option {
	return []goleak.Option{
		goleak.IgnoreAnyFunction("github.com/ansar-go/ansar/actor.(*dispatcher).work"),
		goleak.IgnoreTopFunction("github.com/asynkron/protoactor-go/actor.NewThrottle.func1"),
		goleak.IgnoreAnyFunction("github.com/ansar-go/ansar/internal/osproc.(*ownMain).spawner"),
		goleak.IgnoreAnyFunction("github.com/ansar-go/ansar/internal/osproc.(*ownMain).sweepFor"),
	}
}
