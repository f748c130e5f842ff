// Plans measures graphs and pools, one figure a run.
//
//	plans chain    ms to build, check and order a graph of 100,000 in a chain
//	plans wide     ms for the same side by side, with one that needs them all
//	plans memory   MB of memory that the larger of them takes
//	plans pool     calls a second that two warm workers answer
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/ansar-go/ansar/actor"
)

var modes = map[string]func(context.Context) (float64, error){
	"chain":  func(context.Context) (float64, error) { return built(chain) },
	"wide":   func(context.Context) (float64, error) { return built(wide) },
	"memory": memory,
	"pool":   pool,
}

func main() {
	actor.Main()
	if len(os.Args) < 2 || modes[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "plans: name what to measure; see its documentation")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	figure, err := modes[os.Args[1]](ctx)
	if err != nil {
		fmt.Fprintf(os.Stderr, "plans: %v\n", err)
		os.Exit(1)
	}
	fmt.Println(figure)
}
