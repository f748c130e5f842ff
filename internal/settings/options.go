package settings

import (
	"google.golang.org/protobuf/reflect/protoregistry"
)

// Resolver finds the types inside of google.protobuf.Any.
// [protoregistry.GlobalTypes] is one, the Types of package schema another.
type Resolver interface {
	protoregistry.MessageTypeResolver
	protoregistry.ExtensionTypeResolver
}

// WriteOptions adjust [Marshal] and [MarshalEnvelope]. A nil *WriteOptions
// means the defaults.
type WriteOptions struct {
	// AllFields writes the fields that are not set, too: zero values as they
	// are, what is absent as null. Files of settings and input are written so.
	AllFields bool

	// Compact leaves out all white space and the newline at the end.
	Compact bool

	// Redact writes "***" for each secret field that is set.
	Redact bool

	// Typed begins the outermost value with "@type", as in an Any.
	Typed bool

	// Keep are members that an earlier [Unmarshal] had no field for. They are
	// written where they were found.
	Keep *Unknown

	// Types finds the types inside of Any. If nil, those compiled in.
	Types Resolver
}

// ReadOptions adjust [Unmarshal] and [UnmarshalEnvelope]. A nil *ReadOptions
// means the defaults.
type ReadOptions struct {
	// Root is the first word of every field path: "settings" or "input".
	// If empty, paths begin with the field.
	Root string

	// Strict makes a member that no field is declared for an error, which
	// names the nearest field. Otherwise it becomes part of the [Unknown].
	Strict bool

	// Types finds the types inside of Any. If nil, those compiled in.
	Types Resolver

	// noSecrets refuses secret fields: the text came from an argument.
	noSecrets bool
}

func (o *WriteOptions) orDefault() WriteOptions {
	if o == nil {
		o = &WriteOptions{}
	}
	out := *o
	if out.Types == nil {
		out.Types = protoregistry.GlobalTypes
	}
	return out
}

func (o *ReadOptions) orDefault() ReadOptions {
	if o == nil {
		o = &ReadOptions{}
	}
	out := *o
	if out.Types == nil {
		out.Types = protoregistry.GlobalTypes
	}
	return out
}
