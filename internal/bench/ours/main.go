// Ours measures this project's own calls, messages and trees, one figure a
// run. The programs that it calls lie beside it.
//
//	ours cold         ms from a Go program's call of noop to its result
//	ours chain        ms a level of 100 processes, each calling the next
//	ours tree         ms of a busy tree of 484, its duties noop
//	ours roundtrips   requests and answers a second with one warm child
//	ours oneway       messages of 100 bytes a second to one warm child
//	ours value        MB a second of one call with a value of 100 MB
//	ours meanwhile    ms of the slowest answer of the child during that
//	ours death        ms from SIGKILL of a child to its Completed
//	ours failing      ms from SIGKILL to the failure of the last of 100 requests
//	ours treememory   MB of PSS for each process of a busy tree of 484
//	ours idlememory   MB of PSS of a component that waits
package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/lifecycle"
)

// How much is done for one figure: about a second on a slow machine.
const (
	coldCalls  = 20
	chainDepth = 100
	roundTrips = 10_000
	messages   = 500_000
	deaths     = 10
	values     = 5
)

var modes = map[string]func(context.Context) (float64, error){
	"cold":       cold,
	"chain":      chain,
	"tree":       tree,
	"roundtrips": warm(pingPong),
	"oneway":     warm(oneWay),
	"value":      value,
	"meanwhile":  meanwhile,
	"death":      death,
	"failing":    failing,
	"treememory": treeMemory,
	"idlememory": idleMemory,
}

func main() {
	if len(os.Args) < 2 || modes[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "ours: name what to measure; see its documentation")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	figure, err := modes[os.Args[1]](ctx)
	if err != nil {
		fmt.Fprintf(os.Stderr, "ours: %v\n", err)
		os.Exit(1)
	}
	fmt.Println(figure)
}

func ms(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

func median(figures []float64) float64 {
	slices.Sort(figures)
	return figures[len(figures)/2]
}

func cold(ctx context.Context) (float64, error) {
	figures := make([]float64, 0, coldCalls)
	for range coldCalls {
		begun := time.Now()
		if _, err := actor.Call[*lifecycle.Ack](ctx, "noop", nil); err != nil {
			return 0, err
		}
		figures = append(figures, ms(time.Since(begun)))
	}
	return median(figures), nil
}

func chain(ctx context.Context) (float64, error) {
	begun := time.Now()
	got, err := actor.Call[*wrapperspb.UInt32Value](ctx, "chain", wrapperspb.UInt32(chainDepth-1))
	if err == nil && got.GetValue() != chainDepth {
		err = fmt.Errorf("a chain of %d counts %d", chainDepth, got.GetValue())
	}
	return ms(time.Since(begun)) / chainDepth, err
}

func tree(ctx context.Context) (float64, error) {
	begun := time.Now()
	got, err := actor.Call[*examplespb.JobReturned](ctx, "busy", &examplespb.JobInput{
		Managers: 3, ManagementLevels: 5, Duties: []string{"noop", "noop", "noop"},
	})
	if err == nil && got.GetProcesses() != 484 {
		err = fmt.Errorf("a tree of 484 counts %d", got.GetProcesses())
	}
	return ms(time.Since(begun)), err
}
