package formats

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// maxBars is about how many bars the timeline has in all. Where there would be more,
// short ones that stand beside each other become one.
const maxBars = 6000

// block is what the timeline shows as one bar.
type block struct {
	bar
	n, bad int
}

// timeline shows who had which slot and which unit when.
func (p *page) timeline(r *schedulepb.Report, places map[string]int) {
	all := slices.DeleteFunc(lanes(r), func(l lane) bool { return len(l.bars) == 0 && l.group == "slots" && r.GetSlots() > 64 })
	whole := r.GetTook().AsDuration()
	if whole <= 0 || len(all) == 0 {
		return
	}
	p.raw(`<section class="wide"><h2>Timeline</h2><div class="tools" data-script><button type="button" data-zoom="0.5" aria-label="zoom out">−</button>` +
		`<button type="button" data-zoom="2" aria-label="zoom in">+</button><button type="button" data-zoom="0">fit</button>` +
		`<span class="sub">Ctrl and wheel zoom; a click leads to the job</span></div>` + "\n")
	p.raw(`<div id="tl" tabindex="0" role="group" aria-label="Timeline by slot and resource"><div id="tlin">`)
	p.axis(whole)
	group := ""
	for _, l := range all {
		if l.group != group {
			group = l.group
			p.in(`<div class="group"><span>`, group, "</span></div>\n")
		}
		p.lane(&l, whole, places, max(100, maxBars/len(all)))
	}
	p.raw("</div></div>")
	p.legend(r)
	p.raw("</section>\n")
}

// axis has about eight marks at round times.
func (p *page) axis(whole time.Duration) {
	p.raw(`<div class="lane axis" id="axis"`)
	p.attr("data-total", fmt.Sprintf("%.6f", whole.Seconds()))
	p.raw(`><span class="ln">time</span><div class="track">`)
	step := round(whole / 8)
	for at := time.Duration(0); at <= whole-whole/40; at += step { // the last one would not fit
		p.raw("<i")
		p.attr("style", fmt.Sprintf("left:%.4f%%", 100*at.Seconds()/whole.Seconds()))
		p.in(">", brief(at), "</i>")
	}
	p.raw("</div></div>\n")
}

// roundTimes are the steps that an axis may have, beside whole days.
var roundTimes = func() (all []time.Duration) {
	for unit := 10 * time.Microsecond; unit < 10*time.Second; unit *= 10 {
		all = append(all, unit, 2*unit, 5*unit)
	}
	for _, seconds := range []time.Duration{10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400} {
		all = append(all, seconds*time.Second)
	}
	return all
}()

// round returns the next round time that is not less than d.
func round(d time.Duration) time.Duration {
	if i, _ := slices.BinarySearch(roundTimes, d); i < len(roundTimes) {
		return roundTimes[i]
	}
	return d.Truncate(24*time.Hour) + 24*time.Hour
}

func (p *page) lane(l *lane, whole time.Duration, places map[string]int, limit int) {
	for i, layer := range l.layers(whole, limit) {
		p.raw(`<div class="lane"><span class="ln"`)
		if i == 0 {
			p.attr("title", strings.TrimSuffix(fmt.Sprintf("%s: taken %.1f%% of the time, %s, %s", visible(l.name), 100*l.busy(whole), plural(len(l.bars), "use"), l.note), ", "))
			p.in("><b>", l.name, "</b> ")
			p.number("<small>%.0f%%</small>", 100*l.busy(whole))
			if l.note != "" {
				p.in(` <small class="bad">`, l.note, "</small>")
			}
		} else {
			p.raw("><small>also</small>")
		}
		p.raw(`</span><div class="track">`)
		for _, b := range layer {
			p.block(&b, whole, places)
		}
		p.raw("</div></div>\n")
	}
}

// maxLayers is how many that share a unit at the same time are shown below each other.
const maxLayers = 12

// layers spreads the blocks of a lane so that those of one layer do not overlap.
func (l *lane) layers(whole time.Duration, limit int) [][]block {
	layers := make([][]block, 1, maxLayers)
	for _, b := range l.blocks(whole, limit) {
		fits := func(layer []block) bool { return len(layer) == 0 || layer[len(layer)-1].to <= b.from }
		i := slices.IndexFunc(layers, fits)
		switch {
		case i < 0 && len(layers) < maxLayers:
			layers = append(layers, []block{b})
			continue
		case i < 0:
			i = len(layers) - 1
		}
		layers[i] = append(layers[i], b)
	}
	return layers
}

