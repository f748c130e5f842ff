package pages

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// sample is a small tree with one of everything that pages show.
func sample() *cobra.Command {
	root := &cobra.Command{Use: "tool <command>", Short: "do things", DisableFlagsInUseLine: true}
	play := &cobra.Command{
		Use: "play [role]", Short: "play roles | all", Aliases: []string{"act"}, Run: func(*cobra.Command, []string) {},
		Long:    "Play plays *one* role\nor <more>.\n\n.dot begins\n\n  a   -b\n\n  c",
		Example: "  tool play 'a\\b'",
	}
	play.Flags().IntP("count", "n", 3, "how often, as `NUMBER`")
	play.Flags().Bool("quiet", false, "say nothing")
	hidden := &cobra.Command{Use: "secret", Hidden: true, Run: func(*cobra.Command, []string) {}}
	topic := &cobra.Command{Use: "words", Short: "what words mean", Long: "Words mean things."}
	root.AddCommand(play, hidden, topic)
	return root
}

const wantMarkdown = `# tool play

Play roles | all.

` + "```" + `
tool play [role] [flags]
` + "```" + `

Also: ` + "`act`" + `.

Play plays \*one\* role
or \<more>.

.dot begins

` + "```" + `
a   -b

c
` + "```" + `

## Examples

` + "```" + `
tool play 'a\b'
` + "```" + `

## Flags

| flag | what it does |
| --- | --- |
| ` + "`-n, --count=NUMBER`" + ` | how often, as NUMBER (3 if not given) |
| ` + "`--quiet`" + ` | say nothing |

*This page is what ` + "`tool help play`" + ` prints, written by ` + "`make docs`" + `.*
`

const wantMan = `.\" Written by make docs: the text is that of the command's help.
.TH TOOL-PLAY 1 "" "tool" "tool manual"
.SH NAME
tool\-play \- play roles | all
.SH SYNOPSIS
.nf
\fBtool play [role] [flags]\fR
.fi
.PP
Also: \fBact\fR
.SH DESCRIPTION
Play plays *one* role
or <more>.
.PP
\&.dot begins
.PP
.RS 4
.nf
a   \-b

c
.fi
.RE
.SH OPTIONS
.TP
\fB\-n, \-\-count=NUMBER\fR
how often, as NUMBER (3 if not given)
.TP
\fB\-\-quiet\fR
say nothing
.SH EXAMPLES
.PP
.RS 4
.nf
tool play \(aqa\eb\(aq
.fi
.RE
.SH EXIT STATUS
.PP
.RS 4
.nf
0  done
.fi
.RE
.SH SEE ALSO
\fBtool\fR(1)
`

func TestPageOfACommand(t *testing.T) {
	files := Manual(sample(), "  0  done")
	if diff := cmp.Diff(wantMarkdown, string(files["reference/tool-play.md"])); diff != "" {
		t.Errorf("Markdown (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantMan, string(files["man/tool-play.1"])); diff != "" {
		t.Errorf("man page (-want +got):\n%s", diff)
	}
}

func TestFilesOfAManual(t *testing.T) {
	want := map[string]bool{
		"reference/README.md": true, "reference/tool-play.md": true, "reference/tool-words.md": true, "reference/tool-help.md": true,
		"man/tool.1": true, "man/tool-play.1": true, "man/tool-words.7": true, "man/tool-help.1": true,
	}
	got := map[string]bool{}
	for name := range Manual(sample(), "") {
		got[name] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// What is stale is named, and nothing is after Write.
func TestStaleUntilWritten(t *testing.T) {
	folder := t.TempDir()
	files := Manual(sample(), "")
	stale := func() int {
		t.Helper()
		names, err := Stale(folder, files)
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	write := func() {
		t.Helper()
		if err := Write(folder, files); err != nil {
			t.Fatal(err)
		}
	}
	if got := stale(); got != len(files) {
		t.Errorf("%d files are stale before the first is written, want %d", got, len(files))
	}
	write()
	if got := stale(); got != 0 {
		t.Errorf("%d files are stale after they were written, want none", got)
	}
	gone, changed := filepath.Join(folder, "man", "tool-gone.1"), filepath.Join(folder, "reference", "tool-play.md")
	for _, path := range []string{gone, changed} {
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := stale(); got != 2 {
		t.Errorf("%d files are stale after one was changed and one is of no command, want 2", got)
	}
	write()
	if _, err := os.Stat(gone); !os.IsNotExist(err) {
		t.Errorf("the page of no command is still there: %v", err)
	}
	if got := stale(); got != 0 {
		t.Errorf("%d files are stale at the end, want none", got)
	}
}
