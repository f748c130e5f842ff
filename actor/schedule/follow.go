package schedule

import (
	"context"
	"iter"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// Report gives the report of the run in a folder, from its journal, also while it
// runs and after its scheduler was killed. What ran when that died is interrupted.
func Report(folder string) (*schedulepb.Report, error) { return replay.Of(folder) }

// Follow gives the events of the run in a folder from that sequence number on, those
// that are there and then the others as they come, in this process or another: none is
// missed, and none comes twice. It ends with the run, with the death of its scheduler,
// and with ctx. The last item is a nil event and an error if something went wrong.
func Follow(ctx context.Context, folder string, from uint64) iter.Seq2[*schedulepb.Event, error] {
	return journal.Follow(ctx, folder, from)
}
