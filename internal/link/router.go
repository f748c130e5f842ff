package link

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// RouterOptions adjust [NewRouter]. A nil *RouterOptions means the defaults.
type RouterOptions struct {
	// Window is how many bytes may be on their way from this process to one
	// object before Send waits. If zero, 1 MiB. All processes of a tree should
	// use the same.
	Window int

	// Queue is how many bytes may wait to be written to one link before Send
	// waits. If zero, 1 MiB.
	Queue int

	// MaxMessage is the limit for one message in bytes. If zero, 1 GiB.
	MaxMessage int

	// Rest is how long credit for consumed messages may be held back while
	// it is too little for a frame of its own. If zero, 50 ms.
	Rest time.Duration

	// Lost is told about a message that came and was thrown away: it is over
	// MaxMessage, or cannot be decoded. It must not block. If nil, nobody is.
	Lost func(error)
}

func (o *RouterOptions) window() int64 {
	if o == nil {
		return 1 << 20
	}
	return int64(cmp.Or(o.Window, 1<<20))
}

func (o *RouterOptions) queue() int64 {
	if o == nil {
		return 1 << 20
	}
	return int64(cmp.Or(o.Queue, 1<<20))
}

func (o *RouterOptions) maxMessage() int {
	if o == nil {
		return 1 << 30
	}
	return cmp.Or(o.MaxMessage, 1<<30)
}

func (o *RouterOptions) rest() time.Duration {
	if o == nil {
		return 50 * time.Millisecond
	}
	return cmp.Or(o.Rest, 50*time.Millisecond)
}

func (o *RouterOptions) lost(err error) {
	if o != nil && o.Lost != nil {
		o.Lost(err)
	}
}

// Router is a process's place in the tree: it knows the links to the parent
// and to the children, and passes on what is for others. Its methods may be
// called from any goroutine.
type Router struct {
	local   Local
	opts    *RouterOptions
	self    atomic.Pointer[string]
	streams atomic.Uint64 // number of the last stream of chunks

	sent     sent
	received received
	inbox    inbox
	watches  watches

	mu       sync.RWMutex // guards the fields below
	closed   bool
	parent   *Link
	children map[string]*Link
	running  map[*Link]struct{} // every link whose goroutines have not ended
}

// NewRouter returns the Router of the process with the address self. A child
// that does not know its address yet gives "": the Router takes it from the
// Begin that comes from the parent, before [Handler.Begin] is called.
func NewRouter(self string, local Local, opts *RouterOptions) *Router {
	r := &Router{
		local: local, opts: opts,
		children: make(map[string]*Link), running: make(map[*Link]struct{}),
	}
	r.self.Store(&self)
	r.sent.init(r)
	r.received.init(r)
	r.inbox.init()
	r.watches.init()
	return r
}

// Self returns the address of this process, empty if it is not known yet.
func (r *Router) Self() string { return *r.self.Load() }

// adopt takes the address that the parent gives, if there is none yet.
func (r *Router) adopt(address string) {
	if old := r.self.Load(); *old == "" && address != "" {
		r.self.CompareAndSwap(old, &address)
	}
}

// AddChild begins a Link with the child of that address, which must be below
// this process's own and never used before. The Link owns the stream, whose
// Close must interrupt Read and Write. The caller must send a Hello next.
func (r *Router) AddChild(address string, stream io.ReadWriteCloser, h Handler) *Link {
	l := newLink(r, address, false, stream, h)
	r.mu.Lock()
	if r.children[address] != nil {
		r.mu.Unlock()
		panic(fmt.Sprintf("link: child %s is added twice", address))
	}
	r.children[address] = l
	r.begin(l)
	return l
}

// AddParent begins the Link with the parent, of which there is one. Otherwise
// it is as [Router.AddChild].
func (r *Router) AddParent(stream io.ReadWriteCloser, h Handler) *Link {
	l := newLink(r, "", true, stream, h)
	r.mu.Lock()
	if r.parent != nil {
		r.mu.Unlock()
		panic("link: a second parent is added")
	}
	r.parent = l
	r.begin(l)
	return l
}

// begin is called with the lock held and returns without it.
func (r *Router) begin(l *Link) {
	closed := r.closed
	r.running[l] = struct{}{}
	r.mu.Unlock()
	l.start()
	if closed {
		l.Close()
	}
}

// Close closes every link and waits until they have ended. It must not be
// called from a method of a [Local] or a [Handler].
func (r *Router) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.received.stop()
	links := r.links()
	for _, l := range links {
		l.Close()
	}
	for _, l := range links {
		<-l.Done()
	}
}

// ended is the last thing that a link does.
func (r *Router) ended(l *Link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, l)
}

func (r *Router) links() []*Link {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Collect(maps.Keys(r.running))
}

// route returns the link towards a process: down along the longest prefix
// that is known, otherwise up. It is nil if the process cannot be reached.
func (r *Router) route(to string) *Link {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for prefix := to; prefix != ""; {
		if l := r.children[prefix]; l != nil {
			return l
		}
		prefix = prefix[:max(0, strings.LastIndexByte(prefix, '.'))]
	}
	if to == "" || (area{root: r.Self()}).contains(to) {
		return nil // a child that is gone
	}
	return r.parent
}

// fits returns an error if a message is over the limit for one.
func (r *Router) fits(typ string, size int) error {
	if limit := r.opts.maxMessage(); size > limit {
		return fmt.Errorf("%w: %s of %d bytes is over the limit of %d", ErrTooLarge, typ, size, limit)
	}
	return nil
}
