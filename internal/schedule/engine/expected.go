package engine

import (
	"path"
	"slices"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// expected is why the job, with what it holds, is known to fail. Nil: it is not.
func (e *Engine) expected(j *job) *string {
	if j.spec.GetExpectedFailure() != "" {
		return &j.spec.ExpectedFailure
	}
	for _, x := range e.plan.GetExpected() {
		if j.fitsExpected(x) {
			return &x.Reason
		}
	}
	return nil
}

// fitsExpected reports whether all that is set fits.
func (j *job) fitsExpected(x *schedulepb.Expected) bool {
	if x.GetJob() == "" && x.GetLabel() == "" && x.GetResource() == "" {
		return false
	}
	if x.GetJob() != "" && x.GetJob() != j.id() {
		if ok, err := path.Match(x.GetJob(), j.id()); !ok || err != nil {
			return false
		}
	}
	if x.GetLabel() != "" && !slices.Contains(j.spec.GetLabels(), x.GetLabel()) {
		return false
	}
	return x.GetResource() == "" || slices.ContainsFunc(j.run.holds, func(h *schedulepb.Hold) bool {
		return h.GetUnit() == x.GetResource() || h.GetResource() == x.GetResource()
	})
}
