package link

import (
	"sync"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// watches holds who watches whom across processes. An entry is answered or
// taken back once, by whoever removes it.
type watches struct {
	mu     sync.Mutex         // guards the fields below
	ours   map[watch]struct{} // of remote objects, by ours
	theirs map[watch]struct{} // of our objects, by remote ones
}

type watch struct{ target, watcher PID }

func (w *watches) init() {
	w.ours, w.theirs = make(map[watch]struct{}), make(map[watch]struct{})
}

// remove reports whether the entry was there.
func (w *watches) remove(set map[watch]struct{}, x watch) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := set[x]
	delete(set, x)
	return ok
}

func (w *watches) add(set map[watch]struct{}, x watch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	set[x] = struct{}{}
}

// lose removes and returns the entries in which a lost process has part.
func (w *watches) lose(lost area) (ours, theirs []watch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for x := range w.ours {
		if lost.contains(x.target.Address) {
			ours = append(ours, x)
			delete(w.ours, x)
		}
	}
	for x := range w.theirs {
		if lost.contains(x.watcher.Address) {
			theirs = append(theirs, x)
			delete(w.theirs, x)
		}
	}
	return ours, theirs
}

// Watch asks for one [Local.Terminated] when target, an object of another
// process, is gone for watcher, an object of this one. If its process cannot
// be reached, the answer comes before Watch returns. To watch again before the
// answer came changes nothing. Watch does not block.
func (r *Router) Watch(target, watcher PID) {
	if target.Address == r.Self() {
		r.local.Watch(target, watcher)
		return
	}
	x := watch{target, watcher}
	r.watches.add(r.watches.ours, x)
	// The entry is there before the route is looked up, and a route is removed
	// before the entries of a lost process are: so one of both answers.
	if l := r.route(target.Address); l != nil {
		_ = r.post(l, &linkpb.Frame{Kind: &linkpb.Frame_Watch{Watch: &linkpb.Watch{
			To: target.Address, Origin: r.Self(), Id: target.ID, WatcherId: watcher.ID,
		}}})
		return
	}
	if r.watches.remove(r.watches.ours, x) {
		r.local.Terminated(watcher, target, ReasonProcessGone)
	}
}

// Unwatch takes a Watch back. A [Local.Terminated] that another goroutine has
// begun to deliver may still come. It does not block.
func (r *Router) Unwatch(target, watcher PID) {
	if target.Address == r.Self() {
		r.local.Unwatch(target, watcher)
		return
	}
	if !r.watches.remove(r.watches.ours, watch{target, watcher}) {
		return
	}
	if l := r.route(target.Address); l != nil {
		_ = r.post(l, &linkpb.Frame{Kind: &linkpb.Frame_Unwatch{Unwatch: &linkpb.Unwatch{
			To: target.Address, Origin: r.Self(), Id: target.ID, WatcherId: watcher.ID,
		}}})
	}
}

// Terminated answers a [Local.Watch]: who, an object of this process, is gone.
// It takes its place behind everything that was sent before. If the watch was
// taken back or answered, nothing happens. It does not block.
func (r *Router) Terminated(watcher, who PID, reason Reason) {
	if watcher.Address == r.Self() {
		r.local.Terminated(watcher, who, reason)
		return
	}
	if !r.watches.remove(r.watches.theirs, watch{who, watcher}) {
		return
	}
	if l := r.route(watcher.Address); l != nil {
		_ = r.post(l, &linkpb.Frame{Kind: &linkpb.Frame_Terminated{Terminated: &linkpb.Terminated{
			To: watcher.Address, Origin: r.Self(), WatcherId: watcher.ID, Id: who.ID,
			Reason: linkpb.Terminated_Reason(reason),
		}}})
	}
}

// post queues a small frame without waiting.
func (r *Router) post(l *Link, f *linkpb.Frame) error {
	frame, err := encode(f)
	if err != nil {
		return err
	}
	return l.pushNow(frame)
}

// arrived handles a routed frame for this process.
func (rd *reader) arrived(kind protowire.Number, origin string, body []byte) error {
	r := rd.link.router
	self := r.Self()
	switch kind {
	case kindData:
		return rd.data(body)
	case kindCredit:
		m := new(linkpb.Credit)
		if err := decode(body, m); err != nil {
			return err
		}
		r.sent.give(PID{origin, m.Id}, int64(min(m.Bytes, 1<<62)))
	case kindWatch:
		m := new(linkpb.Watch)
		if err := decode(body, m); err != nil {
			return err
		}
		x := watch{PID{self, m.Id}, PID{origin, m.WatcherId}}
		r.watches.add(r.watches.theirs, x)
		r.local.Watch(x.target, x.watcher)
	case kindUnwatch:
		m := new(linkpb.Unwatch)
		if err := decode(body, m); err != nil {
			return err
		}
		x := watch{PID{self, m.Id}, PID{origin, m.WatcherId}}
		if r.watches.remove(r.watches.theirs, x) {
			r.local.Unwatch(x.target, x.watcher)
		}
	case kindTerminated:
		m := new(linkpb.Terminated)
		if err := decode(body, m); err != nil {
			return err
		}
		x := watch{PID{origin, m.Id}, PID{self, m.WatcherId}}
		if r.watches.remove(r.watches.ours, x) {
			r.local.Terminated(x.watcher, x.target, Reason(m.Reason))
		}
	case kindGone:
		m := new(linkpb.Gone)
		if err := decode(body, m); err != nil {
			return err
		}
		if lost := (area{m.Lost, m.Outside}); !lost.contains(self) {
			r.lose(lost)
		}
	}
	return nil
}
