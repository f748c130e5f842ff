//go:build pagecheck

// The page of a report in a browser: go test -tags pagecheck -run TestPage. It needs
// Debian's chromium; pictures go to the folder that ANSAR_PAGE_SHOTS names.

package formats

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// show writes the page of a report into the folder of its run, and opens it.
func (b *browser) show(r *schedulepb.Report, folder string) string {
	b.t.Helper()
	path := filepath.Join(folder, PageFile)
	file, err := os.Create(path)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := errors.Join(HTML(file, r), file.Close()); err != nil {
		b.t.Fatal(err)
	}
	b.open(path)
	return path
}

// visible counts the rows of jobs that are seen.
const visibleRows = `[...document.querySelectorAll(".job")].filter(j => j.offsetHeight > 0).length`

func TestPage(t *testing.T) {
	b, r := startBrowser(t), sample()
	b.size(1280, 1000, "light")
	path := b.show(r, runFolder(t, r))
	b.want("title", `document.title`, "testbench: 10 of 18 jobs not fine")
	b.want("jobs", visibleRows, 18)
	b.want("open jobs", `document.querySelectorAll(".job[open]").length`, 7)
	b.picture("light")

	find := func(text string) {
		b.eval(fmt.Sprintf(`document.getElementById("find").value = %q; document.getElementById("find").dispatchEvent(new Event("input"))`, text))
	}
	find("wlan")
	b.want("found by id or reason", visibleRows, 3)
	b.want("what is said of it", `shown.textContent`, "3 of 18 shown")
	find("SIGNAL 11")
	b.want("found by reason", visibleRows, 1)
	find("")
	b.eval(`document.querySelector('.chip[data-status="ok"]').click()`)
	b.want("with a status", visibleRows, 3)
	b.eval(`document.querySelector('.chip[data-status="flaky"]').click()`)
	b.want("with two", visibleRows, 4)
	b.eval(`document.querySelectorAll('.chip[aria-pressed="true"]').forEach(c => c.click())`)
	b.want("with any", visibleRows, 18)
	b.eval(`document.getElementById("sort").value = "t"; document.getElementById("sort").dispatchEvent(new Event("change"))`)
	b.want("the longest", `document.querySelector(".job .id").textContent.trim().split(" ")[0]`, "hang")
	b.eval(`location.hash = "#j1"`)
	b.want("a job that was linked to", `new Promise(done => setTimeout(() => done(document.getElementById("j1").open), 50))`, true)

	b.eval(`scrollTo(0, 0)`)
	width := b.eval(`tlin.offsetWidth`).(float64)
	b.eval(`document.querySelector('[data-zoom="2"]').click(); document.querySelector('[data-zoom="2"]').click()`)
	if zoomed := b.eval(`tlin.offsetWidth`).(float64); zoomed < 3*width || zoomed > 4*width {
		t.Errorf("zoomed twice, the timeline is %v wide, and was %v", zoomed, width)
	}
	b.want("marks of the zoomed time", `document.querySelectorAll("#axis i").length > 8`, true)
	b.picture("zoomed")
	b.eval(`document.querySelector('[data-zoom="0"]').click()`)
	b.want("back to the whole", `tlin.offsetWidth`, width)
	b.eval(`tl.scrollIntoView()`)
	var at []float64
	if err := json.Unmarshal([]byte(b.eval(`(() => { const r = document.querySelector(".track .s-timed-out").getBoundingClientRect(); return JSON.stringify([r.x + 200, r.y + 5]) })()`).(string)), &at); err != nil {
		t.Fatal(err)
	}
	b.call(nil, "Input.dispatchMouseEvent", map[string]any{"type": "mouseMoved", "x": at[0], "y": at[1]})
	b.want("the tip of a bar", `tip.hidden ? "none" : tip.textContent`, "hang: timed-out\n4.10s, from 2.000s to 6.100s\nran longer than 4s")
	b.quiet(path)
}

