package actor

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if run, ok := programs[os.Getenv("ANSAR_TEST_PROGRAM")]; ok {
		run()
		return
	}
	Main()
	goleak.VerifyTestMain(m, leftByEngine()...)
}

// programs are what this test binary can be instead of a test.
var programs = map[string]func(){}

// leftByEngine are the goroutines that live as long as the process.
func leftByEngine() []goleak.Option {
	return []goleak.Option{
		goleak.IgnoreAnyFunction("github.com/ansar-go/ansar/actor.(*dispatcher).work"),
		goleak.IgnoreTopFunction("github.com/asynkron/protoactor-go/actor.NewThrottle.func1"),
	}
}
