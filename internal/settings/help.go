package settings

import (
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// HelpOptions adjust [Help]. A nil *HelpOptions means the defaults.
type HelpOptions struct {
	// Program is the name of the executable.
	Program string

	// Input says that the message is the input of the program: its fields are
	// given by file alone.
	Input bool
}

const (
	helpWidth  = 100
	helpIndent = 4
	helpColumn = 36 // where the text of a field begins at most
)

// Help returns what --help prints about m, whose values are the defaults: what
// the message is for, its fields, and a sample of a file. It is plain text of
// at most 100 columns, where no word is longer.
func Help(m proto.Message, o *HelpOptions) string {
	if o == nil {
		o = &HelpOptions{}
	}
	var b strings.Builder
	md := m.ProtoReflect().Descriptor()
	if about := aboutOf(md); about != "" {
		b.WriteString(wrap(about, 0, 0) + "\n\n")
	}
	title := "settings"
	if o.Input {
		title = "input"
	}
	if md.Fields().Len() == 0 && formOf(md) == plain {
		b.WriteString(title + ": none\n")
		return b.String()
	}
	if formOf(md) == plain {
		b.WriteString(title + ":\n")
		writeFields(&b, m.ProtoReflect(), o)
		b.WriteString(environmentNote(md, o) + "\n")
	}
	b.WriteString("sample of a file of " + title + ":\n")
	sample := MarshalEnvelope(m, &WriteOptions{AllFields: true, Redact: true})
	for line := range strings.Lines(string(sample)) {
		b.WriteString(strings.Repeat(" ", helpIndent) + line)
	}
	return b.String()
}

// environmentNote tells how variables are named, by the first flag there is.
func environmentNote(md protoreflect.MessageDescriptor, o *HelpOptions) string {
	if o.Input || o.Program == "" {
		return ""
	}
	for _, l := range leavesOf(md) {
		if !isSecret(l.field()) {
			return "\n" + wrap("Each can be given in the environment as well: "+variable(o.Program, l.name)+" is --"+l.name+
				". A flag wins over the environment, and the environment over the file.", 0, 0) + "\n"
		}
	}
	return ""
}

func aboutOf(md protoreflect.MessageDescriptor) string {
	s, _ := optionOf(md, aboutOption).(string)
	return s
}

// writeFields writes one block for each field, texts in one column.
func writeFields(b *strings.Builder, m protoreflect.Message, o *HelpOptions) {
	leaves := leavesOf(m.Descriptor())
	heads := make([]string, len(leaves))
	column := 0
	for i := range leaves {
		heads[i] = headOf(&leaves[i], o)
		if n := helpIndent + utf8.RuneCountInString(heads[i]) + 2; n <= helpColumn {
			column = max(column, n)
		}
	}
	if column == 0 {
		column = helpColumn
	}
	for i := range leaves {
		line := strings.Repeat(" ", helpIndent) + heads[i]
		if about := describe(m, &leaves[i], o); about != "" {
			used := utf8.RuneCountInString(line)
			if used+2 > column {
				line, used = line+"\n", 0
			}
			line += strings.Repeat(" ", column-used) + wrap(about, column, column)
		}
		b.WriteString(line + "\n")
	}
}

// headOf returns how a field is given: --seconds=<double>.
func headOf(l *leaf, o *HelpOptions) string {
	fd := l.field()
	name := "--" + l.name
	if o.Input || isSecret(fd) {
		name = strings.ReplaceAll(l.name, "-", "_")
	}
	if isBool(fd) && !o.Input && !isSecret(fd) {
		return name
	}
	s := name + "=<" + typeText(fd) + ">"
	if fd.IsList() || fd.IsMap() {
		s += "..."
	}
	return s
}

// describe returns what there is to say about a field.
func describe(m protoreflect.Message, l *leaf, o *HelpOptions) string {
	fd := l.field()
	var parts []string
	if s := helpOf(fd); s != "" {
		parts = append(parts, s)
	}
	item := fd
	if fd.IsMap() {
		item = fd.MapValue()
	}
	if item.Enum() != nil && !isNullEnum(item) {
		parts = append(parts, "(one of "+strings.Join(enumNames(item.Enum()), ", ")+")")
	}
	if isSecret(fd) {
		from := "(secret: from a file"
		if !o.Input && o.Program != "" {
			from = "(secret: from settings file or environment " + variable(o.Program, l.name)
		}
		return strings.Join(append(parts, from+")"), " ")
	}
	if fd.IsList() || fd.IsMap() {
		parts = append(parts, "(may be repeated)")
	}
	if from := l.reader(m); from.Has(fd) && !takesApart(fd) {
		s := argument(fd, from.Get(fd))
		if fd.Kind() == protoreflect.StringKind && !fd.IsList() {
			s = quote(s)
		}
		parts = append(parts, "(default "+s+")")
	}
	return strings.Join(parts, " ")
}

// wrap breaks s between words, so that lines end before the last column. The
// first line begins at column at, the others are indented.
func wrap(s string, at, indent int) string {
	var b strings.Builder
	for i, word := range strings.Fields(s) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}
