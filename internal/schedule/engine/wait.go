package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// After so many reasons of one job, another one is told once a second at most.
const (
	fewReasons  = 4
	reasonPause = time.Second
)

// wait tells why a job waits, unless that was told last.
func (e *Engine) wait(j *job, h hash, why func() string) {
	since := e.now.Sub(e.config.Started)
	if j.reason == uint64(h) || j.reasons >= fewReasons && since-j.told < reasonPause {
		return
	}
	j.reason, j.told = uint64(h), since
	j.reasons++
	e.event(j, 0, j.queuedAt).Kind = &schedulepb.Event_JobWaiting{JobWaiting: &schedulepb.JobWaiting{Why: why()}}
}

func (e *Engine) waitsForGate(j *job) {
	h := newHash()
	h.text("gate")
	e.wait(j, h, func() string { return e.gate })
}

func (e *Engine) waitsForSlots(j *job) {
	h := newHash()
	h.text("slots")
	e.wait(j, h, func() string {
		return fmt.Sprintf("slots: takes %d, and %d are free", j.class.weight, e.idle.len())
	})
}

// mostUnits is how many units of a demand are looked at for a reason.
const mostUnits = 16

func (e *Engine) waitsForUnits(j *job) {
	h := newHash()
	h.text("units")
	for _, d := range j.class.demands {
		for _, u := range d.units[:min(len(d.units), mostUnits)] {
			h.number(uint64(u.condition))
			if u.holder != nil {
				h.number(uint64(u.holder.index) + 1)
			}
			for _, s := range u.sharers[:min(len(u.sharers), 3)] {
				h.number(uint64(s.index) + 1)
			}
		}
	}
	e.wait(j, h, func() string { return e.lack(j) })
}

// lack names what a job lacks, and who has it.
func (e *Engine) lack(j *job) string {
	var parts []string
	for _, d := range j.class.demands {
		free := 0
		var holders, other []string
		for _, u := range d.units {
			if u.claimedBy == j && u.scan == e.scan && u.condition == schedulepb.Condition_CONDITION_IN_SERVICE &&
				u.holder == nil && (d.shared || len(u.sharers) == 0) || u.lends(e.scan, d.shared) {
				free++
				continue
			}
			holders, other = u.lacking(e.scan, j, holders, other)
		}
		if free >= d.amount {
			continue
		}
		text := d.name + ": "
		if len(holders) > 0 {
			text += "held by " + list(holders, 3)
		}
		if len(other) > 0 {
			if len(holders) > 0 {
				text += ", "
			}
			text += list(other, 3)
		}
		if !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		return "units that fit several of its demands"
	}
	return strings.Join(parts, "; ")
}

// lacking adds who holds the unit, or why else it is not to be had.
func (u *unit) lacking(scan uint64, j *job, holders, other []string) ([]string, []string) {
	add := func(names []string, name string) []string {
		if slices.Contains(names, name) {
			return names
		}
		return append(names, name)
	}
	switch {
	case u.holder != nil:
		holders = add(holders, u.holder.id())
	case len(u.sharers) > 0:
		for _, s := range u.sharers {
			holders = add(holders, s.id())
		}
	case u.condition != schedulepb.Condition_CONDITION_IN_SERVICE:
		other = add(other, u.name+" is "+u.condition.Name())
	case u.locking:
		other = add(other, u.name+" is being locked")
	case u.scan == scan && u.claimedBy != nil && u.claimedBy != j:
		other = add(other, u.claimedBy.id()+" is next")
	}
	return holders, other
}

// list is the first items of a list, and how many more there are.
func list(items []string, most int) string {
	if len(items) <= most {
		return strings.Join(items, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(items[:most], ", "), len(items)-most)
}
