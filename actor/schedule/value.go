package schedule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

const (
	// inlineValue is the most that a value may take in events and reports.
	inlineValue = 64 << 10

	// shownValue is the most of JSON that reports show.
	shownValue = 4 << 10

	valueFile  = "value.binpb"
	resultFile = "result.json"
)

// valueOf keeps what a call returned. A long one goes into a file of the attempt.
func (w *work) valueOf(returned *anypb.Any) (*schedulepb.Value, error) {
	name := string(returned.MessageName())
	value := &schedulepb.Value{Type: name, Json: w.shown(name, returned.GetValue())}
	return value, w.keep(value, returned.GetValue())
}

// keep puts the payload into the value, or into a file.
func (w *work) keep(value *schedulepb.Value, payload []byte) error {
	if len(payload) <= inlineValue {
		value.Payload = payload
		return nil
	}
	value.File = filepath.Join(w.folder, valueFile)
	if err := os.WriteFile(w.path(valueFile), payload, 0o666); err != nil {
		return fmt.Errorf("keep the value of %s: %w", w.job.GetId(), err)
	}
	return nil
}

// shown is the JSON of a message for whoever reads: nothing if it is long or
// of a type that is not known.
func (w *work) shown(name string, payload []byte) string {
	t := w.run.options.find(name)
	if t == nil || len(payload) > shownValue {
		return ""
	}
	m := t.New().Interface()
	if (proto.UnmarshalOptions{Resolver: w.run.options.resolver()}).Unmarshal(payload, m) != nil {
		return ""
	}
	hideSecrets(m.ProtoReflect())
	text, err := protojson.MarshalOptions{Resolver: w.run.options.resolver()}.Marshal(m)
	if err != nil {
		return ""
	}
	return short(compactJSON(text))
}

func short(text []byte) string {
	if len(text) > shownValue {
		return ""
	}
	return string(text)
}

// compactJSON takes out the spaces that protojson puts in at random.
func compactJSON(text []byte) []byte {
	var out bytes.Buffer
	if json.Compact(&out, text) != nil {
		return text
	}
	return out.Bytes()
}

// badResult is what is wrong with the file of a result.
type badResult struct {
	kind string // truncated-reply or bad-reply
	text string
}

// Error implements error.
func (b *badResult) Error() string { return b.text }

// result reads what a command has left as its result: nil if it has left nothing.
// The error is a *badResult, or that of a file.
func (w *work) result() (*schedulepb.Value, error) {
	text, err := os.ReadFile(w.path(resultFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the result of %s: %w", w.job.GetId(), err)
	}
	if bad := checkJSON(text); bad != nil {
		return nil, bad
	}
	_ = os.Remove(w.path(resultFile)) // the value has it
	text = compactJSON(text)
	value := &schedulepb.Value{Json: short(text)}
	return value, w.keep(value, text)
}

// checkJSON tells a text that ends too early from one that is no JSON.
func checkJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var one json.RawMessage
	err := decoder.Decode(&one)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &badResult{"truncated-reply", fmt.Sprintf("its result ends too early, after %d bytes", len(text))}
	case err != nil:
		return &badResult{"bad-reply", "its result is no JSON: " + err.Error()}
	case decoder.More():
		return &badResult{"bad-reply", "its result is more than one JSON value"}
	}
	return nil
}

// absoluteValue is the value for a job: its file is named from the root.
func (r *run) absoluteValue(v *schedulepb.Value) *schedulepb.Value {
	if v.GetFile() == "" || filepath.IsAbs(v.GetFile()) {
		return v
	}
	v = proto.CloneOf(v)
	v.File = filepath.Join(r.folder, v.GetFile())
	return v
}

// jsonOf gives a value of another job as JSON: as it was written, or as its type
// says.
func (r *run) jsonOf(v *schedulepb.Value) ([]byte, error) {
	payload, err := job.Payload(r.absoluteValue(v))
	if err != nil || v.GetType() == "" {
		return payload, err
	}
	t := r.options.find(v.GetType())
	if t == nil {
		if v.GetJson() != "" {
			return []byte(v.GetJson()), nil
		}
		return nil, fmt.Errorf("the type %s is not known", v.GetType())
	}
	m := t.New().Interface()
	if err := (proto.UnmarshalOptions{Resolver: r.options.resolver()}).Unmarshal(payload, m); err != nil {
		return nil, err
	}
	return protojson.MarshalOptions{Resolver: r.options.resolver(), UseProtoNames: true}.Marshal(m)
}
