package formats

import (
	"fmt"
	"strings"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// openJobs is how many jobs that are not fine show their details at first.
const openJobs = 10

// jobs shows a row for each job, what is not fine first, which opens to its attempts.
func (p *page) jobs(r *schedulepb.Report, places map[string]int) {
	p.raw(`<section class="wide"><h2>Jobs</h2><div class="tools" data-script><input type="search" id="find" placeholder="find by id, label or reason" aria-label="Find jobs">`)
	for _, c := range counts(r) {
		p.raw(`<button type="button" class="chip s-`, statusClass(c.word), `" aria-pressed="false"`)
		p.attr("data-status", c.word)
		p.in(">", c.String(), "</button>")
	}
	p.raw(`<label>sort by <select id="sort"><option value="r">status</option><option value="o">plan</option>` +
		`<option value="b">start</option><option value="t">longest</option><option value="w">longest wait</option></select></label>` +
		`<span id="shown" class="sub" role="status"></span></div>` + "\n")
	p.raw(`<div class="cols" aria-hidden="true"><span>status</span><span>job</span><span>attempts</span><span>took</span><span>slot</span><span>reason</span></div><div id="jobs">` + "\n")
	opened := 0
	for _, j := range ranked(r) {
		open := !fine(j) && len(j.GetAttempts()) > 0 && opened < openJobs
		if open {
			opened++
		}
		p.job(r, j, places, open)
	}
	p.raw("</div></section>\n")
}

func (p *page) job(r *schedulepb.Report, j *schedulepb.JobReport, places map[string]int, open bool) {
	state, number := replay.State(j), places[j.GetId()]
	p.raw(`<details class="job"`)
	p.attr("id", fmt.Sprintf("j%d", number))
	start := int64(1 << 52)
	if j.GetStarted() != nil {
		start = j.GetStarted().AsTime().Sub(r.GetStarted().AsTime()).Microseconds()
	}
	p.attr("data-k", fmt.Sprintf("%d %d %d %d %d", rank(j), number, start, -took(j).Microseconds(), -waitedFor(j).Microseconds()))
	p.attr("data-status", state)
	if open {
		p.raw(" open")
	}
	p.raw("><summary>")
	p.badge(state)
	p.in(`<span class="id">`, j.GetId(), "")
	for _, label := range j.GetLabels() {
		p.in(` <small class="label">`, label, "</small>")
	}
	p.in(`</span><span class="marks">`, marks(j), `</span><span class="num">`)
	if a := last(j); a != nil {
		p.in("", brief(took(j)), "")
		p.raw(`</span><span class="num">`)
		p.number("%d", a.GetSlot())
	} else {
		p.raw(`</span><span class="num">`)
	}
	p.in(`</span><span class="why">`, reason(j), "</span></summary>\n")
	p.details(r, j, places)
	p.raw("</details>\n")
}

// details are what a row opens to.
func (p *page) details(r *schedulepb.Report, j *schedulepb.JobReport, places map[string]int) {
	p.raw(`<div class="more">`)
	if j.GetDescription() != "" {
		p.in("<p>", j.GetDescription(), "</p>")
	}
	p.facts(r, j, places)
	for _, a := range j.GetAttempts() {
		p.attempt(r, a)
	}
	if value := j.GetValue(); value.GetJson() != "" {
		p.in("<p>returned "+"<code>", value.GetType(), "</code></p>")
		p.in("<pre>", value.GetJson(), "</pre>")
	} else if value.GetFile() != "" {
		p.raw("<p>returned ")
		p.file(value.GetFile(), value.GetFile())
		p.raw("</p>")
	}
	p.raw("</div>")
}

// facts are what holds for all attempts of a job.
func (p *page) facts(r *schedulepb.Report, j *schedulepb.JobReport, places map[string]int) {
	p.raw(`<p class="facts">`)
	if len(j.GetNeeds()) > 0 {
		p.raw("needs ")
		for i, need := range j.GetNeeds() {
			if i > 0 {
				p.raw(", ")
			}
			p.jobLink(need.GetJob(), places)
			if word := edge(need); word != "" {
				p.in(" (", word, ")")
			}
		}
		p.raw(". ")
	}
	if origins := j.GetCause().GetOrigins(); len(origins) > 0 {
		p.raw("Trouble began at ")
		for i, id := range origins {
			if i > 0 {
				p.raw(", ")
			}
			p.jobLink(id, places)
		}
		p.raw(". ")
	}
	if d := waitedFor(j); d > 0 {
		p.in("Waited ", brief(d), "")
		if j.GetWaited() != "" {
			p.in(", last for: ", j.GetWaited(), "")
		}
		p.raw(". ")
	}
	for _, a := range j.GetArtefacts() {
		p.in("Artefact <code>", strings.TrimSuffix(a.GetName()+"="+a.GetValue(), "="), "</code>. ")
	}
	if j.GetAddedBy() != "" {
		p.in("Added by ", j.GetAddedBy(), ". ")
	}
	p.raw("</p>")
}

func (p *page) jobLink(id string, places map[string]int) {
	if places[id] == 0 {
		p.in("<code>", id, "</code>")
		return
	}
	p.raw("<a")
	p.attr("href", fmt.Sprintf("#j%d", places[id]))
	p.in(">", id, "</a>")
}

// waits shows what jobs waited for longest.
func (p *page) waits(r *schedulepb.Report, places map[string]int) {
	longest := longestWaits(r)
	if len(longest) == 0 {
		return
	}
	p.raw("<section><h2>Waiting</h2><table><thead><tr><th scope=\"col\">job</th><th scope=\"col\" class=\"num\">waited</th><th scope=\"col\">last reason</th></tr></thead><tbody>")
	for _, j := range longest {
		p.raw("<tr><td>")
		p.jobLink(j.GetId(), places)
		p.in(`</td><td class="num">`, brief(waitedFor(j)), "</td>")
		p.in("<td>", j.GetWaited(), "</td></tr>\n")
	}
	p.raw("</tbody></table></section>\n")
}
