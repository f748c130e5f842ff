package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

// record is what is needed of a line of a journal.
type record struct {
	Job     string    `json:"job"`
	Attempt int       `json:"attempt"`
	Time    time.Time `json:"time"`
	Started *struct {
		Slot     int       `json:"slot"`
		Deadline time.Time `json:"deadline"`
	} `json:"job_started"`
	Signalled *struct {
		Signal string `json:"signal"`
	} `json:"job_signalled"`
	Exited *struct{} `json:"job_exited"`
}

// gaps is the 99th of a hundred times between the end of a job's process, as the
// scheduler saw it, and the start of the next in the same slot.
func (p programs) gaps(slots string) measure.Func {
	return func(ctx context.Context) (float64, error) { return p.gap(ctx, slots) }
}

func (p programs) gap(ctx context.Context, slots string) (float64, error) {
	into, _, err := p.schedule(ctx, "many", slots, 0)
	if err != nil {
		return 0, err
	}
	slotOf, ended := map[string]int{}, map[int]time.Time{}
	var gaps []float64
	err = read(into, func(r record) {
		switch {
		case r.Started != nil:
			slotOf[r.Job] = r.Started.Slot
			if last, ok := ended[r.Started.Slot]; ok {
				gaps = append(gaps, float64(r.Time.Sub(last).Microseconds())/1000)
			}
		case r.Exited != nil:
			ended[slotOf[r.Job]] = r.Time
		}
	})
	if len(gaps) < trues/2 {
		return 0, errors.Join(err, fmt.Errorf("the journal has %d jobs that follow another", len(gaps)))
	}
	slices.Sort(gaps)
	return gaps[len(gaps)*99/100], err
}

// limits is how far the worst SIGTERM of twenty is from its time limit.
func (p programs) limits(ctx context.Context) (float64, error) {
	into, _, err := p.schedule(ctx, "late", "2", 1)
	if err != nil {
		return 0, err
	}
	deadlines := map[string]time.Time{}
	worst, seen := 0.0, 0
	err = read(into, func(r record) {
		switch {
		case r.Started != nil:
			deadlines[r.Job] = r.Started.Deadline
		case r.Signalled != nil:
			late := float64(r.Time.Sub(deadlines[r.Job]).Microseconds()) / 1000
			worst, seen = max(worst, late, -late), seen+1
		}
	})
	if seen < 20 {
		return 0, errors.Join(err, fmt.Errorf("the journal has %d signals", seen))
	}
	return worst, err
}

func read(folder string, each func(record)) error {
	file, err := os.Open(filepath.Join(folder, "journal.jsonl"))
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewReaderSize(file, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) == 0 {
			return nil
		}
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		each(r)
		if err != nil {
			return nil
		}
	}
}
