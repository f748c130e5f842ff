package formats

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// wellFormed reads XML to its end, and returns the text of each element of that name.
func wellFormed(text []byte, element string) (found []string, err error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = true
	var within int
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == element {
				within++
				found = append(found, "")
			}
		case xml.EndElement:
			if token.Name.Local == element {
				within--
			}
		case xml.CharData:
			if within > 0 {
				found[len(found)-1] += string(token)
			}
		}
	}
}

// A log of a gigabyte of control characters and bytes that are no text makes a
// well-formed JUnit file of a few kilobytes, with the beginning and the end of it, and
// the log stays as it is.
func TestEC20(t *testing.T) {
	const size = 1 << 30
	folder := t.TempDir()
	path := filepath.Join(folder, "jobs", "loud", "1", "stdout")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	var every strings.Builder // of all bytes
	for c := range 256 {
		every.WriteByte(byte(c))
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, head := file.WriteAt([]byte("begin"+every.String()), 0)
	_, tail := file.WriteAt([]byte(every.String()+"]]>end\n"), size-int64(len("]]>end\n")+every.Len()))
	if err := errors.Join(head, tail, file.Close()); err != nil { // with a hole in the middle
		t.Fatal(err)
	}
	loud := &schedulepb.JobReport{Id: "loud", Status: ok, Started: timestamppb.New(began), Attempts: []*schedulepb.AttemptReport{{
		Number: 1, Status: ok, Log: "jobs/loud/1/log",
		Outputs: []*schedulepb.JobOutput{{Stream: "stdout", File: "jobs/loud/1/stdout", Length: size}},
	}}}
	var b bytes.Buffer
	if err := JUnit(&b, &schedulepb.Report{Plan: "p", Jobs: []*schedulepb.JobReport{loud}}, &JUnitOptions{Folder: folder}); err != nil {
		t.Fatal(err)
	}
	found, err := wellFormed(b.Bytes(), "system-out")
	if err != nil || len(found) != 1 {
		t.Fatalf("%d outputs, %v", len(found), err)
	}
	for _, want := range []string{
		"[[ATTACHMENT|jobs/loud/1/log]]", `begin\x00\x01`, `\x08` + "\t\n" + `\x0b\x0c` + "\r" + `\x0e`, "~" + `\x7f\x80`, `\xff]]>end`,
		fmt.Sprintf("%d bytes left out, see jobs/loud/1/stdout", size-32<<10),
	} {
		if !strings.Contains(found[0], want) {
			t.Errorf("the output lacks %q", want)
		}
	}
	if b.Len() > 1<<20 {
		t.Errorf("the file has %d bytes", b.Len())
	}
	if info, err := os.Stat(path); err != nil || info.Size() != size {
		t.Errorf("the log is %v, %v", info, err)
	}
}

// nasty are texts that would do harm where they are not escaped.
var nasty = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "</pre></details></main>", `' onmouseover='x`, "javascript:alert(1)", "]]>", "<!--", "&amp;",
	"\x1b[31mred", "\x00", "\xff\xfe", "\u202egnp.exe", "\u2028", "a\nb\tc\rd", "../../etc/passwd", "/etc/passwd", `a\"b`, "", "🙂", "\ufffe",
}

// spoil replaces every text in a message.
func spoil(t *rapid.T, m protoreflect.Message) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		bad := func() protoreflect.Value {
			return protoreflect.ValueOfString(rapid.OneOf(rapid.SampledFrom(nasty), rapid.String()).Draw(t, "text"))
		}
		switch {
		case f.IsMap():
		case f.IsList() && f.Message() != nil:
			for i := range v.List().Len() {
				spoil(t, v.List().Get(i).Message())
			}
		case f.IsList() && f.Kind() == protoreflect.StringKind:
			v.List().Set(0, bad())
		case f.Message() != nil:
			spoil(t, v.Message())
		case f.Kind() == protoreflect.StringKind && rapid.Bool().Draw(t, "spoil"):
			m.Set(f, bad())
		}
		return true
	})
}

