package history

import (
	"context"
	"sync"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// watch waits for the first of some processes to end.
type watch struct {
	gone   chan struct{} // closed when one has
	once   sync.Once
	ctx    context.Context //nolint:containedctx // it is that of the goroutines, which stop waits for
	cancel context.CancelFunc
	wait   sync.WaitGroup
}

func newWatch() *watch {
	w := &watch{gone: make(chan struct{})}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w
}

func (w *watch) tell() { w.once.Do(func() { close(w.gone) }) }

// add watches a process. What has ended already is for the caller to see, who
// looks after this. To be a zombie is not enough: only its main thread has ended
// then, and others may still hold its locks.
func (w *watch) add(p home.Process) {
	other, err := openProcess(p.PID)
	switch now := home.Identify(p.PID); {
	case err != nil && p.Alive():
		w.after(outOfSight)
	case err != nil:
	case now != p || other.ended():
		other.close()
	default:
		w.wait.Go(func() {
			defer other.close()
			if other.wait(w.ctx) {
				w.tell()
			}
		})
	}
}

// after has everything looked at again after a while.
func (w *watch) after(d time.Duration) {
	timer := time.AfterFunc(d, w.tell)
	context.AfterFunc(w.ctx, func() { timer.Stop() })
}

// stop ends the watch and waits for its goroutines.
func (w *watch) stop() {
	w.cancel()
	w.wait.Wait()
}
