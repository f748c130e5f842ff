package engine

import (
	"strconv"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// resource is one of the plan, with its units.
type resource struct {
	spec  *schedulepb.Resource
	units []*unit
}

// unit is held by one job, or shared by some.
type unit struct {
	resource   *resource
	name       string
	attributes map[string]string

	condition schedulepb.Condition
	why       string
	state     string
	cleanings int
	stopped   bool // its cleaner was told to stop
	locking   bool // for the whole machine: asked for
	locked    bool // and got

	holder  *job
	sharers []*job

	// The claim of a job that waits, if scan is the present one.
	scan        uint64
	claimedBy   *job
	claimShared bool
}

// lay lays out the units of the resources.
func (e *Engine) lay(resources []*schedulepb.Resource) {
	for _, spec := range resources {
		if e.resources[spec.GetName()] != nil {
			continue
		}
		r := &resource{spec: spec}
		e.resources[spec.GetName()] = r
		capacity := len(spec.GetUnits())
		if capacity == 0 {
			capacity = 1
		}
		if spec.Capacity != nil {
			capacity = int(spec.GetCapacity())
		}
		for i := range capacity {
			u := &unit{
				resource: r, name: spec.GetName() + "." + strconv.Itoa(i), attributes: spec.GetAttributes(),
				condition: schedulepb.Condition_CONDITION_IN_SERVICE,
			}
			if i < len(spec.GetUnits()) {
				u.describe(spec.GetUnits()[i])
			}
			r.units = append(r.units, u)
			if e.unitNamed[u.name] == nil {
				e.unitNamed[u.name] = u
			}
		}
	}
}

// describe takes what the plan says of a unit; attributes of the resource stay where it
// says nothing.
func (u *unit) describe(spec *schedulepb.Unit) {
	if spec.GetName() != "" {
		u.name = spec.GetName()
	}
	if len(spec.GetAttributes()) == 0 {
		return
	}
	all := make(map[string]string, len(u.attributes)+len(spec.GetAttributes()))
	for name, value := range u.attributes {
		all[name] = value
	}
	for name, value := range spec.GetAttributes() {
		all[name] = value
	}
	u.attributes = all
}

func (u *unit) fits(attributes map[string]string) bool {
	for name, value := range attributes {
		if have, ok := u.attributes[name]; !ok || have != value {
			return false
		}
	}
	return true
}

func (u *unit) hold(shared bool) *schedulepb.Hold {
	return &schedulepb.Hold{Resource: u.resource.spec.GetName(), Unit: u.name, Shared: shared}
}

// held reports whether any job has it.
func (u *unit) held() bool { return u.holder != nil || len(u.sharers) > 0 }

// claimed reports whether a job ahead in the present scan has a claim that does not
// go with one of this kind.
func (u *unit) claimed(scan uint64, shared bool) bool {
	return u.scan == scan && !(shared && u.claimShared)
}

// lends reports whether the unit can be taken at once.
func (u *unit) lends(scan uint64, shared bool) bool {
	return u.condition == schedulepb.Condition_CONDITION_IN_SERVICE && u.holder == nil && !u.locking &&
		(shared || len(u.sharers) == 0) && !u.claimed(scan, shared)
}

// lasts reports whether the unit can be taken some day.
func (u *unit) lasts() bool { return u.condition != schedulepb.Condition_CONDITION_QUARANTINED }

func (e *Engine) condition(u *unit, c schedulepb.Condition, why string) {
	u.condition, u.why = c, why
	e.tellCondition(u)
}

func (e *Engine) tellCondition(u *unit) {
	e.event(nil, 0, 0).Kind = &schedulepb.Event_ResourceCondition{ResourceCondition: &schedulepb.ResourceCondition{
		Unit: u.hold(false), Condition: u.condition, Why: u.why, State: u.state,
	}}
}
