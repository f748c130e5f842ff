package actor

import (
	"context"
	"testing"
)

// What the process carries for its objects is there in their clean-up too.
func TestCleanupCarries(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		type key struct{}
		b.base = context.WithValue(b.base, key{}, "carried")
		b.run(func(self *Context) error {
			if got := self.Cleanup().Value(key{}); got != "carried" {
				t.Errorf("Cleanup carries %v", got)
			}
			return nil
		})
	})
}
