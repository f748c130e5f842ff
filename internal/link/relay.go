package link

import (
	"maps"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// area is a part of the tree: a process and all below it, or all but these.
type area struct {
	root    string
	outside bool
}

func (a area) contains(address string) bool {
	below := len(address) > len(a.root) && address[len(a.root)] == '.' && a.root != ""
	inside := strings.HasPrefix(address, a.root) && (below || address == a.root)
	return inside != a.outside
}

// area returns what is reached over a link.
func (l *Link) area() area {
	if l.parent {
		return area{l.router.Self(), true}
	}
	return area{l.address, false}
}

// relay passes on a frame that came over a link for another process. It does
// not wait: end-to-end credit bounds what can come. A frame never goes back to
// where it came from, so none goes round in a circle.
func (r *Router) relay(from *Link, kind protowire.Number, to, origin string, whole, body []byte) {
	out := r.route(to)
	if out == from {
		out = nil
	}
	if kind == kindGone {
		m := new(linkpb.Gone)
		if decode(body, m) == nil {
			r.forget(area{m.Lost, m.Outside})
		}
		if out != nil {
			_ = out.pushNow(whole) // who cannot be told any more is gone too
		}
		return
	}
	// Both are remembered before the frame goes on: so whichever link ends
	// next, the process on the other side of it learns that.
	if out == nil || !out.meet(origin) {
		lost := area{root: to}
		if self := (area{r.Self(), true}); self.contains(to) && !from.parent {
			lost = self // above: the way up has ended
		}
		r.tell(origin, lost)
		return
	}
	from.meet(to)
	_ = out.pushNow(whole) // the end of out tells the origin
}

// meet remembers a process that must be told when the link ends. It returns
// false if the link has ended.
func (l *Link) meet(address string) bool {
	l.known.Lock()
	defer l.known.Unlock()
	if l.known.ended {
		return false
	}
	l.known.peers[address] = struct{}{}
	return true
}

// tell sends a Gone to another process.
func (r *Router) tell(to string, lost area) {
	l := r.route(to)
	if l == nil {
		return
	}
	frame, err := encode(&linkpb.Frame{Kind: &linkpb.Frame_Gone{Gone: &linkpb.Gone{
		To: to, Origin: r.Self(), Lost: lost.root, Outside: lost.outside,
	}}})
	if err == nil {
		_ = l.pushNow(frame) // who cannot be told any more is gone too
	}
}

// forget removes lost processes from what the links remember.
func (r *Router) forget(lost area) {
	for _, l := range r.links() {
		l.known.Lock()
		maps.DeleteFunc(l.known.peers, func(p string, _ struct{}) bool { return lost.contains(p) })
		l.known.Unlock()
	}
}

// unlink takes a link that ended out of the routes, and tells everyone who
// reached others over it. Its reader calls it, after the last frame.
func (r *Router) unlink(l *Link) {
	r.mu.Lock()
	if l.parent {
		r.parent = nil
	} else {
		delete(r.children, l.address)
	}
	r.mu.Unlock()

	l.known.Lock()
	l.known.ended = true
	peers := l.known.peers
	l.known.peers = nil
	l.known.Unlock()

	lost := l.area()
	r.lose(lost)
	for p := range peers {
		r.tell(p, lost)
	}
}

// lose ends everything between this process and the lost ones. Doing so again
// changes nothing.
func (r *Router) lose(lost area) {
	r.forget(lost)
	r.sent.lose(lost)
	r.received.lose(lost)
	r.inbox.lose(lost)
	ours, theirs := r.watches.lose(lost)
	for _, w := range theirs {
		r.local.Unwatch(w.target, w.watcher)
	}
	for _, w := range ours {
		r.local.Terminated(w.watcher, w.target, ReasonProcessGone)
	}
}
