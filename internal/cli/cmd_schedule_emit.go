package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/spf13/cobra"
)

const emitLong = `Emit has a command that is run for a job tell the schedule something, while it goes
on. It writes a line of JSON to the pipe $ANSAR_EVENTS, which anything else can as
well:

  artefact <name> [value]     {"artefact": "fw-a", "value": "build/fw-a.bin"}
                              jobs that need the artefact may start
  message <name> [json]       {"message": "progress", "payload": {"done": 3}}
                              an event of the job's own, for the report
  not-ready <why>             {"not_ready": "no free port"}
                              it is to be tried again, later
  skip <why>                  {"skip": "nothing to do"}
  ok                          {"ok": true}
  failed <why>                {"failed": "3 of 7 tests"}
                              how it ended; ok counts only with exit status 0
  resume                      {"resume": true}
                              of a guard: the run may go on

A line has at most 4096 bytes, as only such are written whole. What is longer goes
into a file in $ANSAR_OUTPUT, and its path into the event.`

// longestEvent is what a pipe takes as a whole (PIPE_BUF).
const longestEvent = 4096

func scheduleEmitCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "emit <kind> [words]",
		Short:             "tell the schedule something, from inside a job",
		Long:              emitLong,
		Example:           "  ansar schedule emit artefact fw-a build/fw-a.bin\n  ansar schedule emit message progress '{\"done\": 3}'",
		ValidArgsFunction: completeWords("artefact", "message", "not-ready", "skip", "ok", "failed", "resume"),
		RunE: func(_ *cobra.Command, words []string) error {
			if len(words) == 0 {
				return usagef("a kind of event is required: artefact, message, not-ready, skip, ok, failed or resume")
			}
			event, err := emitted(words[0], words[1:])
			if err != nil {
				return err
			}
			return emit(event)
		},
	}
	return cmd
}

// event is a line for $ANSAR_EVENTS.
type event struct {
	Artefact string          `json:"artefact,omitempty"`
	Value    string          `json:"value,omitempty"`
	Message  string          `json:"message,omitempty"`
	Payload  json.RawMessage `json:"payload,omitempty"`
	NotReady string          `json:"not_ready,omitempty"`
	Skip     string          `json:"skip,omitempty"`
	OK       bool            `json:"ok,omitempty"`
	Failed   string          `json:"failed,omitempty"`
	Resume   bool            `json:"resume,omitempty"`
}

// emitted makes the event of words.
func emitted(kind string, words []string) (*event, error) {
	ev := &event{}
	var payload string
	var slots []slot
	required := 1
	switch kind {
	case "artefact":
		slots = []slot{{"name", &ev.Artefact}, {"value", &ev.Value}}
	case "message":
		slots = []slot{{"name", &ev.Message}, {"json", &payload}}
	case "not-ready":
		slots = []slot{{"why", &ev.NotReady}}
	case "skip":
		slots = []slot{{"why", &ev.Skip}}
	case "failed":
		slots = []slot{{"why", &ev.Failed}}
	case "ok":
		ev.OK, required = true, 0
	case "resume":
		ev.Resume, required = true, 0
	default:
		return nil, usagef("unknown kind of event %q: there are artefact, message, not-ready, skip, ok, failed and resume", kind)
	}
	if len(slots) == 0 && len(words) > 0 {
		return nil, usagef("%q is one word too many: %s takes none", words[0], kind)
	}
	if len(words) < required {
		return nil, usagef("%s takes a <%s>", kind, slots[0].name)
	}
	if err := fill(words, slots...); err != nil {
		return nil, err
	}
	if payload != "" {
		if !json.Valid([]byte(payload)) {
			return nil, usagef("the payload %q is no JSON: put texts into double quotes", payload)
		}
		ev.Payload = json.RawMessage(payload)
	}
	return ev, nil
}

// emit writes the event to who runs the job.
func emit(ev *event) error {
	name := os.Getenv("ANSAR_EVENTS")
	if name == "" {
		return preconditionf("$ANSAR_EVENTS is not set: this is for commands that ansar schedule runs")
	}
	line, err := json.Marshal(ev)
	if err != nil {
		return err
	}
	if line = append(line, '\n'); len(line) > longestEvent {
		return usagef("the event has %d bytes, %d is the limit: put the value into a file, and its path here", len(line), longestEvent)
	}
	pipe, err := os.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ENXIO) || errors.Is(err, os.ErrNotExist) {
		return preconditionf("nobody listens at %s: the job has ended", name)
	}
	if err != nil {
		return &failure{fmt.Errorf("emit an event: %w", err)}
	}
	_, err = pipe.Write(line) // waits while the pipe is full
	if err = errors.Join(err, pipe.Close()); err != nil {
		return &failure{fmt.Errorf("emit an event: %w", err)}
	}
	return nil
}
