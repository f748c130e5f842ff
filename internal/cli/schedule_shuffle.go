package cli

import (
	"fmt"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// shuffle puts the jobs of the plan into a random order, to find out which of them
// depend on one another in secret. The order is that of the seed; without --seed a
// new one is taken and named, so that the order can be had again. What needs and
// priorities say goes before it, as always.
func (e *env) shuffle(plan *schedulepb.Plan, f *scheduleRunFlags, cmd *cobra.Command) {
	if !f.shuffle {
		return
	}
	if !cmd.Flags().Changed("seed") {
		f.seed = uint64(rand.Uint32()) // short enough to be typed
	}
	random := rand.New(rand.NewPCG(f.seed, 0))
	random.Shuffle(len(plan.GetJobs()), func(i, j int) {
		plan.Jobs[i], plan.Jobs[j] = plan.Jobs[j], plan.Jobs[i]
	})
	fmt.Fprintf(e.stderr, "shuffled: --shuffle --seed=%d is the same order again\n", f.seed)
}
