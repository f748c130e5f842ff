package formats

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// traceEvent is an item of the Trace Event Format. Times are in microseconds.
type traceEvent struct {
	Name     string            `json:"name"`
	Category string            `json:"cat,omitempty"`
	Phase    string            `json:"ph"`
	Time     float64           `json:"ts"`
	Duration *float64          `json:"dur,omitempty"`
	Process  int               `json:"pid"`
	Thread   int               `json:"tid"`
	ID       int               `json:"id,omitempty"`
	Bind     string            `json:"bp,omitempty"`
	Colour   string            `json:"cname,omitempty"`
	Scope    string            `json:"s,omitempty"`
	Args     map[string]string `json:"args,omitempty"`
}

// Processes of the trace: one shows the slots, the other the units.
const (
	slotProcess = 1
	unitProcess = 2
)

// Trace writes the run as a trace that Perfetto and Chromium open: a track for each slot and
// each unit, and an arrow from a job to each that needed it.
func Trace(w io.Writer, r *schedulepb.Report) error {
	t := &traceWriter{w: bufio.NewWriter(w)}
	t.text(`{"displayTimeUnit":"ms","otherData":`)
	t.value(map[string]string{"run": r.GetRun(), "plan": r.GetPlan(), "started": r.GetStarted().AsTime().Format(time.RFC3339Nano)})
	t.text(`,"traceEvents":[` + "\n")
	t.item(traceEvent{Name: "process_name", Phase: "M", Process: slotProcess, Args: map[string]string{"name": "slots"}})
	t.item(traceEvent{Name: "process_name", Phase: "M", Process: unitProcess, Args: map[string]string{"name": "resources"}})
	ends := map[string]traceEvent{}   // where arrows from a job begin
	starts := map[string]traceEvent{} // where arrows to a job end
	for i, l := range lanes(r) {
		process := unitProcess
		if l.group == "slots" {
			process = slotProcess
		}
		t.item(traceEvent{Name: "thread_name", Phase: "M", Process: process, Thread: i + 1, Args: map[string]string{"name": l.name}})
		for _, b := range l.bars {
			e := b.trace(process, i+1)
			t.item(e)
			if process != slotProcess {
				continue
			}
			if _, known := starts[b.job.GetId()]; !known || b.attempt.GetNumber() <= 1 {
				starts[b.job.GetId()] = e
			}
			ends[b.job.GetId()] = e
		}
	}
	t.arrows(r, ends, starts)
	t.text("\n]}\n")
	if t.err != nil {
		return fmt.Errorf("write trace: %w", t.err)
	}
	return t.w.Flush()
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func (b *bar) trace(process, thread int) traceEvent {
	duration := micros(b.to - b.from)
	e := traceEvent{
		Name: b.label, Category: b.state(), Phase: "X", Time: micros(b.from), Duration: &duration, Process: process, Thread: thread,
		Args: map[string]string{"status": b.state()}, Colour: "bad",
	}
	if b.attempt.GetStatus().Fine() {
		e.Colour = "good"
	}
	for name, value := range map[string]string{
		"log": b.attempt.GetLog(), "command": b.attempt.GetCommandLine(), "cause": causeText(b.attempt.GetCause()),
	} {
		if value != "" {
			e.Args[name] = value
		}
	}
	return e
}

// arrows are drawn from the end of a job to the start of those that need it.
func (t *traceWriter) arrows(r *schedulepb.Report, ends, starts map[string]traceEvent) {
	id := 0
	for _, j := range r.GetJobs() {
		to, ran := starts[j.GetId()]
		for _, need := range j.GetNeeds() {
			from, also := ends[need.GetJob()]
			if !ran || !also {
				continue
			}
			id++
			at := min(from.Time+*from.Duration, to.Time) // it may have waited for an artefact only
			t.item(traceEvent{Name: "need", Category: "need", Phase: "s", Time: max(at, from.Time), Process: from.Process, Thread: from.Thread, ID: id})
			t.item(traceEvent{Name: "need", Category: "need", Phase: "f", Bind: "e", Time: to.Time, Process: to.Process, Thread: to.Thread, ID: id})
		}
	}
}

type traceWriter struct {
	w     *bufio.Writer
	items int
	err   error
}

func (t *traceWriter) text(text string) { _, _ = t.w.WriteString(text) } // the buffer keeps the error

func (t *traceWriter) value(v any) {
	text, err := json.Marshal(v)
	if err != nil && t.err == nil {
		t.err = err
	}
	_, _ = t.w.Write(text)
}

func (t *traceWriter) item(e traceEvent) {
	if t.items++; t.items > 1 {
		t.text(",\n")
	}
	t.value(e)
}
