package check_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
)

// possible tries everything: whether each demand can have as many units as it
// wants, and no unit goes to two.
func possible(demands []*pb.Demand, free map[string]map[string]string) bool {
	if len(demands) == 0 {
		return true
	}
	d := demands[0]
	amount := uint32(1)
	if d.Amount != nil {
		amount = *d.Amount
	}
	rest := demands[1:]
	if amount > 1 {
		more := amount - 1
		rest = append([]*pb.Demand{{Name: d.Name, Amount: &more, Attributes: d.Attributes}}, rest...)
	}
	for unit, attributes := range free {
		if d.Name != "board" && d.Name != unit {
			continue
		}
		if want, ok := d.Attributes["usb"]; ok && attributes["usb"] != want {
			continue
		}
		left := map[string]map[string]string{}
		for u, a := range free {
			if u != unit {
				left[u] = a
			}
		}
		if possible(rest, left) {
			return true
		}
	}
	return false
}

// Demands are refused if and only if no way to meet them exists.
func TestDemandsThatCanBeMet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		board := &pb.Resource{Name: "board"}
		free := map[string]map[string]string{}
		for i := range rapid.IntRange(1, 4).Draw(t, "units") {
			unit := &pb.Unit{Name: fmt.Sprintf("u%d", i), Attributes: map[string]string{"usb": rapid.SampledFrom([]string{"2", "3"}).Draw(t, "usb")}}
			board.Units = append(board.Units, unit)
			free[unit.Name] = unit.Attributes
		}
		job := &pb.Job{Id: "a", Work: &pb.Job_Command{Command: &pb.Command{Argv: []string{"x"}}}}
		for range rapid.IntRange(1, 4).Draw(t, "demands") {
			d := &pb.Demand{Name: rapid.SampledFrom([]string{"board", "board", "u0", "u1"}).Draw(t, "name")}
			if amount := rapid.Uint32Range(1, 2).Draw(t, "amount"); amount > 1 {
				d.Amount = &amount
			}
			if usb := rapid.SampledFrom([]string{"", "2", "3"}).Draw(t, "wanted"); usb != "" {
				d.Attributes = map[string]string{"usb": usb}
			}
			job.Resources = append(job.Resources, d)
		}
		problems := check.Plan(&pb.Plan{Resources: []*pb.Resource{board}, Jobs: []*pb.Job{job}}, check.Options{})
		if want := possible(job.Resources, free); (len(problems) == 0) != want {
			t.Fatalf("can be met: %v, and the problems are %v\nof %v\nfor %v", want, problems, board, job)
		}
	})
}
