package planfile

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

// short is a form of a message in which one value stands for one field.
type short struct {
	scalar protoreflect.Name // field that a text or number is for
	list   protoreflect.Name // field that a list is for
	shell  bool              // a text is a line for a shell

	// forms says what may be written, for errors.
	forms string
}

// shorts are the messages that have such a form.
var shorts = map[protoreflect.FullName]short{
	"ansar.schedule.v1.Need":        {scalar: "job", forms: "the id of a job, or a mapping such as {job: build}"},
	"ansar.schedule.v1.Demand":      {scalar: "name", forms: "the name of a resource, or a mapping such as {name: board, amount: 2}"},
	"ansar.schedule.v1.Resource":    {scalar: "name", forms: "a name, or a mapping such as {name: board, capacity: 2}"},
	"ansar.schedule.v1.Unit":        {scalar: "name", forms: "a name, or a mapping such as {name: board-1, attributes: {usb: 3}}"},
	"ansar.schedule.v1.Command":     {list: "argv", shell: true, forms: "a list such as [make, test], a line for sh, or a mapping such as {argv: [make, test]}"},
	"ansar.schedule.v1.Call":        {scalar: "executable", forms: "the name of an executable, or a mapping such as {executable: blink}"},
	"ansar.schedule.v1.Role":        {scalar: "name", forms: "the name of a role, or a mapping such as {name: server-0}"},
	"ansar.schedule.v1.Repeat":      {scalar: "count", forms: "a number, or a mapping such as {count: 3, until: pass}"},
	"ansar.schedule.v1.Backoff":     {scalar: "delay", forms: "a span of time, or a mapping such as {delay: 1s, factor: 2}"},
	"ansar.schedule.v1.Fingerprint": {list: "files", forms: "a list of files, or a mapping such as {files: [src/*.c]}"},
	"ansar.schedule.v1.Expected":    {scalar: "job", forms: "the id of a job, or a mapping such as {job: wlan-*, resource: board-b}"},
}

// short reads n as the short form of m, and reports whether there is one for
// values of its kind.
func (r *reader) short(n *node, m protoreflect.Message, p *path) bool {
	form := shorts[m.Descriptor().FullName()]
	name := form.scalar
	switch n.kind {
	case null, mapping:
		return false
	case list:
		name = form.list
	case text:
		if form.shell {
			argv := m.Mutable(m.Descriptor().Fields().ByName(form.list)).List()
			for _, word := range []string{"sh", "-c", n.text} {
				argv.Append(protoreflect.ValueOfString(word))
			}
			return true
		}
	}
	if name == "" {
		return false
	}
	r.field(n, m, m.Descriptor().Fields().ByName(name), p)
	return true
}

// formsOf says what may be written for a message.
func formsOf(md protoreflect.MessageDescriptor) string {
	if form, ok := shorts[md.FullName()]; ok {
		return form.forms
	}
	return "a mapping"
}
