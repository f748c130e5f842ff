package formats

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/ansar-go/ansar/actor/schedule/graph"
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

// circle is what edges look like that lie on a cycle of needs.
const circle = "#c00000"

// circles are the edges that lie on cycles, of a plan that was not checked.
func circles(all []node) map[graph.Edge]bool {
	g := graph.New()
	for _, n := range all {
		var needs []string
		for _, need := range n.needs {
			needs = append(needs, need.GetJob())
		}
		g.Put(n.id, needs...)
	}
	on := map[graph.Edge]bool{}
	joined, _ := g.Check().(interface{ Unwrap() []error })
	if joined == nil {
		return on
	}
	for _, err := range joined.Unwrap() {
		if cycle := new(graph.CycleError); errors.As(err, &cycle) {
			for _, e := range cycle.Edges {
				on[e] = true
			}
		}
	}
	return on
}

// DOT writes the graph of a plan for Graphviz: an arrow leads from a job to those that need
// it, solid for success, dashed for any end, dotted for one of several, with the name of
// the artefact if that is all that is waited for. With a report, which may be nil,
// jobs have the colour of their status, and arrows of a cycle are red; without a plan, which may be nil, too, it is the graph of the report.
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
	wrong := circles(all)
	for _, n := range all {
		for _, need := range n.needs {
			fmt.Fprintf(b, "  %s -> %s", quoteDOT(need.GetJob()), quoteDOT(n.id))
			if look := lookDOT(need, wrong[graph.Edge{ID: n.id, Need: need.GetJob()}]); len(look) > 0 {
				fmt.Fprintf(b, " [%s]", strings.Join(look, ", "))
			}
			fmt.Fprintln(b)
		}
	}
	fmt.Fprintln(b, "}")
	return b.Flush()
}

// lookDOT are the attributes of an arrow.
func lookDOT(need *schedulepb.Need, wrong bool) []string {
	var look []string
	switch word := edge(need); {
	case need.GetAfter() == schedulepb.After_AFTER_FINISH:
		look = append(look, "style=dashed")
	case need.GetAfter() == schedulepb.After_AFTER_ANY:
		look = append(look, "style=dotted")
	case word != "":
		look = append(look, "label="+quoteDOT(word))
	}
	if wrong {
		look = append(look, fmt.Sprintf("color=%q", circle), "penwidth=2")
	}
	return look
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
	wrong, links := circles(all), 0
	var red []string
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
			if wrong[graph.Edge{ID: n.id, Need: need.GetJob()}] {
				red = append(red, strconv.Itoa(links))
			}
			links++
		}
	}
	if len(red) > 0 {
		fmt.Fprintf(b, "  linkStyle %s stroke:%s,stroke-width:2px\n", strings.Join(red, ","), circle)
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