func (p *page) block(b *block, whole time.Duration, places map[string]int) {
	p.raw("<a")
	if n := places[b.job.GetId()]; n > 0 {
		p.attr("href", fmt.Sprintf("#j%d", n))
	}
	class := "s-" + string(statusClass(b.state()))
	if b.n > 1 {
		class += " many"
	}
	if b.shared {
		class += " shared"
	}
	p.attr("class", class)
	left, width := 100*b.from.Seconds()/whole.Seconds(), 100*(b.to-b.from).Seconds()/whole.Seconds()
	p.attr("style", fmt.Sprintf("left:%.4f%%;width:%.4f%%", left, width))
	p.attr("title", b.title())
	p.raw(">")
	if b.n == 1 && width > 0.1 {
		p.in("<span>", b.label, "</span>")
	}
	p.raw("</a>")
}

// title is what a bar tells when it is pointed at.
func (b *block) title() string {
	when := fmt.Sprintf("%s, from %s to %s", brief(b.to-b.from), stamp(b.from), stamp(b.to))
	if b.n > 1 {
		text := fmt.Sprintf("%s\n%s", plural(b.n, "job"), when)
		if b.bad > 0 {
			text += fmt.Sprintf("\n%d not fine, such as %s", b.bad, visible(b.label))
		}
		return text
	}
	text := fmt.Sprintf("%s: %s\n%s", visible(b.label), b.state(), when)
	if why := causeText(b.attempt.GetCause()); why != "" {
		text += "\n" + visible(why)
	}
	return text
}

// blocks joins what would be too thin to see where a lane has more than limit bars. What
// is not fine gives a block its colour and its link.
func (l *lane) blocks(whole time.Duration, limit int) []block {
	thin := time.Duration(0)
	if len(l.bars) > limit {
		thin = whole / time.Duration(limit)
	}
	var all []block
	for _, b := range l.bars {
		bad := 0
		if b.attempt != nil && !b.attempt.GetStatus().Fine() && b.attempt.GetStatus() != schedulepb.Status_STATUS_UNSPECIFIED {
			bad = 1
		}
		if n := len(all) - 1; n >= 0 && thin > 0 && b.to-all[n].from <= thin {
			joined := &all[n]
			if bad > 0 && joined.bad == 0 {
				joined.job, joined.attempt, joined.label = b.job, b.attempt, b.label
			}
			joined.to, joined.n, joined.bad = max(joined.to, b.to), joined.n+1, joined.bad+bad
			continue
		}
		all = append(all, block{b, 1, bad})
	}
	return all
}

func (p *page) legend(r *schedulepb.Report) {
	p.raw(`<p class="legend">`)
	seen := map[string]bool{}
	for _, j := range r.GetJobs() {
		for _, a := range j.GetAttempts() {
			seen[a.GetStatus().Name()] = true
		}
	}
	words := sortedKeys(seen)
	slices.SortFunc(words, func(a, b string) int { return cmp.Compare(rankOf(a), rankOf(b)) })
	for _, word := range words {
		p.raw(`<span><i class="s-`, statusClass(word), `"></i>`)
		p.in("", word, "</span> ")
	}
	p.raw("</p>")
}

// critical shows the jobs that the length of the run is due to.
func (p *page) critical(r *schedulepb.Report, places map[string]int) {
	all, whole := steps(r), r.GetTook().AsDuration()
	if len(all) == 0 || whole <= 0 {
		return
	}
	p.raw("<section><h2>Critical path</h2><p class=\"sub\">Each of these waited for the one before it. To make the run shorter, begin here.</p><ol class=\"path\" tabindex=\"0\">")
	const most = 500
	for i, step := range all {
		if i == most {
			p.in("<li>", fmt.Sprintf("and %d more", len(all)-most), "</li>")
			break
		}
		p.raw("<li><a")
		p.attr("href", fmt.Sprintf("#j%d", places[step.job.GetId()]))
		p.in(">", step.label, "</a><span>")
		p.in("", brief(step.to-step.from), "</span><span class=\"gauge\"><i")
		p.attr("class", "s-"+string(statusClass(step.state())))
		p.attr("style", fmt.Sprintf("left:%.3f%%;width:%.3f%%", 100*step.from.Seconds()/whole.Seconds(), 100*(step.to-step.from).Seconds()/whole.Seconds()))
		p.raw("></i></span></li>")
	}
	p.raw("</ol></section>\n")
}
