package link

import (
	"runtime"
	"sync"
)

// largeMemory holds the memory of the last large message that was written or
// consumed, for the next one: fresh memory costs as much as the copy into it,
// for the kernel clears it page by page.
//
// A [sync.Pool] would lose it too early: large messages make the collector run,
// which empties pools. Here it is kept for some collections in which nobody
// asked for it; one comes every two minutes at the latest.
var largeMemory keeper

// keptFor is how many collections memory is kept through without a use.
const keptFor = 8

type keeper struct {
	mu     sync.Mutex // guards the fields below
	memory []byte     // nil: none
	unused int        // collections since the last use
	aging  bool
}

// get gives what is kept, or nothing.
func (k *keeper) get() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	memory := k.memory
	k.memory, k.unused = nil, 0
	return memory[:0]
}

// put keeps the memory if it is the larger.
func (k *keeper) put(memory []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if cap(memory) > cap(k.memory) {
		k.memory = memory[:0]
	}
	k.unused = 0
	if !k.aging {
		k.aging = true
		k.awaitCollection()
	}
}

// room gives memory for n bytes.
func (k *keeper) room(n int) []byte {
	if memory := k.get(); cap(memory) >= n {
		return memory
	}
	return make([]byte, 0, n)
}

// awaitCollection has collected called by the next collection.
func (k *keeper) awaitCollection() {
	runtime.SetFinalizer(new([16]byte), func(*[16]byte) { k.collected() })
}

func (k *keeper) collected() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.unused++; k.unused >= keptFor {
		k.memory, k.aging = nil, false
		return
	}
	k.awaitCollection()
}
