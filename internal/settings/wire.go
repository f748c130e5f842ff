package settings

import (
	"google.golang.org/protobuf/encoding/protowire"
)

// wire is an encoded message that fields are appended to.
type wire []byte

func (w *wire) number(field protowire.Number, v int64) {
	*w = protowire.AppendVarint(protowire.AppendTag(*w, field, protowire.VarintType), uint64(v))
}

func (w *wire) truth(field protowire.Number, v bool) {
	if v {
		w.number(field, 1)
	}
}

// text writes also what is empty.
func (w *wire) text(field protowire.Number, s string) {
	*w = protowire.AppendString(protowire.AppendTag(*w, field, protowire.BytesType), s)
}

// told writes what is not empty.
func (w *wire) told(field protowire.Number, s string) {
	if s != "" {
		w.text(field, s)
	}
}

// message writes also what is empty.
func (w *wire) message(field protowire.Number, m wire) {
	*w = protowire.AppendBytes(protowire.AppendTag(*w, field, protowire.BytesType), m)
}
