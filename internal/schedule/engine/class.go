package engine

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// class is all jobs that demand the same. If the first of them can not be started then
// none can, so a scan looks at one job of each class.
type class struct {
	weight  int
	demands []demand
	overlap bool // some unit fits more than one demand

	queue heap[*job]
	at    int // among the classes, -1: not there

	checked int    // how many units were out of service when it was looked at
	lost    string // why no job of it can be started any more
}

// demand is one of a class.
type demand struct {
	name   string
	units  []*unit // that fit
	amount int
	shared bool
}

// pick is a unit for a demand.
type pick struct {
	unit   *unit
	demand int
}

func classLess(a, b *class) bool { return jobLess(a.queue.top(), b.queue.top()) }

// classFor finds the class of a job; the text says why it can never be started.
func (e *Engine) classFor(spec *schedulepb.Job) (*class, string) {
	weight := max(int(spec.GetWeight()), 1)
	if len(spec.GetResources()) == 0 && weight <= e.slots {
		return e.plainClass(weight), ""
	}
	var key strings.Builder
	key.WriteString(strconv.Itoa(weight))
	for _, d := range spec.GetResources() {
		key.WriteString("|" + d.GetName() + "," + strconv.Itoa(amount(d)) + "," + strconv.FormatBool(d.GetShared()))
		if len(d.GetAttributes()) == 0 {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(d.GetAttributes())) {
			fmt.Fprintf(&key, ",%q=%q", name, d.GetAttributes()[name])
		}
	}
	if c := e.classOf[key.String()]; c != nil {
		return c, ""
	}
	c := newClass(weight)
	if weight > e.slots {
		return c, fmt.Sprintf("it takes %d slots, and there are %d", weight, e.slots)
	}
	for _, d := range spec.GetResources() {
		units, fault := e.candidates(d)
		if fault != "" {
			return c, fault
		}
		c.demands = append(c.demands, demand{name: d.GetName(), units: units, amount: amount(d), shared: d.GetShared()})
	}
	c.overlap = overlap(c.demands)
	if _, ok := e.assign(c, func(*unit, bool) bool { return true }, nil); !ok {
		return c, "its demands can not be met at once by the units that there are"
	}
	e.classOf[key.String()] = c
	return c, ""
}

// plainClass is that of jobs without demands.
func (e *Engine) plainClass(weight int) *class {
	for len(e.plain) <= weight {
		e.plain = append(e.plain, nil)
	}
	if e.plain[weight] == nil {
		e.plain[weight] = newClass(weight)
	}
	return e.plain[weight]
}

func newClass(weight int) *class {
	return &class{weight: weight, at: -1, queue: heap[*job]{less: jobLess, moved: func(j *job, at int) { j.at = at }}}
}

func amount(d *schedulepb.Demand) int {
	if d.Amount == nil {
		return 1
	}
	return int(d.GetAmount())
}

// candidates are the units that fit a demand.
func (e *Engine) candidates(d *schedulepb.Demand) ([]*unit, string) {
	var all []*unit
	switch r, u := e.resources[d.GetName()], e.unitNamed[d.GetName()]; {
	case r != nil:
		all = r.units
	case u != nil:
		all = []*unit{u}
	default:
		return nil, "no resource " + d.GetName()
	}
	if len(d.GetAttributes()) > 0 {
		all = slices.DeleteFunc(slices.Clone(all), func(u *unit) bool { return !u.fits(d.GetAttributes()) })
	}
	if len(all) < amount(d) {
		return nil, fmt.Sprintf("it needs %d of %s%s, and there are %d", amount(d), d.GetName(), having(d.GetAttributes()), len(all))
	}
	return all, ""
}

func having(attributes map[string]string) string {
	if len(attributes) == 0 {
		return ""
	}
	var words []string
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		words = append(words, name+"="+attributes[name])
	}
	return " with " + strings.Join(words, ", ")
}

func overlap(demands []demand) bool {
	if len(demands) < 2 {
		return false
	}
	seen := map[*unit]bool{}
	for _, d := range demands {
		for _, u := range d.units {
			if seen[u] {
				return true
			}
			seen[u] = true
		}
	}
	return false
}

// enqueue puts a job into the queue, unless units that it needs are out of service for good.
func (e *Engine) enqueue(j *job) {
	if why := e.outOfReach(j.class); why != "" {
		e.unrunnable(j, why)
		return
	}
	j.state = queued
	c := j.class
	c.queue.push(j)
	if c.at < 0 {
		e.classes.push(c)
	} else {
		e.classes.fix(c.at)
	}
}

// unqueue takes a job out of the queue, wherever it stands there.
func (e *Engine) unqueue(j *job) {
	c := j.class
	c.queue.remove(j.at)
	switch {
	case c.at < 0: // the scan has it
	case c.queue.len() == 0:
		e.classes.remove(c.at)
	default:
		e.classes.fix(c.at)
	}
}
