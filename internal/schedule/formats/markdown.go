package formats

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// Markdown writes the report for comments and summaries of tools that show Markdown,
// with tables as GitHub has them: a sentence, the counts, a row for each job that is not
// fine (for all, if there are few or if fine is true), and how much of what was used.
// What comes from jobs is shown as it is: it makes no markup, no link and calls nobody.
func Markdown(w io.Writer, r *schedulepb.Report, fine bool) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "### %s: %s", plain(cmp.Or(r.GetPlan(), "run")), verdict(r))
	if took := r.GetTook().AsDuration(); took > 0 {
		fmt.Fprintf(b, ", %s", brief(took))
	}
	if why := why(r); why != "" {
		fmt.Fprintf(b, ": %s", plain(why))
	}
	var words []string
	for _, c := range counts(r) {
		words = append(words, c.String())
	}
	fmt.Fprintf(b, "\n\n%s\n\n", strings.Join(words, ", "))
	markdownJobs(b, r, fine || len(r.GetJobs()) <= few)
	markdownLanes(b, r)
	for _, e := range r.GetDangling() {
		fmt.Fprintf(b, "- expected failure that fits no job that ran: %s\n", plain(expectedText(e)))
	}
	for _, text := range r.GetWarnings() {
		fmt.Fprintf(b, "- warning: %s\n", plain(text))
	}
	return b.Flush()
}

func markdownJobs(b *bufio.Writer, r *schedulepb.Report, all bool) {
	left, shown := 0, false
	for _, j := range ranked(r) {
		if fine(j) && !all {
			left++
			continue
		}
		if !shown {
			fmt.Fprint(b, "| status | job | took | attempts | reason |\n| --- | --- | ---: | --- | --- |\n")
		}
		shown = true
		long := ""
		if last(j) != nil {
			long = brief(age(r, j))
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", replay.State(j), plain(j.GetId()), long, marks(j), plain(reason(j)))
	}
	if shown {
		fmt.Fprintln(b)
	}
	if left > 0 {
		fmt.Fprintf(b, "and %s that %s fine\n\n", plural(left, "job"), map[bool]string{true: "is", false: "are"}[left == 1])
	}
}

func markdownLanes(b *bufio.Writer, r *schedulepb.Report) {
	used := lanes(r)
	if len(used) == 0 {
		return
	}
	fmt.Fprint(b, "| slot or unit | taken | uses | |\n| --- | ---: | ---: | --- |\n")
	for _, l := range used {
		fmt.Fprintf(b, "| %s | %.1f%% | %d | %s |\n", plain(l.name), 100*l.busy(r.GetTook().AsDuration()), len(l.bars), plain(l.note))
	}
	fmt.Fprintln(b)
}

// plain is text that Markdown shows as it is, on one line.
func plain(text string) string {
	return markdownEscapes.Replace(strings.Join(strings.Fields(visible(strings.ReplaceAll(text, "\n", " "))), " "))
}

var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`, "#", `\#`, "!", `\!`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "&#64;", "://", ":&#47;&#47;", "www.", "www&#46;",
)
