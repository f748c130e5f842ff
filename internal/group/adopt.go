package group

import (
	"context"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/runner"
)

// adoptLimit is how long a keeper may take to take up its work.
const adoptLimit = 2 * time.Second

// Adopt gives a keeper to each component that should have one and has none,
// because its keeper was killed, or because the property restart was set since.
// It returns the roles that got one.
//
// A role that another command works on is left to that one, and what cannot be
// adopted is left as it is: it runs all the same.
func Adopt(h *home.Home, roles []home.Role) (adopted []string) {
	for _, role := range roles {
		if role.Properties["restart"] == nil || property.Plain(role) {
			continue
		}
		if m, err := member(h, role); err != nil || !forsaken(h, m) {
			continue
		}
		if adoptOne(h, role) {
			adopted = append(adopted, role.Name)
		}
	}
	return adopted
}

// forsaken reports whether a role runs in the background and has no keeper. One
// that `ansar run` has started, or somebody by hand, has a parent, and one that
// was told to stop is not to be started again.
func forsaken(h *home.Home, m *Member) bool {
	if m == nil || m.Holder == nil || m.Keeper != nil || !m.Holder.Visible {
		return false
	}
	last, err := history.Of(h, m.Role).Last()
	return err == nil && last != nil && last.Open() && last.PID == m.Holder.PID && len(last.Stops) == 0 &&
		strings.HasPrefix(last.By, "ansar ") && last.By != "ansar run"
}

func adoptOne(h *home.Home, role home.Role) bool {
	now, cancel := context.WithCancel(context.Background())
	cancel() // take only what is free
	reservation, err := h.Reserve(now, "adopt", role.Name)
	if err != nil {
		return false
	}
	defer reservation.Release()
	m, err := member(h, role)
	if err != nil || !forsaken(h, m) {
		return false // it ended, or got one, meanwhile
	}
	set, err := property.Of(role)
	if err != nil || set.Restart().Policy == property.Never {
		return false
	}
	spec, err := runnerSpec(h, set, m.args(), "ansar")
	if err != nil {
		return false
	}
	spec.Component.Adopt = true
	keeper, err := runner.Start(spec, nil)
	if err != nil {
		return false
	}
	defer keeper.Events().Close()
	_ = keeper.Events().SetReadDeadline(time.Now().Add(adoptLimit))
	event, err := background.Read(keeper.Events())
	return err == nil && event.Kind != background.Failed
}
