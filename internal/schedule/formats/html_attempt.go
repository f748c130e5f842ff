package formats

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// attempt shows one attempt of a job.
func (p *page) attempt(r *schedulepb.Report, a *schedulepb.AttemptReport) {
	p.raw(`<div class="attempt"><p>`)
	p.badge(a.GetStatus().Name())
	p.in(" <b>attempt ", fmt.Sprint(a.GetNumber()), "</b>")
	for _, fact := range attemptFacts(r, a) {
		p.in(" · ", fact, "")
	}
	for _, file := range files(a) {
		p.raw(" · ")
		p.file(file.name, file.words)
	}
	p.raw("</p>")
	if a.GetCommandLine() != "" {
		p.in("<p><code>", a.GetCommandLine(), "</code></p>")
	}
	if text := causeText(a.GetCause()); text != "" {
		p.in(`<p class="cause">`, text, "</p>")
	}
	var lines []string
	for _, s := range a.GetSignals() {
		lines = append(lines, strings.TrimSpace(s.GetSignal()+" "+s.GetWhy()))
	}
	for _, s := range a.GetStrays() {
		lines = append(lines, stray(s))
	}
	for _, m := range a.GetMessages()[:min(len(a.GetMessages()), 20)] {
		lines = append(lines, "message "+strings.TrimSpace(m.GetName()+" "+m.GetPayload()))
	}
	if n := len(a.GetMessages()) - 20 + int(a.GetMoreMessages()); n > 0 {
		lines = append(lines, fmt.Sprintf("and %d more messages", n))
	}
	if len(lines) > 0 {
		p.in("<p>", strings.Join(lines, "\n"), "</p>")
	}
	if stack := a.GetCause().GetStack(); stack != "" {
		p.in("<pre>", stack, "</pre>")
	}
	if a.GetLastLines() != "" {
		p.in("<pre>", strings.TrimRight(a.GetLastLines(), "\n"), "</pre>")
	}
	if a.GetNext() != "" {
		p.in(`<p class="sub">then: `, a.GetNext(), "</p>")
	}
	p.raw("</div>")
}

func attemptFacts(r *schedulepb.Report, a *schedulepb.AttemptReport) []string {
	var facts []string
	if a.GetStarted() != nil {
		facts = append(facts, brief(a.GetTook().AsDuration()), "from "+stamp(a.GetStarted().AsTime().Sub(r.GetStarted().AsTime())))
		slots := strings.Trim(fmt.Sprint(slotsOf(a)), "[]")
		facts = append(facts, "slot "+slots)
	}
	var units []string
	for _, h := range a.GetHolds() {
		unit := h.GetUnit()
		if h.GetShared() {
			unit += " (shared)"
		}
		units = append(units, unit)
	}
	if len(units) > 0 {
		facts = append(facts, "held "+strings.Join(units, ", "))
	}
	if i := a.GetIsolation(); i == schedulepb.Isolation_ISOLATION_POOL || i == schedulepb.Isolation_ISOLATION_IN_PROCESS {
		facts = append(facts, i.Name())
	}
	if a.GetPid() != 0 {
		facts = append(facts, fmt.Sprintf("process %d", a.GetPid()))
	}
	if e := a.GetExit(); e != nil {
		switch {
		case e.Signal != nil:
			facts = append(facts, fmt.Sprintf("signal %d", e.GetSignal()))
		case e.Status != nil:
			facts = append(facts, fmt.Sprintf("exit status %d", e.GetStatus()))
		}
		if u := e.GetUsage(); u.GetMaxResidentBytes() > 0 {
			facts = append(facts, fmt.Sprintf("processor %s", brief(u.GetUser().AsDuration()+u.GetSystem().AsDuration())), "memory "+bytesText(u.GetMaxResidentBytes()))
		}
	}
	if k := a.GetCause().GetKilledBy(); k != "" {
		facts = append(facts, "ended by "+k)
	}
	if a.GetSlow() {
		facts = append(facts, "slow")
	}
	return facts
}

type fileLink struct{ name, words string }

// files are those with what an attempt has printed.
func files(a *schedulepb.AttemptReport) []fileLink {
	var all []fileLink
	if a.GetLog() != "" {
		all = append(all, fileLink{a.GetLog(), "log"})
	}
	for _, out := range a.GetOutputs() {
		if out.GetFile() != a.GetLog() && out.GetLength() > 0 {
			all = append(all, fileLink{out.GetFile(), fmt.Sprintf("%s (%s)", out.GetStream(), bytesText(out.GetLength()))})
		}
	}
	return all
}

func bytesText(n int64) string {
	const step = 1024
	if n < step {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n)/step, 0
	for ; value >= step && unit < 3; unit++ {
		value /= step
	}
	return fmt.Sprintf("%.1f %ciB", value, "KMGT"[unit])
}

// longestWaits are the jobs that waited longest for what they got in the end.
func longestWaits(r *schedulepb.Report) []*schedulepb.JobReport {
	var all []*schedulepb.JobReport
	for _, j := range r.GetJobs() {
		if j.GetWaited() != "" && waitedFor(j) > 0 {
			all = append(all, j)
		}
	}
	slices.SortStableFunc(all, func(a, b *schedulepb.JobReport) int { return cmp.Compare(waitedFor(b), waitedFor(a)) })
	return all[:min(len(all), 15)]
}

// resources shows how much the units were used, and their condition.
func (p *page) resources(r *schedulepb.Report) {
	all, whole := lanes(r), r.GetTook().AsDuration()
	if len(all) == 0 || whole <= 0 {
		return
	}
	p.raw("<section><h2>Use of slots and resources</h2><table><thead><tr><th scope=\"col\">name</th><th scope=\"col\" class=\"num\">used</th>" +
		"<th scope=\"col\"><span class=\"hide\">share</span></th><th scope=\"col\" class=\"num\">times</th><th scope=\"col\">condition</th></tr></thead><tbody>")
	for _, l := range all {
		busy := 100 * l.busy(whole)
		p.in("<tr><td>", l.name, "</td>")
		p.number(`<td class="num">%.1f%%</td>`, busy)
		p.number(`<td><span class="gauge"><i class="s-running" style="left:0;width:%.2f%%"></i></span></td>`, busy)
		p.number(`<td class="num">%d</td>`, len(l.bars))
		p.in("<td>", cmp.Or(l.note, "in service"), "</td></tr>\n")
	}
	p.raw("</tbody></table></section>\n")
}

// guards shows the watchers of the run.
func (p *page) guards(r *schedulepb.Report) {
	if len(r.GetGuards()) == 0 {
		return
	}
	p.raw("<section><h2>Guards</h2><ul>")
	for _, g := range r.GetGuards() {
		p.in("<li><b>", g.GetId(), "</b> ")
		p.text(cmp.Or(g.GetEnded(), "runs"))
		if g.GetStarts() > 1 {
			p.in(", started ", plural(int(g.GetStarts()), "time"), "")
		}
		if g.GetLog() != "" {
			p.raw(" · ")
			p.file(g.GetLog(), "log")
		}
		p.raw("</li>")
	}
	p.raw("</ul></section>\n")
}