// contrast is the least contrast of text with what is behind it, of all that is seen.
const contrast = `(() => {
  const parse = c => { const n = c.match(/[\d.]+/g).map(Number), k = c.startsWith("color(") ? 1 : 255; return [n[0] / k, n[1] / k, n[2] / k, n[3] ?? 1]; };
  const light = c => { const [r, g, b] = c.map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const back = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > .9) return c; } return [1, 1, 1, 1]; };
  let least = 99, who = "";
  document.querySelectorAll(".badge,.chip,.sub,.why,.marks,.label,.id,.ln b,.ln small,dt,dd,code,th,td,.facts,.cause,h2,.tiles span,a").forEach(e => {
    if (e.closest(".track") || !e.offsetHeight) return;
    const a = light(parse(getComputedStyle(e).color)), b = light(back(e)), c = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (c < least) { least = c; who = e.className + " " + e.textContent.slice(0, 30); }
  });
  return least >= 4.5 ? "enough" : least.toFixed(2) + " of " + who;
})()`

func TestPageLooks(t *testing.T) {
	b, r := startBrowser(t), sample()
	folder := runFolder(t, r)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{1280, 375} {
			name := fmt.Sprintf("%s-%d", scheme, width)
			b.size(width, 3600, scheme)
			path := b.show(r, folder)
			if least := b.eval(contrast); least != "enough" {
				t.Errorf("%s: contrast of text: %v", name, least)
			}
			b.want(name+": nothing sticks out", `document.documentElement.scrollWidth <= innerWidth`, true)
			b.picture(name)
			b.quiet(path)
		}
	}
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value any }
		}
	}
	b.call(&tree, "Accessibility.getFullAXTree", nil)
	named := 0
	for _, n := range tree.Nodes {
		switch n.Role.Value {
		case "button", "link", "searchbox", "combobox", "heading", "DisclosureTriangle":
			named++
			if !n.Ignored && (n.Name.Value == nil || n.Name.Value == "") {
				t.Errorf("a %v has no name", n.Role.Value)
			}
		}
	}
	if named < 40 {
		t.Errorf("%d elements for whoever does not see the page, want more", named)
	}
	var pdf struct{ Data string }
	b.call(&pdf, "Page.printToPDF", map[string]any{"printBackground": true})
	if len(pdf.Data) < 20_000 {
		t.Errorf("printed, the page has %d bytes", len(pdf.Data))
	}
}

func TestPageRunsNoScriptOfAJob(t *testing.T) {
	b, r := startBrowser(t), sample()
	const evil = `</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1">`
	for _, j := range r.Jobs {
		j.Id += evil
		j.Labels = append(j.Labels, evil)
		for _, a := range j.Attempts {
			a.LastLines, a.CommandLine = evil, evil
		}
	}
	path := b.show(r, t.TempDir())
	b.want("what jobs have said", `typeof window.pwned`, "undefined")
	b.want("jobs", visibleRows, 18)
	b.quiet(path)
	// Even markup that got into the page would not run.
	b.eval(`{ const s = document.createElement("script"); s.textContent = "window.pwned = 1"; document.body.append(s) }`)
	b.want("a script that was put in", `typeof window.pwned`, "undefined")
}

func TestPageOfManyJobs(t *testing.T) {
	for _, jobs := range []int{1_000, 10_000} {
		t.Run(fmt.Sprint(jobs), func(t *testing.T) {
			b := startBrowser(t)
			b.size(1280, 1000, "light")
			path := b.show(large(jobs, 16), t.TempDir())
			b.want("jobs", `document.querySelectorAll(".job").length`, jobs)
			const slow = 5_000 // ms; a loaded machine is slow, and a page that nobody can use slower
			for what, expression := range map[string]string{
				"to load": `performance.getEntriesByType("navigation")[0].loadEventEnd`,
				"to find": `(() => { const t = performance.now(); const f = document.getElementById("find"); f.value = "wlan"; f.dispatchEvent(new Event("input")); document.body.offsetHeight; return performance.now() - t })()`,
				"to zoom": `(() => { const t = performance.now(); document.querySelector('[data-zoom="2"]').click(); document.body.offsetHeight; return performance.now() - t })()`,
				"to sort": `(() => { const t = performance.now(); const s = document.getElementById("sort"); s.value = "t"; s.dispatchEvent(new Event("change")); document.body.offsetHeight; return performance.now() - t })()`,
			} {
				took := b.eval(expression).(float64)
				t.Logf("%s: %.0f ms", what, took)
				if took > slow {
					t.Errorf("%s takes %.0f ms", what, took)
				}
			}
			b.want("bars", `document.querySelectorAll(".track a").length <= 9000`, true)
			b.picture(fmt.Sprintf("many-%d", jobs))
			b.quiet(path)
		})
	}
}
