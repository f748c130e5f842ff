package formats

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	_ "embed" // of what the page looks like and does
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// HTML writes the report as one page that needs nothing beside it, and may lie anywhere;
// its links to logs lead to the folder of the run, so there they work. It can be read
// without scripts, and it lets no script run but its own.
func HTML(w io.Writer, r *schedulepb.Report) error {
	p := &page{bufio.NewWriterSize(w, 64<<10)}
	places := placesOf(r)
	p.head(r)
	p.raw(`<body><main>`)
	p.summary(r)
	p.warnings(r)
	p.timeline(r, places)
	p.critical(r, places)
	p.jobs(r, places)
	p.waits(r, places)
	p.resources(r)
	p.guards(r)
	p.environment(r)
	p.raw("</main>\n<div id=\"tip\" role=\"tooltip\" hidden></div>\n<script>", markup(pageScript), "</script>\n</body></html>\n")
	return p.w.Flush()
}

// placesOf gives each job a number, by which links find it: its id may have characters that
// links have not.
func placesOf(r *schedulepb.Report) map[string]int {
	places := map[string]int{}
	for i, j := range r.GetJobs() {
		places[j.GetId()] = i + 1
	}
	return places
}

func (p *page) head(r *schedulepb.Report) {
	sum := sha256.Sum256([]byte(pageScript))
	p.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
	p.raw(`<meta http-equiv="Content-Security-Policy"`)
	p.attr("content", "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; base-uri 'none'; form-action 'none'")
	p.raw(">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
	p.in("<title>", cmp.Or(r.GetPlan(), "run")+": "+verdict(r), "</title>\n")
	p.raw("<style>", markup(pageStyle), "</style></head>\n")
}

// mood is how the whole run is coloured.
func mood(r *schedulepb.Report) markup {
	switch {
	case r.GetEnded() == nil && r.GetExitStatus() == 0:
		return "running"
	case r.GetExitStatus() == 0:
		return "ok"
	default:
		return "failed"
	}
}

func (p *page) summary(r *schedulepb.Report) {
	p.raw(`<header><h1>`)
	p.text(cmp.Or(r.GetPlan(), "run"))
	p.raw(` <span class="badge s-`, mood(r), `">`)
	p.text(verdict(r))
	p.raw("</span></h1>\n<p class=\"sub\">")
	if r.GetStarted() != nil {
		at := r.GetStarted().AsTime().UTC()
		p.raw("<time")
		p.attr("datetime", at.Format(time.RFC3339))
		p.in(">", at.Format("2 January 2006, 15:04:05 UTC"), "</time> · ")
	}
	p.in("run <code>", r.GetRun(), "</code>")
	if why := why(r); why != "" {
		p.in(" · ", why, "")
	}
	p.raw("</p></header>\n<section class=\"tiles\" aria-label=\"Summary\">")
	p.tile("took", brief(r.GetTook().AsDuration()))
	p.tile("jobs", fmt.Sprint(len(r.GetJobs())))
	work := work(r)
	p.tile("work", brief(work))
	if whole := r.GetTook().AsDuration(); whole > 0 {
		p.tile("at once", fmt.Sprintf("%.1f of %d slots", work.Seconds()/whole.Seconds(), r.GetSlots()))
	}
	if r.GetEnded() != nil || r.GetExitStatus() != 0 {
		p.tile("exit status", fmt.Sprint(r.GetExitStatus()))
	}
	p.raw("</section>\n")
	p.shares(r)
}

// work is how long all attempts ran together.
func work(r *schedulepb.Report) (sum time.Duration) {
	for _, j := range r.GetJobs() {
		sum += took(j)
	}
	return sum
}

func (p *page) tile(name, value string) {
	p.in(`<div><b>`, value, `</b>`)
	p.in(`<span>`, name, `</span></div>`)
}

// shares shows how many jobs have which status.
func (p *page) shares(r *schedulepb.Report) {
	p.raw(`<div class="shares" aria-hidden="true">`)
	for _, c := range counts(r) {
		p.raw(`<i class="s-`, statusClass(c.word), `"`)
		p.attr("style", fmt.Sprintf("flex-grow:%d", c.n))
		p.attr("title", c.String())
		p.raw(`></i>`)
	}
	p.raw("</div>\n")
}

// statusClass is the style of a status.
func statusClass(word string) markup {
	for _, known := range order {
		if known == word {
			return markup(known)
		}
	}
	return "other"
}

func (p *page) badge(word string) {
	p.raw(`<span class="badge s-`, statusClass(word), `">`)
	p.in("", word, "</span>")
}

func (p *page) warnings(r *schedulepb.Report) {
	var lines []string
	if r.GetInterrupt() > 0 {
		lines = append(lines, "The run was interrupted: "+cmp.Or(r.GetInterruptWhy(), "nobody said why"))
	}
	for _, resource := range r.GetResources() {
		for _, u := range resource.GetUnits() {
			if u.GetCondition() == schedulepb.Condition_CONDITION_QUARANTINED {
				lines = append(lines, fmt.Sprintf("%s is out of service: %s", u.GetName(), u.GetWhy()))
			}
		}
	}
	for _, e := range r.GetDangling() {
		lines = append(lines, "Expected failure that fits no job that ran: "+expectedText(e))
	}
	lines = append(lines, r.GetWarnings()...)
	if len(lines) == 0 {
		return
	}
	p.raw("<section class=\"warn\"><h2>Warnings</h2><ul>")
	const most = 200
	for _, line := range lines[:min(len(lines), most)] {
		p.in("<li>", line, "</li>")
	}
	if n := len(lines) - most; n > 0 {
		p.in("<li>", fmt.Sprintf("and %d more, see %s", n, ReportFile), "</li>")
	}
	p.raw("</ul></section>\n")
}

// secret reports whether the name of a variable says that its value is nobody's business.
func secret(name string) bool {
	name = strings.ToUpper(name)
	for _, word := range []string{"SECRET", "TOKEN", "PASSW", "CREDENTIAL", "PRIVATE", "API_KEY", "APIKEY"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func (p *page) environment(r *schedulepb.Report) {
	p.raw("<section><h2>Environment</h2><dl>")
	for _, pair := range [][2]string{
		{"run", r.GetRun()}, {"folder", r.GetFolder()}, {"plan's folder", r.GetDir()}, {"version", r.GetVersion()},
		{"slots", fmt.Sprint(r.GetSlots())}, {"seed", fmt.Sprint(r.GetSeed())}, {"scheduler", fmt.Sprintf("process %d", r.GetPid())},
		{"previous run", r.GetPrevious()}, {"events", fmt.Sprint(r.GetEvents())},
	} {
		if pair[1] != "" {
			p.in("<dt>", pair[0], "</dt>")
			p.in("<dd>", pair[1], "</dd>")
		}
	}
	for _, name := range sortedKeys(r.GetEnvironment()) {
		value := r.GetEnvironment()[name]
		if secret(name) {
			value = "(hidden)"
		}
		p.in("<dt><code>", name, "</code></dt>")
		p.in("<dd><code>", value, "</code></dd>")
	}
	p.raw("</dl><p class=\"sub\">Files: ")
	for i, name := range []string{journal.File, ReportFile, JUnitFile, TraceFile, "plan.json", "run.log"} {
		if i > 0 {
			p.raw(" · ")
		}
		p.file(name, name)
	}
	p.raw(". The trace opens in Perfetto and in chrome://tracing.</p></section>\n")
}
