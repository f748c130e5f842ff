package schedule

import (
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
)

// RollUp is the one status that stands for several, the worst: interrupted before
// error, before failed, before blocked, before flaky, before ok, before skipped. Order
// and grouping change nothing. Of none it is unspecified.
func RollUp(statuses ...schedulepb.Status) schedulepb.Status { return engine.RollUp(statuses...) }