// Whatever jobs are called and have said, every format is well-formed.
func TestWellFormedWhateverJobsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, p := proto.CloneOf(sample()), proto.CloneOf(samplePlan())
		spoil(t, r.ProtoReflect())
		spoil(t, p.ProtoReflect())
		write := func(name string, f func(w io.Writer) error) []byte {
			var b bytes.Buffer
			if err := f(&b); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return b.Bytes()
		}
		if _, err := wellFormed(write("JUnit", func(w io.Writer) error { return JUnit(w, r, nil) }), "testcase"); err != nil {
			t.Fatalf("JUnit: %v", err)
		}
		for name, f := range map[string]func(io.Writer) error{
			"JSON": func(w io.Writer) error { return JSON(w, r) }, "trace": func(w io.Writer) error { return Trace(w, r) },
		} {
			if text := write(name, f); !json.Valid(text) {
				t.Fatalf("%s is no JSON: %s", name, text)
			}
		}
		if _, err := ReadJSON(write("JSON", func(w io.Writer) error { return JSON(w, r) })); err != nil {
			t.Fatalf("JSON cannot be read back: %v", err)
		}
		harmless(t, write("HTML", func(w io.Writer) error { return HTML(w, r) }))
		for name, f := range map[string]func(io.Writer) error{
			"table": func(w io.Writer) error { return Table(w, r, &TableOptions{Width: 80}) }, "timeline": func(w io.Writer) error { return Timeline(w, r, 20) },
			"utilisation": func(w io.Writer) error { return Utilisation(w, r) }, "path": func(w io.Writer) error { return CriticalPath(w, r) },
			"diff": func(w io.Writer) error { return Diff(w, sample(), r) }, "DOT": func(w io.Writer) error { return DOT(w, p, r) },
			"Mermaid": func(w io.Writer) error { return Mermaid(w, p, r) },
		} {
			if text := write(name, f); bytes.ContainsFunc(text, func(c rune) bool { return c != '\n' && unprintable(c) }) {
				t.Fatalf("%s would be obeyed by a terminal: %q", name, text)
			}
		}
	})
}

// harmless checks that a page has the tags that it has with an ordinary report, and no
// others: with nothing but its own script, no handler, no link out of its folder.
func harmless(t *rapid.T, page []byte) {
	text := string(page)
	body := text[strings.Index(text, "<body>"):]
	if n := strings.Count(text, "<script"); n != 1 {
		t.Fatalf("%d scripts", n)
	}
	body = strings.Replace(body, pageScript, "", 1)
	for _, tag := range strings.Split(body, "<")[1:] {
		name, _, _ := strings.Cut(strings.TrimPrefix(tag, "/"), ">")
		name, attributes, _ := strings.Cut(name, " ")
		if !strings.Contains(" body main header section h1 h2 p span b i small a code pre time div ul ol li table thead tbody tr th td dl dt dd details summary input button select option label script html ", " "+name+" ") {
			t.Fatalf("a tag %q: %.80q", name, tag)
		}
		for _, attribute := range strings.Fields(strings.ReplaceAll(attributes, "&#34;", "")) {
			if strings.HasPrefix(attribute, "on") && strings.Contains(attribute, "=") && !insideValue(attributes, attribute) {
				t.Fatalf("a handler: %.120q", tag)
			}
		}
		if _, target, linked := strings.Cut(attributes, `href="`); linked && name == "a" {
			if !strings.HasPrefix(target, "./") && !strings.HasPrefix(target, "#j") {
				t.Fatalf("a link to elsewhere: %.120q", tag)
			}
			path, _, _ := strings.Cut(target, `"`)
			if slices.Contains(strings.Split(path, "/"), "..") { // a name may begin with two dots
				t.Fatalf("a link out of the folder: %.120q", tag)
			}
		}
	}
}

// insideValue reports whether a word stands between the quotes of an attribute.
func insideValue(attributes, word string) bool {
	return strings.Count(attributes[:strings.Index(attributes, word)], `"`)%2 == 1
}

func TestNoScriptOfAJobGetsIntoThePage(t *testing.T) {
	r := sample()
	const evil = `<script>document.title="pwned"</script>`
	for _, j := range r.Jobs {
		j.Labels = append(j.Labels, evil)
		for _, a := range j.Attempts {
			a.LastLines, a.CommandLine, a.Log = evil, evil, "jobs/"+evil+"/1/log"
		}
	}
	r.Jobs[0].Id, r.Warnings, r.Run = evil, []string{evil}, evil
	var b bytes.Buffer
	if err := HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), evil) || strings.Count(b.String(), "<script") != 1 {
		t.Error("a script of a job stands in the page")
	}
	if !strings.Contains(b.String(), `href="./jobs/%3Cscript%3Edocument.title=%22pwned%22%3C/script%3E/1/log"`) {
		t.Error("the link to a log with such a name is not there")
	}
}
