//go:build !linux

package osproc

import (
	"context"
	"syscall"
)

// Held is processes of a [Family]. On this system there is none.
type Held struct{}

// Find finds nothing on this system.
func (f Family) Find() *Held { return &Held{} }

// Left finds nothing on this system.
func (f Family) Left() *Held { return &Held{} }

// Len returns 0.
func (h *Held) Len() int { return 0 }

// Members returns nothing.
func (h *Held) Members() []Member { return nil }

// Signal does nothing.
func (h *Held) Signal(sig syscall.Signal, spared int) {}

// Await returns at once.
func (h *Held) Await(context.Context) bool { return true }

// Close does nothing.
func (h *Held) Close() {}

// bear does nothing: nothing is adopted here.
func (p *Process) bear() {}

// Sentinel does nothing on this system.
func Sentinel(args []string) error { return nil }
