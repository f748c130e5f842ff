package actor_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/lifecycle"
)

type number = wrapperspb.Int64Value

// Root gives the root of a square number.
var Root = actor.Define("root", func(_ *actor.Context, _ *lifecycle.None, in *number) (*number, error) {
	for n := int64(0); n*n <= in.GetValue(); n++ {
		if n*n == in.GetValue() {
			return wrapperspb.Int64(n), nil
		}
	}
	return nil, &lifecycle.Cannot{Condition: fmt.Sprintf("%d is no square", in.GetValue())}
})

// The main function of the program begins with actor.Main, as TestMain does here.
func ExamplePool_Map() {
	ctx := context.Background()
	pool := Root.Pool(ctx, actor.Size(2)) // two processes that wait to be called
	defer pool.Close()

	inputs := []*number{wrapperspb.Int64(49), wrapperspb.Int64(50), wrapperspb.Int64(81)}
	for r := range pool.Map(ctx, slices.Values(inputs), actor.Timeout(time.Minute)) {
		fmt.Println(r.Index, r.Input.GetValue(), r.Output.GetValue(), r.Err)
	}
	// Output:
	// 0 49 7 <nil>
	// 1 50 0 50 is no square
	// 2 81 9 <nil>
}

// Several sequences make one input each.
func ExampleZip() {
	ctx := context.Background()
	pool := Root.Pool(ctx, actor.InProcess())
	defer pool.Close()

	product := func(a, b int64) *number { return wrapperspb.Int64(a * b) }
	for r := range pool.StarMap(ctx, actor.Zip(slices.Values([]int64{2, 3, 4}), slices.Values([]int64{8, 12}), product)) {
		fmt.Println(r.Output.GetValue(), r.Err)
	}
	// Output:
	// 4 <nil>
	// 6 <nil>
	// 0 the sequences differ in length: number 2 ended after 2 elements (to leave the rest out, use ZipShortest)
}
