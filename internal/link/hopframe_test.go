package link

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

func drawValue(t *rapid.T, label string) *linkpb.Value {
	if !rapid.Bool().Draw(t, label+" is there") {
		return nil
	}
	return &linkpb.Value{
		Type:    rapid.String().Draw(t, label+" type"),
		Payload: rapid.SliceOfN(rapid.Byte(), -1, 300).Draw(t, label+" payload"),
	}
}

func drawMaybe(t *rapid.T, label string) *int64 {
	if !rapid.Bool().Draw(t, label+" is there") {
		return nil
	}
	return proto.Int64(rapid.Int64().Draw(t, label))
}

func drawHopFrame(t *rapid.T) *linkpb.Frame {
	text := rapid.String()
	switch rapid.IntRange(kindHello, kindCompleted).Draw(t, "kind") {
	case kindHello:
		return &linkpb.Frame{Kind: &linkpb.Frame_Hello{Hello: &linkpb.Hello{
			Major: rapid.Uint32().Draw(t, "major"), Minor: rapid.Uint32().Draw(t, "minor"), Name: text.Draw(t, "name"),
			Pid: rapid.Int32().Draw(t, "pid"), AnnouncesReady: rapid.Bool().Draw(t, "announces"), Build: text.Draw(t, "build"),
		}}}
	case kindBegin:
		return &linkpb.Frame{Kind: &linkpb.Frame_Begin{Begin: &linkpb.Begin{
			Object: text.Draw(t, "object"), Address: text.Draw(t, "address"),
			Settings: drawValue(t, "settings"), Input: drawValue(t, "input"), LogLevel: rapid.Int32().Draw(t, "level"),
			DeadlineLeftMs: drawMaybe(t, "deadline"), GraceMs: drawMaybe(t, "grace"), OrphanLimitMs: drawMaybe(t, "orphan"),
			Detached: rapid.Bool().Draw(t, "detached"), Executable: text.Draw(t, "executable"),
			Headers: rapid.MapOfN(text, text, -1, 3).Draw(t, "headers"), Isolation: text.Draw(t, "isolation"),
			WantsReady: rapid.Bool().Draw(t, "wants ready"),
		}}}
	case kindReady:
		return &linkpb.Frame{Kind: &linkpb.Frame_Ready{Ready: &linkpb.Ready{}}}
	case kindStop:
		return &linkpb.Frame{Kind: &linkpb.Frame_Stop{Stop: &linkpb.Stop{
			LeftMs: rapid.Int64().Draw(t, "left"), Reason: text.Draw(t, "reason"), TimedOut: rapid.Bool().Draw(t, "timed out"),
		}}}
	case kindLog:
		return &linkpb.Frame{Kind: &linkpb.Frame_Log{Log: &linkpb.Log{
			TimeUnixNano: rapid.Int64().Draw(t, "time"), Pid: rapid.Int32().Draw(t, "pid"), Tag: text.Draw(t, "tag"),
			Id: text.Draw(t, "id"), Name: text.Draw(t, "name"), State: text.Draw(t, "state"), Text: text.Draw(t, "text"),
		}}}
	default:
		return &linkpb.Frame{Kind: &linkpb.Frame_Completed{Completed: &linkpb.Completed{
			Type: text.Draw(t, "type"), Payload: rapid.SliceOfN(rapid.Byte(), -1, 300).Draw(t, "payload"),
		}}}
	}
}

// encodeHop is how a link encodes a frame about its hop.
func encodeHop(f *linkpb.Frame) ([]byte, error) {
	switch {
	case f.GetHello() != nil:
		return encodeHello(f.GetHello())
	case f.GetBegin() != nil:
		return encodeBegin(f.GetBegin())
	case f.GetReady() != nil:
		return encodeReady()
	case f.GetStop() != nil:
		return encodeStop(f.GetStop())
	case f.GetLog() != nil:
		return encodeLog(f.GetLog())
	default:
		return encodeCompleted(f.GetCompleted())
	}
}

// decodeHop is how a link decodes one, and the library's way.
func decodeHop(kind int, body []byte) (got, want proto.Message, err, wantErr error) {
	switch kind {
	case kindHello:
		got, err = decodeHello(body)
		want = new(linkpb.Hello)
	case kindBegin:
		got, err = decodeBegin(body)
		want = new(linkpb.Begin)
	case kindStop:
		got, err = decodeStop(body)
		want = new(linkpb.Stop)
	case kindLog:
		got, err = decodeLog(body)
		want = new(linkpb.Log)
	case kindCompleted:
		got, err = decodeCompleted(body)
		want = new(linkpb.Completed)
	default:
		return nil, nil, nil, nil
	}
	return got, want, err, proto.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(body, want)
}

// Frames written by hand say what the library reads, and the other way round.
func TestHopFramesAsTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawHopFrame(t)
		whole, err := encodeHop(f)
		if err != nil {
			t.Fatal(err)
		}
		frame, size, err := firstFrame(whole)
		if err != nil || size != len(whole) {
			t.Fatalf("a frame of %d bytes ends after %d: %v", len(whole), size, err)
		}
		got := new(linkpb.Frame)
		if err := proto.Unmarshal(frame, got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f, got, protocmp.Transform()); diff != "" {
			t.Fatalf("encoded (-want +got):\n%s", diff)
		}
		again, err := proto.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		kind, content, err := kindOf(again)
		if err != nil {
			t.Fatal(err)
		}
		read, want, err, wantErr := decodeHop(int(kind), content)
		if err != nil || wantErr != nil {
			t.Fatalf("decode: %v, the library: %v", err, wantErr)
		}
		if diff := cmp.Diff(want, read, protocmp.Transform()); diff != "" {
			t.Fatalf("decoded (-want +got):\n%s", diff)
		}
	})
}

// What is damaged, unknown or there twice is read as the library reads it.
func FuzzHopFrames(f *testing.F) {
	for kind, m := range map[int]proto.Message{
		kindHello:     &linkpb.Hello{Major: 1, Name: "x", Pid: -1},
		kindBegin:     &linkpb.Begin{Address: "1.2", Input: &linkpb.Value{Type: "T", Payload: []byte{1}}, Headers: map[string]string{"a": "b"}, GraceMs: proto.Int64(0)},
		kindStop:      &linkpb.Stop{LeftMs: -1, Reason: "r"},
		kindLog:       &linkpb.Log{Text: "t"},
		kindCompleted: &linkpb.Completed{Type: "T"},
	} {
		body, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(kind, body)
		f.Add(kind, append(body, body...))
	}
	f.Fuzz(func(t *testing.T, kind int, body []byte) {
		got, want, err, wantErr := decodeHop(kind, body)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%x: error %v, that of the library is %v", body, err, wantErr)
		}
		if err != nil {
			if !errors.Is(err, ErrProtocol) {
				t.Fatalf("%x: %v is no ErrProtocol", body, err)
			}
			return
		}
		if diff := cmp.Diff(want, got, protocmp.Transform()); got != nil && diff != "" {
			t.Fatalf("%x (-want +got):\n%s", body, diff)
		}
	})
}

// A text that is not UTF-8 is refused before the other side has to.
func TestHopFrameRefusesOddText(t *testing.T) {
	if _, err := encodeCompleted(&linkpb.Completed{Type: "\xff"}); err == nil {
		t.Error("it was encoded")
	}
}
