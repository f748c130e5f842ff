
(() => {
  "use strict";
  const at = id => document.getElementById(id);
  document.documentElement.classList.add("js");

  // Timeline: zoom about the middle of what is seen, with marks that fit.
  const tl = at("tl"), inner = at("tlin"), axis = at("axis");
  if (tl) {
    const total = +axis.dataset.total, ticks = axis.querySelector(".track"), label = axis.querySelector(".ln").offsetWidth;
    let zoom = 1;
    const text = s => s >= 60 ? Math.floor(s / 60) + "m" + String(Math.round(s % 60)).padStart(2, "0") + "s" : s >= 1 || s === 0 ? +s.toFixed(3) + "s" : +(s * 1000).toFixed(3) + "ms";
    const marks = () => {
      const least = total / (8 * zoom), base = 10 ** Math.floor(Math.log10(least));
      let step = [1, 2, 5, 10].map(n => n * base).find(s => s >= least * 0.999);
      if (step > 10) step = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400].find(s => s >= least) || step;
      const seen = (tl.scrollLeft - 2 * tl.clientWidth) / inner.clientWidth * total, end = seen + 5 * tl.clientWidth / inner.clientWidth * total;
      ticks.textContent = "";
      for (let n = Math.max(0, Math.floor(seen / step)); n * step <= Math.min(total * (1 - 0.025 / zoom), end); n++) {
        const i = document.createElement("i");
        i.style.left = 100 * n * step / total + "%";
        i.textContent = text(n * step);
        ticks.append(i);
      }
    };
    const set = (z, x) => {
      const share = (tl.scrollLeft + x - label) / (inner.clientWidth - label);
      zoom = Math.min(Math.max(z, 1), 500);
      inner.style.setProperty("--z", zoom);
      tl.scrollLeft = share * (inner.clientWidth - label) + label - x;
      marks();
    };
    const middle = () => label + (tl.clientWidth - label) / 2;
    document.querySelectorAll("[data-zoom]").forEach(b => b.onclick = () => set(zoom * +b.dataset.zoom || 1, middle()));
    tl.addEventListener("wheel", e => {
      if (!e.ctrlKey) return;
      e.preventDefault();
      set(zoom * (e.deltaY < 0 ? 1.3 : 1 / 1.3), Math.max(label, e.clientX - tl.getBoundingClientRect().left));
    }, {passive: false});
    tl.addEventListener("keydown", e => { if (e.key === "+" || e.key === "-") set(zoom * (e.key === "+" ? 2 : 0.5), middle()); });
    tl.addEventListener("scroll", () => { if (zoom > 2) marks(); });
  }

  // One tip for all bars.
  const tip = at("tip");
  const show = (target, x, y) => {
    const bar = target.closest && target.closest(".track a, .ln");
    if (!bar) { tip.hidden = true; return; }
    if (bar.title) { bar.dataset.tip = bar.title; bar.setAttribute("aria-label", bar.title); bar.removeAttribute("title"); }
    tip.textContent = bar.dataset.tip;
    tip.hidden = false;
    tip.style.left = Math.max(4, Math.min(x + 12, innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = (y + tip.offsetHeight + 24 > innerHeight ? y - tip.offsetHeight - 10 : y + 16) + "px";
  };
  addEventListener("pointermove", e => show(e.target, e.clientX, e.clientY));
  addEventListener("focusin", e => { const r = e.target.getBoundingClientRect(); show(e.target, r.left, r.bottom); });

  // Jobs: find, filter, sort.
  const list = at("jobs"), find = at("find"), shown = at("shown"), rows = [...list.children];
  const chips = [...document.querySelectorAll(".chip")];
  const texts = rows.map(r => r.firstElementChild.textContent.toLowerCase());
  const keys = rows.map(r => r.dataset.k.split(" ").map(Number));
  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const on = new Set(chips.filter(c => c.ariaPressed === "true").map(c => c.dataset.status));
    let n = 0;
    rows.forEach((r, i) => {
      const fits = (!on.size || on.has(r.dataset.status)) && words.every(w => texts[i].includes(w));
      r.classList.toggle("off", !fits);
      n += fits;
    });
    shown.textContent = n === rows.length ? "" : n + " of " + rows.length + " shown";
  };
  find.oninput = filter;
  chips.forEach(c => c.onclick = () => { c.ariaPressed = c.ariaPressed === "true" ? "false" : "true"; filter(); });
  at("sort").onchange = e => {
    const k = "robtw".indexOf(e.target.value);
    const sorted = rows.map((r, i) => [keys[i][k], keys[i][1], r]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(x => x[2]), after = list.nextSibling, all = list.parentNode;
    list.remove(); // moving rows that are in the page is slow
    list.replaceChildren(...sorted);
    all.insertBefore(list, after);
  };
  const reveal = () => {
    const job = /^#j\d+$/.test(location.hash) && document.querySelector(location.hash);
    if (job) { job.classList.remove("off"); job.open = true; job.scrollIntoView({block: "center"}); }
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
