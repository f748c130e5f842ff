package main

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/graph"
)

const vertices = 100_000

func chain(g *graph.Graph) error {
	last := "0"
	if err := g.Add(last); err != nil {
		return err
	}
	for i := 1; i < vertices; i++ {
		id := strconv.Itoa(i)
		if err := g.Add(id, last); err != nil {
			return err
		}
		last = id
	}
	return nil
}

func wide(g *graph.Graph) error {
	all := make([]string, 0, vertices)
	for i := range vertices - 1 {
		id := strconv.Itoa(i)
		if err := g.Add(id); err != nil {
			return err
		}
		all = append(all, id)
	}
	return g.Add("last", all...)
}

// built is how long it takes to build, check and order one.
func built(build func(*graph.Graph) error) (float64, error) {
	begun := time.Now()
	g := graph.New()
	if err := build(g); err != nil {
		return 0, err
	}
	if err := g.Check(); err != nil {
		return 0, err
	}
	order, err := g.Order()
	if err == nil && len(order) != vertices {
		err = fmt.Errorf("%d of %d are in order", len(order), vertices)
	}
	return float64(time.Since(begun).Microseconds()) / 1000, err
}

// memory is what the system has given for all of it.
func memory(context.Context) (float64, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	worst := 0.0
	for _, build := range []func(*graph.Graph) error{chain, wide} {
		if _, err := built(build); err != nil {
			return 0, err
		}
		runtime.ReadMemStats(&after)
		worst = max(worst, float64(after.Sys-before.Sys)/1e6)
	}
	return worst, nil
}
