package settings

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// descriptors writes descriptors in the form of google/protobuf/descriptor.proto,
// whose field numbers these are. The library for it costs every program that
// links it more time at start than any other.
type descriptors struct {
	// options means that options can be read. Without the generated code of
	// descriptor.proto the library panics when it is asked for them; what they
	// mean for the content of a message is written all the same.
	options bool
}

// linksOptions reports whether descriptor.proto is compiled in.
func linksOptions() bool {
	_, err := protoregistry.GlobalFiles.FindFileByPath("google/protobuf/descriptor.proto")
	return err == nil
}

func (d descriptors) file(fd protoreflect.FileDescriptor) (w wire) {
	w.text(1, fd.Path())
	w.told(2, string(fd.Package()))
	for i := range fd.Imports().Len() {
		w.text(3, fd.Imports().Get(i).Path())
	}
	for i := range fd.Messages().Len() {
		w.message(4, d.message(fd.Messages().Get(i)))
	}
	for i := range fd.Enums().Len() {
		w.message(5, d.enum(fd.Enums().Get(i)))
	}
	for i := range fd.Extensions().Len() {
		w.message(7, d.field(fd.Extensions().Get(i)))
	}
	d.optionsOf(&w, 8, fd.Options, nil)
	for i := range fd.Imports().Len() {
		if fd.Imports().Get(i).IsPublic {
			w.number(10, int64(i))
		}
	}
	if fd.Syntax() != protoreflect.Proto2 {
		w.text(12, fd.Syntax().String())
	}
	if e, ok := fd.(interface{ Edition() int32 }); ok && fd.Syntax() == protoreflect.Editions {
		w.number(14, int64(e.Edition()))
	}
	return w
}

func (d descriptors) message(md protoreflect.MessageDescriptor) (w wire) {
	w.text(1, string(md.Name()))
	for i := range md.Fields().Len() {
		w.message(2, d.field(md.Fields().Get(i)))
	}
	for i := range md.Messages().Len() {
		w.message(3, d.message(md.Messages().Get(i)))
	}
	for i := range md.Enums().Len() {
		w.message(4, d.enum(md.Enums().Get(i)))
	}
	for i := range md.ExtensionRanges().Len() {
		var extensions wire
		extensions.number(1, int64(md.ExtensionRanges().Get(i)[0]))
		extensions.number(2, int64(md.ExtensionRanges().Get(i)[1]))
		d.optionsOf(&extensions, 3, func() protoreflect.ProtoMessage { return md.ExtensionRangeOptions(i) }, nil)
		w.message(5, extensions)
	}
	for i := range md.Extensions().Len() {
		w.message(6, d.field(md.Extensions().Get(i)))
	}
	var needed wire
	needed.truth(7, md.IsMapEntry())
	d.optionsOf(&w, 7, md.Options, needed)
	for i := range md.Oneofs().Len() {
		var oneof wire
		oneof.text(1, string(md.Oneofs().Get(i).Name()))
		d.optionsOf(&oneof, 2, md.Oneofs().Get(i).Options, nil)
		w.message(8, oneof)
	}
	return w
}

func (d descriptors) enum(ed protoreflect.EnumDescriptor) (w wire) {
	w.text(1, string(ed.Name()))
	seen, alias := map[protoreflect.EnumNumber]bool{}, false
	for i := range ed.Values().Len() {
		v := ed.Values().Get(i)
		var value wire
		value.text(1, string(v.Name()))
		value.number(2, int64(v.Number()))
		d.optionsOf(&value, 3, v.Options, nil)
		w.message(2, value)
		alias = alias || seen[v.Number()]
		seen[v.Number()] = true
	}
	var needed wire
	needed.truth(2, alias)
	if ed.ParentFile().Syntax() == protoreflect.Editions {
		needed.message(7, enumFeatures(ed))
	}
	d.optionsOf(&w, 3, ed.Options, needed)
	return w
}

// optionsOf writes the options of a descriptor or, where they cannot be read,
// those that are needed.
func (d descriptors) optionsOf(w *wire, number protowire.Number, options func() protoreflect.ProtoMessage, needed wire) {
	if !d.options {
		if needed != nil {
			w.message(number, needed)
		}
		return
	}
	if o := options(); o != nil && o.ProtoReflect().IsValid() {
		// Options came encoded, so they can be encoded again.
		data, _ := proto.MarshalOptions{AllowPartial: true, Deterministic: true}.Marshal(o)
		w.message(number, data)
	}
}
