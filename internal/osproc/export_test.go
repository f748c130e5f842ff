//go:build linux

package osproc

import (
	"context"
	"time"
)

// SetPatience changes how long an adopted zombie waits. Before the first Start.
func SetPatience(d time.Duration) { own.patience = d }

// WithoutPidfd makes this system one without pidfd. Before the first Start.
func WithoutPidfd() { pidfdWorks = func() bool { return false } }

// AwaitThread is Await without a descriptor to spare.
func (h *Held) AwaitThread(ctx context.Context) bool { return h.awaitThread(ctx) }
