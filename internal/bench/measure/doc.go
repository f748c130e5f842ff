// Package measure compares things that take time, in rounds: A B C, A B C, and
// so on, so that whatever disturbs the machine disturbs all of them.
//
//	table := measure.Run(ctx, []measure.Entry{
//		{Name: "floor", Unit: "ms", Measure: measure.Spawn(20, "dist/floor")},
//		{Name: "cold call", Unit: "ms", Measure: call, Against: []measure.Bound{{Entry: "floor", AtMost: 1.6}}},
//	}, nil)
//	table.WriteTo(os.Stdout)
//
// A figure is the median over the rounds; a ratio is the median of the ratios
// of each round, so it may differ a little from the ratio of the medians.
//
// What this package starts, it ends: nothing that it measures outlives its
// context.
package measure
