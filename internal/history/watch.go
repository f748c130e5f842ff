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

// add watches a process. One that cannot be watched counts as gone if it is, and
// is looked for now and then if it is not.
func (w *watch) add(p home.Process) {
	ended, err := openProcess(p.PID)
	switch {
	case !p.Alive():
		if err == nil {
			ended.close()
		}
		w.tell()
	case err != nil:
		w.after(outOfSight)
	default:
		w.wait.Go(func() {
			defer ended.close()
			if ended.wait(w.ctx) {
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
