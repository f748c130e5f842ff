package actor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// deaf starts one of the tidy, in a process of its own, and heeds nothing.
var deaf = Define("deaf", func(self *Context, _ *lifecycle.None, in *wrapperspb.StringValue) (*lifecycle.Ack, error) {
	tidy.Create(self, in)
	<-freed
	return nil, nil
})

// An object of this process that heeds no stop is left behind, but not what it
// has started: that is stopped in time to clean up, and killed if it does not.
func TestAbandonedLeavesNoProcess(t *testing.T) {
	for _, how := range []string{"", " hangs"} {
		t.Run("child"+how, func(t *testing.T) {
			p := newPlace(t)
			path := filepath.Join(t.TempDir(), "child")
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			go func() {
				defer cancel() // in the end whether the child came or not
				for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
					if text, _ := os.ReadFile(path); len(text) > 0 { // it is not there at first
						return
					}
				}
			}()
			_, err := callObject(p, ctx, deaf, wrapperspb.String(path+how), InProcess(), Grace(2*time.Second))
			if !errors.Is(err, lifecycle.ErrAborted) {
				t.Errorf("got %v, want Aborted", err)
			}
			text, err := os.ReadFile(path)
			if how == "" && string(text) != "clean" {
				t.Errorf("the child has not cleaned up: %q, %v", text, err)
			}
			if pid, err := strconv.Atoi(string(text)); err == nil && syscall.Kill(pid, 0) == nil {
				t.Errorf("the child %d is left", pid)
			}
		})
	}
}
