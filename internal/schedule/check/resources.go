package check

import (
	"fmt"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// pool is a resource, or one unit of one, which jobs can name.
type pool struct {
	name     string
	resource int // index
	units    []int
}

// unit returns a unit by its number.
func (c *checker) unit(p *pool, i int) *pb.Unit { return c.full.Resources[p.resource].Units[i] }

// resources checks the resources, and learns what can be named.
func (c *checker) resources() {
	c.pools = map[string]*pool{}
	seen := map[string]int{}
	for i, r := range c.full.Resources {
		a := &at{path: fmt.Sprintf("resources[%d]", i), name: "resource " + word(r.Name)}
		before := len(c.problems)
		c.id(a.path+".name", "resource", r.Name, i, seen)
		c.capacity(a, r, c.plan.Resources[i])
		if r.Cleaner != nil {
			c.cleaner(a, r.Cleaner)
		}
		if len(c.problems) == before || c.pools[r.Name] == nil && r.Name != "" {
			c.offer(a, i, r)
		}
	}
}

// offer makes a resource and its units known to demands.
func (c *checker) offer(a *at, i int, r *pb.Resource) {
	all := &pool{name: r.Name, resource: i}
	for k := range r.Units {
		all.units = append(all.units, k)
	}
	if other := c.pools[r.Name]; other != nil {
		c.add(a, "name", "resource %s is called as a unit of resource %s is: give them different names", word(r.Name), word(c.full.Resources[other.resource].Name))
	}
	c.pools[r.Name] = all
	for k, unit := range r.Units {
		switch other := c.pools[unit.Name]; {
		case other == nil:
			c.pools[unit.Name] = &pool{name: unit.Name, resource: i, units: []int{k}}
		case other.resource == i && len(other.units) == 1 && other != all:
			c.add(a, fmt.Sprintf("units[%d].name", k), "%s has two units called %s: give each its own name", a.name, word(unit.Name))
		case other == all && len(r.Units) == 1: // the only unit may be called as its resource
		default:
			c.add(a, fmt.Sprintf("units[%d].name", k), "the unit %s of %s is called as something else of resource %s: give them different names",
				word(unit.Name), a.name, word(c.full.Resources[other.resource].Name))
		}
	}
}

func (c *checker) capacity(a *at, r, written *pb.Resource) {
	capacity, named := int(r.GetCapacity()), len(written.GetUnits())
	switch {
	case capacity == 0:
		c.add(a, "capacity", "%s has a capacity of 0, so that nobody could use it: write 1 or more", a.name)
	case capacity > unitsMost:
		c.add(a, "capacity", "%s has a capacity of %d, more than %d: write less", a.name, capacity, unitsMost)
	case capacity > len(r.Units) && named == 0:
		c.add(a, "capacity", "%s is one more of resources that have more than %d units together: write less", a.name, unitsInAll)
	case named > 0 && capacity != named:
		c.add(a, "capacity", "%s has a capacity of %d, and names %d of its units: leave the capacity out, or name all", a.name, capacity, named)
	}
	for k, unit := range written.GetUnits() {
		if problem := oddID(unit.GetName()); unit.GetName() != "" && problem != "" && oddID(r.Name) == "" {
			c.add(a, fmt.Sprintf("units[%d].name", k), "the name of unit number %d of %s %s", k+1, a.name, problem)
		}
	}
}

func (c *checker) cleaner(a *at, cleaner *pb.Cleaner) {
	here := &at{path: a.path + ".cleaner", name: "the cleaner of " + a.name}
	switch w := cleaner.Work.(type) {
	case *pb.Cleaner_Command:
		c.command(here, "command", w.Command)
	case *pb.Cleaner_Call:
		c.call(here, "call", w.Call)
	default:
		c.add(here, "", "%s has nothing to do: give it a command or a call", here.name)
	}
	c.span(here, "timeout", cleaner.Timeout, above)
}
