package settings

import (
	"google.golang.org/protobuf/proto"
)

// MarshalEnvelope returns {"value": m} as [Marshal] prints it: the form of
// every file of settings, input, properties and results.
func MarshalEnvelope(m proto.Message, o *WriteOptions) []byte {
	w := newWriter(o)
	w.begin('{')
	w.member("value")
	w.outermost(m)
	w.kept(w.Keep.outside())
	w.end('}')
	return w.done()
}

// UnmarshalEnvelope sets the fields of m from {"value": ...}, as [Unmarshal]
// does from what is inside.
func UnmarshalEnvelope(file string, data []byte, m proto.Message, o *ReadOptions) (*Unknown, error) {
	r := newReader(file, data, o)
	n, err := parse(data)
	if err == nil {
		err = r.envelope(n, m)
	}
	if err != nil {
		return nil, r.error(err)
	}
	return r.unknown, nil
}

func (r *reader) envelope(n *node, m proto.Message) *fault {
	inside := n.find("value")
	if inside == nil {
		return faultf(n.at, nil, `expected {"value": ...}, found %s without "value"`, n)
	}
	for i := range n.members {
		mem := &n.members[i]
		if mem.name == "value" {
			continue
		}
		if r.Strict {
			return faultf(mem.at, nil, `unexpected %s beside "value"`, quote(mem.name))
		}
		r.unknown.beside = append(r.unknown.beside, unknown{member: *mem, path: mem.name})
	}
	return r.outermost(inside, m)
}
