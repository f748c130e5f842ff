package formats

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// fills are the colours of the statuses in graphs.
var fills = map[string]string{
	"ok": "#c6efce", "flaky": "#ffe699", "leaky": "#ffd08a", "xpass": "#ffe699", "xfail": "#dde3ea", "skipped": "#eceff3", "unchanged": "#e3eef9",
	"failed": "#f8b4b4", "error": "#f8b4b4", "crashed": "#f29a9a", "timed-out": "#f8b4b4", "unrunnable": "#f8b4b4", "not-ready": "#f8b4b4",
	"blocked": "#d9d2e9", "interrupted": "#d9d2e9", "not-run": "#ffffff", "running": "#bfe3ff", "waiting": "#ffffff",
}

// node is a job in a graph.
type node struct {
	id, status, note string // status and note are empty without a report
	needs            []*schedulepb.Need
}

// nodes are the jobs of the plan, and with a report those that were added later, too.
func nodes(p *schedulepb.Plan, r *schedulepb.Report) []node {
	reports := map[string]*schedulepb.JobReport{}
	for _, j := range r.GetJobs() {
		reports[j.GetId()] = j
	}
	var all []node
	for _, j := range p.GetJobs() {
		all = append(all, nodeOf(j.GetId(), j.GetNeeds(), reports[j.GetId()]))
		delete(reports, j.GetId())
	}
	for _, j := range r.GetJobs() {
		if reports[j.GetId()] != nil {
			all = append(all, nodeOf(j.GetId(), j.GetNeeds(), j))
		}
	}
	return all
}

func nodeOf(id string, needs []*schedulepb.Need, j *schedulepb.JobReport) node {
	n := node{id: id, needs: needs}
	if j != nil {
		n.status = replay.State(j)
		n.note = n.status
		if d := took(j); d > 0 {
			n.note += " " + brief(d)
		}
	}
	return n
}

// edge says in a word what a need waits for; empty for success.
func edge(n *schedulepb.Need) string {
	switch n.GetAfter() {
	case schedulepb.After_AFTER_FINISH:
		return "finish"
	case schedulepb.After_AFTER_ANY:
		return "any"
	}
	return n.GetArtefact()
}

// DOT writes the graph of a plan for Graphviz: an arrow leads from a job to those that need
// it, solid for success, dashed for any end, dotted for one of several, with the name of
// the artefact if that is all that is waited for. With a report, which may be nil,
// jobs have the colour of their status; without a plan, which may be nil, too, it is the graph of the report.
func DOT(w io.Writer, p *schedulepb.Plan, r *schedulepb.Report) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "digraph %s {\n  rankdir=LR\n", quoteDOT(cmp.Or(p.GetName(), r.GetPlan(), "plan")))
	fmt.Fprintln(b, `  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif"]`)
	all := nodes(p, r)
	for _, n := range all {
		label := n.id
		if n.note != "" {
			label += "\n" + n.note
		}
		fmt.Fprintf(b, "  %s [label=%s", quoteDOT(n.id), quoteDOT(label))
		if fill := fills[n.status]; fill != "" {
			fmt.Fprintf(b, ", fillcolor=%q", fill)
		}
		fmt.Fprintln(b, "]")
	}
	for _, n := range all {
		for _, need := range n.needs {
			fmt.Fprintf(b, "  %s -> %s", quoteDOT(need.GetJob()), quoteDOT(n.id))
			switch word := edge(need); {
			case need.GetAfter() == schedulepb.After_AFTER_FINISH:
				fmt.Fprint(b, " [style=dashed]")
			case need.GetAfter() == schedulepb.After_AFTER_ANY:
				fmt.Fprint(b, " [style=dotted]")
			case word != "":
				fmt.Fprintf(b, " [label=%s]", quoteDOT(word))
			}
			fmt.Fprintln(b)
		}
	}
	fmt.Fprintln(b, "}")
	return b.Flush()
}

func quoteDOT(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(visible(line))
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}

// Mermaid writes the graph that [DOT] writes as a Mermaid flowchart, as many pages show it.
func Mermaid(w io.Writer, p *schedulepb.Plan, r *schedulepb.Report) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "flowchart LR")
	all := nodes(p, r)
	number := map[string]int{} // ids of jobs have characters that Mermaid does not take
	for i, n := range all {
		number[n.id] = i
		label := quoteMermaid(n.id)
		if n.note != "" {
			label += "<br/>" + quoteMermaid(n.note)
		}
		fmt.Fprintf(b, "  j%d[\"%s\"]\n", i, label)
	}
	for i, n := range all {
		for _, need := range n.needs {
			from, known := number[need.GetJob()]
			if !known {
				continue // a plan that was not checked
			}
			arrow := "-->"
			if need.GetAfter() == schedulepb.After_AFTER_FINISH || need.GetAfter() == schedulepb.After_AFTER_ANY {
				arrow = "-.->"
			}
			if word := edge(need); word != "" {
				arrow += "|\"" + quoteMermaid(word) + "\"|"
			}
			fmt.Fprintf(b, "  j%d %s j%d\n", from, arrow, i)
		}
	}
	of := map[string][]string{}
	for i, n := range all {
		if fills[n.status] != "" {
			of[n.status] = append(of[n.status], fmt.Sprintf("j%d", i))
		}
	}
	for _, status := range sortedKeys(of) {
		class := strings.ReplaceAll(status, "-", "_")
		fmt.Fprintf(b, "  classDef %s fill:%s,color:#111\n  class %s %s\n", class, fills[status], strings.Join(of[status], ","), class)
	}
	return b.Flush()
}

// quoteMermaid writes what could end a label or begin markup as a number.
func quoteMermaid(text string) string {
	var b strings.Builder
	for _, r := range visible(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" ._-+:=@,/", r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
