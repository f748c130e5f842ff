package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/internal/bench/measure"
	"github.com/ansar-go/ansar/lifecycle"
)

// treeMemory is the PSS for each process, in MB, of a busy tree of 484 that
// waits.
func treeMemory(ctx context.Context) (float64, error) {
	return held(ctx, 484, func(ctx context.Context) error {
		_, err := actor.Call[*examplespb.JobReturned](ctx, "busy", &examplespb.JobInput{
			Managers: 3, ManagementLevels: 5, Duties: []string{"zombie", "zombie", "zombie"},
		})
		return err
	})
}

// idleMemory is the PSS of one process that waits, in MB.
func idleMemory(ctx context.Context) (float64, error) {
	return held(ctx, 1, func(ctx context.Context) error {
		_, err := actor.Call[*lifecycle.Ack](ctx, "zombie", nil)
		return err
	})
}

// held runs what starts so many processes, measures them when they are all
// there and idle, and stops them.
func held(ctx context.Context, processes int, run func(context.Context) error) (float64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	var pids []int
	for len(pids) < processes {
		select {
		case err := <-ended:
			return 0, errors.Join(errors.New("it has ended by itself"), err)
		case <-time.After(10 * time.Millisecond): // nothing tells of processes that others start
		}
		pids = descendants()
	}
	time.Sleep(500 * time.Millisecond) // until the last one is idle; what it takes then no longer changes
	total, err := measure.PSS(pids...)
	cancel()
	<-ended
	return total / float64(len(pids)), err
}

// descendants lists all processes below this one.
func descendants() []int {
	children := map[int][]int{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is good
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		var state string
		var parent int
		if _, err := fmt.Sscan(string(stat[bytes.LastIndexByte(stat, ')')+1:]), &state, &parent); err != nil {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			children[parent] = append(children[parent], pid)
		}
	}
	found := children[os.Getpid()]
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i]]...)
	}
	return found
}
