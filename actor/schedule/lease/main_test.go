package lease

import (
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/actor"
)

// hang is when a test gives up on an event.
const hang = 60 * time.Second

// TestMain makes this test binary the process of its own objects, too.
func TestMain(m *testing.M) {
	actor.Main()
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil { // for what is started
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/ansar-go/ansar/actor.(*dispatcher).work"),
		goleak.IgnoreTopFunction("github.com/asynkron/protoactor-go/actor.NewThrottle.func1"))
}
