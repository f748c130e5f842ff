package engine

import (
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// state is where a job stands; the package documentation has the list.
type state uint8

const (
	pending state = iota
	asking
	queued
	locking
	running
	pausing
	ended
)

// job is one job of the run.
type job struct {
	spec  *schedulepb.Job
	index int // in submit order
	class *class

	priority int32
	length   time.Duration // of the longest way from its start to the end of the run

	state state
	at    int // in the queue of its class, -1: not there

	// fault says why it can not be run whatever happens.
	fault string

	missing    int // needs that are not met; all that may be met by any one count as one
	anyLeft    int // of those, how many have not ended
	anyOrigins []string
	dependents []edge
	users      int // dependents that have not ended, and may ask for its value

	queuedAt  uint64 // sequence numbers
	attempts  uint32
	run       *attempt // while locking or running
	artefacts []*schedulepb.ArtefactReady
	tally     *tally // nil before the first end of an attempt, and once it has ended

	key   string // its fingerprint
	prior *schedulepb.JobReport
	rerun decision

	status  schedulepb.Status
	cause   *schedulepb.Cause
	value   *schedulepb.Value
	dropped bool // its value was let go

	reason  uint64        // hash of why it waits, as last told
	reasons int           // how often it was told
	told    time.Duration // when
}

// attempt is one that holds something.
type attempt struct {
	number  uint32
	slots   []uint32
	picks   []pick
	holds   []*schedulepb.Hold
	started uint64 // sequence number of its start
	limit   string // whose deadline it has

	notReady, skip *string // what it said
	stop           string  // why it was told to stop
}

func (j *job) id() string { return j.spec.GetId() }

// parent is the event that events of the running attempt belong to.
func (j *job) parent() uint64 {
	if j.run != nil && j.run.started != 0 {
		return j.run.started
	}
	return j.queuedAt
}

// good reports whether those that need its success may start.
func (j *job) good() bool { return j.state == ended && j.status.Good() }

// jobLess is the order in which jobs start: priority, then length, then as submitted.
func jobLess(a, b *job) bool {
	if a.priority != b.priority {
		return a.priority > b.priority
	}
	if a.length != b.length {
		return a.length > b.length
	}
	return a.index < b.index
}

// end is the one place where a job ends.
func (e *Engine) end(j *job, status schedulepb.Status, cause *schedulepb.Cause, value *schedulepb.Value) {
	if j.state == ended {
		return
	}
	if j.at >= 0 {
		e.unqueue(j)
	}
	j.state, j.status, j.cause, j.value = ended, status, cause, value
	j.anyOrigins, j.tally = nil, nil
	key := j.key
	if !status.Fine() {
		key, j.key = "", ""
	}
	e.left--
	e.event(j, 0, j.queuedAt).Kind = &schedulepb.Event_JobFinished{JobFinished: &schedulepb.JobFinished{
		Status: status, Cause: cause, Value: value, Attempts: j.attempts, Fingerprint: key,
	}}
	for _, need := range j.spec.GetNeeds() {
		if other := e.byID[need.GetJob()]; other != nil {
			other.users--
			other.forget()
		}
	}
	j.forget()
	e.settling = append(e.settling, j)
	e.count(j)
}

// keptValue is how many bytes of a value are kept for jobs that may be added later.
const keptValue = 1 << 10

// forget lets go of what no job will ask for.
func (j *job) forget() {
	if j.state != ended || j.users > 0 {
		return
	}
	if len(j.value.GetPayload())+len(j.value.GetJson()) > keptValue {
		j.value, j.dropped = nil, true
	}
}
