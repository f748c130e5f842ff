package link

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

var (
	name    = rapid.StringMatching(`[a-z0-9.]{0,40}`)
	payload = rapid.SliceOfN(rapid.Byte(), 0, 300)
)

// A Data that is encoded by hand is, byte for byte, what the generated type
// writes, and is read as what was written.
func TestDataByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := data{
			to: name.Draw(t, "to"), origin: name.Draw(t, "origin"), id: name.Draw(t, "id"),
			senderAddress: name.Draw(t, "sender address"), senderID: name.Draw(t, "sender id"),
			typ: name.Draw(t, "type"), free: rapid.Bool().Draw(t, "free"),
		}
		p := payload.Draw(t, "payload")
		got := append(appendData(nil, &d, len(p)), p...)
		want, err := encode(&linkpb.Frame{Kind: &linkpb.Frame_Data{Data: &linkpb.Data{
			To: d.to, Origin: d.origin, Id: d.id, SenderAddress: d.senderAddress, SenderId: d.senderID,
			Type: d.typ, Free: d.free, Payload: p,
		}}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("encoded (-want +got):\n%s", diff)
		}
		kind, b := open(t, got)
		back, q, err := decodeData(b, names{})
		if err != nil || kind != kindData || back != d || !bytes.Equal(p, q) {
			t.Fatalf("decoded kind %d, %+v with %x, %v; want %+v with %x", kind, back, q, err, d, p)
		}
	})
}

// The same of a Chunk.
func TestChunkByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := chunk{
			to: name.Draw(t, "to"), origin: name.Draw(t, "origin"), stream: rapid.Uint64().Draw(t, "stream"),
			last: rapid.Bool().Draw(t, "last"), abort: rapid.Bool().Draw(t, "abort"),
			id: name.Draw(t, "id"), size: rapid.Uint64().Draw(t, "size"), data: payload.Draw(t, "data"),
		}
		got := append(appendChunk(nil, &c), c.data...)
		want, err := encode(&linkpb.Frame{Kind: &linkpb.Frame_Chunk{Chunk: &linkpb.Chunk{
			To: c.to, Origin: c.origin, Stream: c.stream, Last: c.last, Abort: c.abort,
			Id: c.id, Size: c.size, Data: c.data,
		}}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("encoded (-want +got):\n%s", diff)
		}
		_, b := open(t, got)
		back, err := decodeChunk(b, names{})
		if err != nil {
			t.Fatal(err)
		}
		equal := cmp.Comparer(bytes.Equal)
		if diff := cmp.Diff(c, back, cmp.AllowUnexported(chunk{}), equal); diff != "" {
			t.Fatalf("decoded (-want +got):\n%s", diff)
		}
	})
}

func open(t *rapid.T, b []byte) (kind int, rest []byte) {
	frame, size, err := firstFrame(b)
	if err != nil || size != len(b) {
		t.Fatalf("first frame has %d of %d bytes, %v", size, len(b), err)
	}
	k, rest, err := kindOf(frame)
	if err != nil {
		t.Fatal(err)
	}
	return int(k), rest
}

// A reader takes no memory for names that it has seen.
func TestDecodeAllocatesNothing(t *testing.T) {
	d := data{to: "1.4.2", origin: "1.4", id: "00000007", senderID: "00000003", typ: "google.protobuf.BytesValue"}
	frame := append(appendData(nil, &d, 3), 1, 2, 3)
	known := names{}
	got := testing.AllocsPerRun(100, func() {
		f, _, err := firstFrame(frame)
		if err != nil {
			t.Fatal(err)
		}
		_, b, err := kindOf(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err = ends(b, known); err != nil {
			t.Fatal(err)
		}
		if _, _, err = decodeData(b, known); err != nil {
			t.Fatal(err)
		}
	})
	if got != 0 {
		t.Errorf("a message is decoded with %v allocations, want 0", got)
	}
}

// Whatever bytes come, the decoders by hand accept no less than the generated
// type, and agree with it where the names are UTF-8.
func FuzzDecode(f *testing.F) {
	d := data{to: "1", origin: "1.1", id: "7", typ: "x", free: true}
	f.Add(body(append(appendData(nil, &d, 1), 5)))
	c := chunk{to: "1", origin: "1.1", stream: 3, last: true, data: []byte("abc")}
	f.Add(body(append(appendChunk(nil, &c), c.data...)))
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, body, err := kindOf(b)
		if err != nil {
			if !errors.Is(err, ErrProtocol) {
				t.Fatalf("error is %v, want one of the protocol", err)
			}
			return
		}
		want := new(linkpb.Data)
		if kind != kindData || proto.Unmarshal(body, want) != nil {
			return
		}
		d, payload, err := decodeData(body, names{})
		if err != nil {
			t.Fatalf("the generated type reads %v, and we do not: %v", want, err)
		}
		got := &linkpb.Data{
			To: d.to, Origin: d.origin, Id: d.id, SenderAddress: d.senderAddress, SenderId: d.senderID,
			Type: d.typ, Free: d.free, Payload: payload,
		}
		want.ProtoReflect().SetUnknown(nil)
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Fatalf("decoded (-want +got):\n%s", diff)
		}
	})
}
