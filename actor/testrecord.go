package actor

import (
	"math"
	"sync"
	"sync/atomic"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

// testRecord is the object that keeps what was tested in a process. The fields
// after started are its own.
type testRecord struct {
	once    sync.Once
	started atomic.Bool
	room    chan struct{} // what is on its way to it; who tests waits if that is too much

	count          uint64 // of all tests, to tell their order
	passed, failed uint64
	held, broken   []numbered // the first ones of each, at most mostRecords
}

// numbered is a test and when it came.
type numbered struct {
	number uint64
	test   *lifecycle.PointTest
}

// mostRecords is how many tests a report holds. All of them are counted.
const mostRecords = 1000

// startTests starts the object at its first use.
func (n *node) startTests() {
	n.tests.once.Do(func() {
		n.tests.room = make(chan struct{}, mostRecords)
		n.spawnEngine(testsID, n.onTest)
		n.tests.started.Store(true)
	})
}

func (n *node) onTest(ctx protoactor.Context) {
	m, ok := ctx.Message().(*mail)
	if !ok {
		return
	}
	m.unpack() // one from another process
	switch body := m.body.(type) {
	case *lifecycle.PointTest:
		n.tests.add(body)
	case *lifecycle.Enquiry:
		n.post(m.from, &mail{body: n.tests.report(), from: &PID{Address: n.address, Id: testsID}})
	}
}

// add records a test. Tests that failed have a place of their own, so that no
// number of others takes it.
func (r *testRecord) add(test *lifecycle.PointTest) {
	r.count++
	list := &r.broken
	if test.GetCondition() {
		list = &r.held
		r.passed++
	} else {
		r.failed++
	}
	if len(*list) < mostRecords {
		*list = append(*list, numbered{r.count, test})
	}
}

// report is a copy of what is recorded, in order: all tests that failed, and of
// the others as many as there is room for.
func (r *testRecord) report() *lifecycle.TestReport {
	report := &lifecycle.TestReport{Passed: saturated(r.passed), Failed: saturated(r.failed)}
	held, broken := r.held[:min(len(r.held), mostRecords-len(r.broken))], r.broken
	for len(held)+len(broken) > 0 {
		from := &held
		if len(held) == 0 || len(broken) > 0 && broken[0].number < held[0].number {
			from = &broken
		}
		report.Tested = append(report.Tested, proto.CloneOf((*from)[0].test))
		*from = (*from)[1:]
	}
	return report
}

func saturated(n uint64) uint32 { return uint32(min(n, math.MaxUint32)) }
