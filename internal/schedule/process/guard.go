package process

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/osproc"
)

// guardName is what a guard is called in listings of processes. A process of that name ends
// what a program has left that was killed itself, and so could not do it.
const guardName = "ansar-guard"

// guardWindow is how long what a killed program has left may take to end by itself.
const guardWindow = time.Second

// program is the token of all commands of this program.
var program = sync.OnceValue(NewToken)

// Guard has all that bears a [Mark] end soon after this process, also when that is killed
// by SIGKILL. [Start] calls it; it is for who starts processes in another way. It blocks for
// a fork and an exec at the first call, and does nothing at others. This program
// does without a guard that cannot be started.
func Guard() { guarded() }

var guarded = sync.OnceFunc(func() {
	_ = osproc.Sentinel([]string{guardName, program()})
})

// A guard is the same program once more, for there is no other that is sure to be there. It
// begins here, before the main function; packages that do not import this one may have been
// initialised by then.
func init() {
	if len(os.Args) == 2 && os.Args[0] == guardName {
		guard(os.Args[1])
		os.Exit(0)
	}
}

// guard waits for the end of the program, and ends what it has left.
func guard(token string) {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP) // they are for the program
	for {
		n, err := os.Stdin.Read(make([]byte, 1))
		if n == 0 && err != nil {
			break
		}
	}
	f := family(nil, token)
	if !awaitNone(context.Background(), f.Find, guardWindow) {
		killAll(f, new(roll))
	}
}
