package engine

import "github.com/ansar-go/ansar/actor/schedule/schedulepb"

// severity is the total order of statuses, the worst last.
var severity = []schedulepb.Status{
	schedulepb.Status_STATUS_UNSPECIFIED,
	schedulepb.Status_STATUS_SKIPPED,
	schedulepb.Status_STATUS_UNCHANGED,
	schedulepb.Status_STATUS_OK,
	schedulepb.Status_STATUS_XFAIL,
	schedulepb.Status_STATUS_XPASS,
	schedulepb.Status_STATUS_FLAKY,
	schedulepb.Status_STATUS_NOT_RUN,
	schedulepb.Status_STATUS_BLOCKED,
	schedulepb.Status_STATUS_LEAKY,
	schedulepb.Status_STATUS_NOT_READY,
	schedulepb.Status_STATUS_FAILED,
	schedulepb.Status_STATUS_UNRUNNABLE,
	schedulepb.Status_STATUS_TIMED_OUT,
	schedulepb.Status_STATUS_CRASHED,
	schedulepb.Status_STATUS_ERROR,
	schedulepb.Status_STATUS_INTERRUPTED,
}

// RollUp is the worst of statuses, the one that stands for all of them: interrupted before error, before
// failed, before blocked, before flaky, before ok, before skipped. Of none it is unspecified, and that
// changes nothing, in whatever order and grouping statuses are rolled up.
func RollUp(statuses ...schedulepb.Status) schedulepb.Status {
	worst := 0
	for _, s := range statuses {
		for rank, status := range severity {
			if status == s && rank > worst {
				worst = rank
			}
		}
	}
	return severity[worst]
}
