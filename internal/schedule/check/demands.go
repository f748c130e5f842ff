package check

import (
	"fmt"
	"slices"
	"strings"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// want is one demand and the units that would do.
type want struct {
	index  int
	amount int
	pool   *pool
	units  []int
}

func (c *checker) demands(a *at, job *pb.Job) {
	wants := map[int][]want{} // by resource
	for k, d := range job.Resources {
		here := &at{path: fmt.Sprintf("%s.resources[%d]", a.path, k), job: a.job, name: a.name}
		if w, ok := c.demand(here, d); ok {
			w.index = k
			wants[w.pool.resource] = append(wants[w.pool.resource], w)
		}
	}
	for k := range job.Resources {
		for r, list := range wants {
			if len(list) > 1 && list[len(list)-1].index == k {
				c.together(a, r, list)
			}
		}
	}
}

// demand checks one demand on its own, and returns what it wants.
func (c *checker) demand(a *at, d *pb.Demand) (want, bool) {
	name, amount := d.GetName(), int(d.GetAmount())
	p, ok := c.pools[name]
	switch {
	case name == "":
		c.add(a, "name", "%s demands a resource without a name: say which", a.name)
		return want{}, false
	case !ok && len(c.full.Resources) == 0:
		c.add(a, "name", "%s needs the resource %q, and the plan has no resources: add it to them", a.name, name)
		return want{}, false
	case !ok:
		c.add(a, "name", "%s needs the resource %q, which is not in the plan%s", a.name, name, c.hintResource(name))
		return want{}, false
	case d.Amount != nil && amount == 0:
		c.add(a, "amount", "%s needs 0 of %s: write 1 or more, or leave the demand out", a.name, name)
		return want{}, false
	}
	capacity := len(p.units)
	if full := c.full.Resources[p.resource]; full.Name == name {
		capacity = int(full.GetCapacity())
	}
	if amount > capacity {
		c.add(a, "amount", "%s needs %d of %s, which has %d: lower the amount, or raise the capacity", a.name, amount, name, capacity)
		return want{}, false
	}
	if len(p.units) < capacity {
		return want{}, false // too many to have names, which is a problem already
	}
	units := p.units
	if len(d.Attributes) > 0 {
		units = slices.DeleteFunc(slices.Clone(units), func(u int) bool { return !has(c.unit(p, u).Attributes, d.Attributes) })
	}
	if len(units) < amount {
		c.add(a, "attributes", "%s needs %d of %s with %s, of which there %s: %s", a.name, amount, name, pairs(d.Attributes), are(len(units)), c.offered(p))
		return want{}, false
	}
	return want{amount: amount, pool: p, units: units}, true
}

func (c *checker) hintResource(name string) string {
	names := func() []string { return sorted(c.pools) }
	if near := c.meant(name, names); near != "" {
		return near
	}
	var resources []string
	for _, r := range c.full.Resources {
		resources = append(resources, r.Name)
	}
	return ": there are " + some(resources)
}

// offered says which attributes the units of a pool have.
func (c *checker) offered(p *pool) string {
	var all []string
	for _, u := range p.units {
		if s := pairs(c.unit(p, u).Attributes); s != "" && !slices.Contains(all, s) && len(all) < 13 {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return "no unit of " + p.name + " has attributes"
	}
	return "its units have " + strings.Join(all[:min(12, len(all))], "; ")
}

func has(attributes, wanted map[string]string) bool {
	for key, value := range wanted {
		if got, ok := attributes[key]; !ok || got != value {
			return false
		}
	}
	return true
}

func pairs(attributes map[string]string) string {
	var all []string
	for _, key := range sorted(attributes) {
		all = append(all, key+"="+attributes[key])
	}
	return strings.Join(all, ", ")
}

// together checks that several demands of one job on one resource can be met at
// once, each by units of its own.
func (c *checker) together(a *at, resource int, wants []want) {
	r := c.full.Resources[resource]
	sum := 0
	for _, w := range wants {
		sum += w.amount
	}
	last := fmt.Sprintf("resources[%d]", wants[len(wants)-1].index)
	if sum > len(r.Units) {
		c.add(a, last, "%s needs %d of %s in its %d demands together, which has %d: lower the amounts, or raise the capacity",
			a.name, sum, r.Name, len(wants), len(r.Units))
		return
	}
	if w, ok := unmatched(wants, len(r.Units)); !ok {
		c.add(a, fmt.Sprintf("resources[%d]", w.index), "%s needs %d of %s beside its other demands on %s, which leave too few units that would do: merge the demands, or add units",
			a.name, w.amount, w.pool.name, r.Name)
	}
}
