package link

import (
	"runtime"
	"testing"
	"time"
)

func TestKeeper(t *testing.T) {
	var k keeper
	k.put(make([]byte, 10, 1000))
	k.put(make([]byte, 10, 100))
	if got := k.room(500); cap(got) != 1000 || len(got) != 0 {
		t.Errorf("room for 500 has length %d and capacity %d, want the larger memory, empty", len(got), cap(got))
	}
	if got := k.room(500); cap(got) != 500 {
		t.Errorf("memory with a capacity of %d was given out twice", cap(got))
	}
}

// What nobody asks for is given back to the system after some collections.
func TestKeeperForgets(t *testing.T) {
	var k keeper
	k.put(make([]byte, 0, 1000))
	for deadline := time.Now().Add(10 * time.Second); ; {
		runtime.GC()
		k.mu.Lock()
		kept := k.memory != nil
		k.mu.Unlock()
		if !kept {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the memory is kept for ever")
		}
	}
	k.put(make([]byte, 0, 1000)) // it goes on as before
	if cap(k.get()) != 1000 {
		t.Error("nothing is kept any more")
	}
}
