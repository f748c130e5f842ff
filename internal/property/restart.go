package property

import (
	"cmp"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/interval"
)

// Policy says which ends of a role are answered by a restart.
type Policy string

// The policies.
const (
	Never   Policy = "never"
	OnCrash Policy = "on-crash" // a signal, a panic, an exit without a result; of a plain program an exit status but 0
	Always  Policy = "always"
)

// The defaults of properties, and of members of theirs.
const (
	DefaultStorage   = 64 << 20 // bytes
	DefaultIntensity = 5
	DefaultPeriod    = 60 * time.Second
	DefaultHealthy   = 10 * time.Second
	DefaultEvery     = 250 * time.Millisecond
	DefaultTimeout   = time.Second
	DefaultGrace     = 10 * time.Second
)

// Restart says when a role that runs in the background is started again.
type Restart struct {
	Policy    Policy
	Intensity int            // most restarts within Period
	Period    time.Duration  //
	Healthy   time.Duration  // a run of this length begins Backoff anew
	Backoff   interval.Steps // pauses before restarts
}

// Restart returns the property restart.
func (s *Set) Restart() Restart {
	m := s.restart()
	r := Restart{
		Policy:    cmp.Or(Policy(m.GetPolicy()), Never),
		Intensity: DefaultIntensity,
		Period:    span(m.GetPeriod(), DefaultPeriod),
		Healthy:   span(m.GetHealthy(), DefaultHealthy),
		Backoff:   defaultBackoff(),
	}
	if m != nil && m.Intensity != nil {
		r.Intensity = int(m.GetIntensity())
	}
	if m.GetBackoff() != nil {
		r.Backoff = Steps(m.GetBackoff())
	}
	return r
}

// defaultBackoff doubles from 0.1 s to 60 s. Each pause is up to a quarter
// longer, so that roles that crash together do not come back together.
func defaultBackoff() interval.Steps {
	grain, part := 0.001, 0.25
	s := interval.Exponential(0.1, 2, 60)
	s.Randomized, s.Truncated = &grain, &part
	return s
}

func checkRestart(m *homepb.Restart) error {
	if p := m.Policy; p != nil {
		if err := oneOf("policy", *p, string(Never), string(OnCrash), string(Always)); err != nil {
			return err
		}
	}
	if err := positive("period", m.Period); err != nil {
		return err
	}
	if err := positive("healthy", m.Healthy); err != nil {
		return err
	}
	if m.GetIntensity() > 1_000_000 {
		return fmt.Errorf("intensity is %d: give 1000000 or less", m.GetIntensity())
	}
	if m.Backoff != nil {
		if err := Steps(m.Backoff).Check(); err != nil {
			return fmt.Errorf("backoff.%w", err)
		}
	}
	return nil
}

// span returns a duration or its default.
func span(d *durationpb.Duration, otherwise time.Duration) time.Duration {
	if d == nil {
		return otherwise
	}
	return d.AsDuration()
}

// positive refuses a span of nothing, of less, and of more than a year.
func positive(name string, d *durationpb.Duration) error {
	if d == nil {
		return nil
	}
	switch v := d.AsDuration(); {
	case v <= 0:
		return fmt.Errorf("%s is %v: it must be more than nothing", name, v)
	case v > longestSpan:
		return fmt.Errorf("%s is longer than a year", name)
	}
	return nil
}

const longestSpan = 366 * 24 * time.Hour
