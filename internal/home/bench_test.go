package home

import (
	"fmt"
	"testing"
)

// What a component pays at its start, and a status of forty roles.
func BenchmarkHome(b *testing.B) {
	h := newTestHome(b, nil)
	for i := range 40 {
		addRoles(b, h, fmt.Sprintf("role-%d", i))
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := Open(h.Root()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("acquire and release", func(b *testing.B) {
		for b.Loop() {
			lock, err := h.Acquire("role-7")
			if err != nil {
				b.Fatal(err)
			}
			lock.Release()
		}
	})
	b.Run("ask who holds", func(b *testing.B) {
		lock, err := h.Acquire("role-7")
		if err != nil {
			b.Fatal(err)
		}
		defer lock.Release()
		for b.Loop() {
			if holder, err := h.Holder("role-7"); holder == nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("store settings", func(b *testing.B) {
		for b.Loop() {
			if err := h.Store(Settings, "role-7", []byte("{}\n")); err != nil {
				b.Fatal(err)
			}
		}
	})
}
