package schedule

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// A number of slots that cannot be counts as none.
func TestSlotsBelowZero(t *testing.T) {
	p := plan(shell("a", "true"))
	p.Limits = &schedulepb.Limits{Slots: proto.Uint32(3)}
	if r := runs(t, p, &Options{Slots: -4}); r.GetSlots() != 3 || r.GetExitStatus() != 0 {
		t.Errorf("%d slots, exit status %d, want 3, 0", r.GetSlots(), r.GetExitStatus())
	}
}
