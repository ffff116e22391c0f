/* What the page adds where script may run. Everything a reader needs is
 * on the page without it; this filters, sorts, pages, links and copies. Text
 * from exports only ever becomes text nodes. */
"use strict";
(() => {
  const PAGE = 100;
  const $ = (id) => document.getElementById(id);

  /* ---------------------------------------------------------------- data */

  const read = (kind) => {
    const rows = [];
    for (const s of document.querySelectorAll(`script[data-rows="${kind}"]`)) {
      for (const row of JSON.parse(s.textContent)) rows.push(row);
      s.remove(); /* the text is not needed twice */
    }
    return rows;
  };
  if (!$("words") || !$("explorer")) return;
  const words = JSON.parse($("words").textContent);
  const macs = read("macs");
  const lines = read("lines");
  const proof = new Map(read("proof"));

  /* Places in a row. Numbers of words count from 1, so that 0 is none; zeros at
   * the end of a row are left out. */
  const M = { serial: 0, name: 1, person: 2, asset: 3, client: 4, site: 5,
    model: 6, chip: 7, os: 8, verdict: 9, seen: 10, filevault: 11,
    bootstrap: 12, repair: 13, remedy: 14, failed: 15, unknown: 16, lost: 17,
    readiness: 18, names: 19, none: 20, stale: 21, email: 22 };
  const L = { mac: 0, severity: 1, flags: 2, remedy: 3, state: 4, days: 5,
    members: 6 };
  const UNKNOWN = 1, ACCEPTED = 2;
  const RULE = 0, EVIDENCE = 1, ID = 2, ACCOUNT = 3, MISSING = 4;
  const word = (table, n) => (n ? words[table][n - 1] : "");
  const clientOf = (m) => word("clients", m[M.client]);
  const siteOf = (m) => word("sites", m[M.site]);
  const systemOf = (m) => word("systems", m[M.os]);
  const verdictOf = (m) => word("verdicts", m[M.verdict]);
  const stepOf = (m) => word("fixes", m[M.remedy]);
  const fixOfLine = (l) => word("fixes", l[L.remedy]);
  const severityOf = (l) => words.severities[l[L.severity]];
  const stateOf = (l) => words.states[l[L.state]];
  /* Names that a sentence is about stand in it as marks. */
  const evidenceOf = (x, mac) => word("evidences", x?.[EVIDENCE])
    .replace("\u0001", () => x[ACCOUNT]).replace("\u0002", () => mac[M.names]);
  const missingOf = (x) => word("evidences", x?.[MISSING]);
  const isUnknown = (l) => (l[L.flags] & UNKNOWN) !== 0;

  const rules = new Map(words.rules.map((r) => [r[0], { id: r[1], title: r[2],
    severity: r[3], why: r[4] || "", cause: r[5] }]));
  const remedies = new Map(words.remedies.map((r) => [r[0], { title: r[1],
    who: r[2], effort: r[3], plain: r[4] }]));
  const showIds = document.body.dataset.ids === "1";
  const manyClients = words.clients.length > 1;
  const severities = ["critical", "high", "medium", "low", "info"];
  const verdicts = ["at-risk", "undetermined", "attention", "partial", "clean"];
  const verdictClass = { "at-risk": "risk", undetermined: "unknown",
    attention: "tidy", partial: "partial", clean: "clean" };

  const linesOf = new Map(); /* Mac -> numbers of its lines */
  lines.forEach((line, i) => {
    if (!linesOf.has(line[L.mac])) linesOf.set(line[L.mac], []);
    linesOf.get(line[L.mac]).push(i);
  });

  const text = (v) => v || "";
  const fixTitle = (id) => (remedies.has(id) ? remedies.get(id).title : "");
  const lead = (line) => line[L.members].find((m) => !rules.get(m[RULE])?.cause)
    || line[L.members][0];
  const ruleOf = (line) => rules.get(lead(line)?.[RULE]);
  const osMajor = (mac) => systemOf(mac).split(".")[0];

  /* From a number of days; 0 is not known, -1 never. */
  const day = (n) => {
    if (!n) return "";
    if (n < 0) return "never";
    const d = new Date(n * 86400000);
    return `${d.getUTCDate()} ${d.toLocaleString("en", { month: "short",
      timeZone: "UTC" })} ${d.getUTCFullYear()}`;
  };
  const number = (n) => n.toLocaleString("en");

  /* ----------------------------------------------------------- elements */

  const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

  /* Append text; characters that act unseen are shown by their number. */
  const say = (el, s) => {
    let from = 0;
    for (const hit of s.matchAll(unseen)) {
      el.append(s.slice(from, hit.index));
      const code = hit[0].codePointAt(0).toString(16).toUpperCase();
      el.append(make("span", { class: "unseen" }, `\\u{${code.padStart(4, "0")}}`));
      from = hit.index + 1;
    }
    el.append(s.slice(from));
    return el;
  };

  const make = (tag, attributes = {}, ...children) => {
    const el = document.createElement(tag);
    for (const [k, v] of Object.entries(attributes)) {
      if (k.startsWith("on")) el.addEventListener(k.slice(2), v);
      else if (v === true) el.setAttribute(k, "");
      else if (v !== false && v !== null && v !== undefined) el.setAttribute(k, v);
    }
    for (const c of children.flat()) {
      if (typeof c === "string") say(el, c);
      else if (c) el.append(c);
    }
    return el;
  };

  const svg = (tag, attributes, ...children) => {
    const el = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [k, v] of Object.entries(attributes)) el.setAttribute(k, v);
    el.append(...children);
    return el;
  };

  const mark = (code, word) => make("span", { class: `mark m-${code}` },
    svg("svg", { class: "shape", width: 11, height: 11, "aria-hidden": "true" },
      svg("use", { href: `#s-${code}` })), word);
  const lineMark = (line) => (isUnknown(line) ? mark("unknown", "Not known")
    : mark(severityOf(line), words.severity[severityOf(line)]));
  const swatch = (name, word) => make("span", { class: "key" },
    svg("svg", { width: 12, height: 12, "aria-hidden": "true" },
      svg("rect", { class: `f-${name}`, width: 12, height: 12, rx: 2 })), word);
  const own = (s) => (s ? make("bdi", {}, s) : "");

  const opener = (mac, label) => make("button", { class: "open", type: "button",
    "aria-haspopup": "dialog", onclick: () => go({ device: macs[mac][M.serial] }) },
  label || macs[mac][M.serial]);

  /* -------------------------------------------------------------- views */

  /* A column: head, cell to show, plain value for CSV, value to sort by. */
  const column = (key, head, value, show, sort, cls) =>
    ({ key, head, value, show: show || value, sort: sort || value, cls });
  const macOf = (line) => macs[line[L.mac]];
  const low = (s) => text(s).toLowerCase();

  const what = (line) => {
    const rule = ruleOf(line), first = lead(line), more = line[L.members]
      .filter((m) => !rules.get(m[RULE])?.cause).length - 1;
    const box = make("span", {}, isUnknown(line)
      ? make("span", { class: "quiet" }, "perhaps: ") : "", rule ? rule.title : "");
    if (showIds && rule) box.append(" ", make("span", { class: "id" }, rule.id));
    if (first?.[EVIDENCE]) box.append(make("br"),
      make("span", { class: "quiet" }, own(evidenceOf(first, macOf(line)))));
    if (more > 0) box.append(" ", make("span", { class: "tag" },
      `and ${more} more with this fix`));
    if (line[L.flags] & ACCEPTED) box.append(" ", make("span", { class: "tag" }, "accepted risk"));
    return box;
  };

  /* What is not known is found out first. */
  const factWords = (missing) => missing.replaceAll("conflict:", "")
    .split(/[ ;,|]+/).filter(Boolean).map((f) => words.fact[f] || f).join(", ");
  const fixOf = (line) => {
    const missing = missingOf(lead(line));
    return isUnknown(line) && missing ? `Find out ${factWords(missing)}`
      : fixTitle(fixOfLine(line));
  };

  const views = {
    macs: {
      label: "Macs", one: "Mac", many: "Macs", rows: macs, mac: (i) => i,
      sort: "",
      columns: [
        column("verdict", "Verdict", (m) => words.verdict[verdictOf(m)],
          (m) => swatch(verdictClass[verdictOf(m)], words.verdict[verdictOf(m)]),
          (m, i) => i, "nw"),
        column("serial", "Mac", (m) => m[M.serial], (m, i) => opener(i)),
        column("name", "Name", (m) => text(m[M.name]), (m) => own(m[M.name]),
          (m) => low(m[M.name]), "roomy"),
        column("person", "Person", (m) => text(m[M.person]),
          (m) => own(m[M.person]), (m) => low(m[M.person]), "roomy"),
        column("asset", "Asset tag", (m) => text(m[M.asset]),
          (m) => own(m[M.asset]), null, "nw roomy"),
        manyClients && column("client", "Client", clientOf, (m) => own(clientOf(m)),
          null, "roomy"),
        column("os", "macOS", systemOf, null,
          (m) => systemOf(m).split(".").reduce((a, b) => a * 1000 + Number(b), 0),
          "nw roomy"),
        column("seen", "Last seen", (m) => day(m[M.seen]), null,
          (m) => m[M.seen] || -2, "nw roomy"),
        column("failed", "Failed checks", (m) => String(m[M.failed] || 0), null,
          (m) => m[M.failed] || 0, "n roomy"),
        column("fix", "Next step", (m) => fixTitle(stepOf(m))),
      ].filter(Boolean),
      facets: [
        { key: "verdict", label: "Verdict", of: (m) => [verdictOf(m)],
          order: verdicts, word: (v) => words.verdict[v] },
        { key: "client", label: "Client", list: true, hide: !manyClients,
          of: (m) => [clientOf(m)] },
        { key: "site", label: "Site", list: true,
          of: (m) => (siteOf(m) ? [siteOf(m)] : []) },
        { key: "os", label: "macOS", list: true,
          of: (m) => (osMajor(m) ? [osMajor(m)] : []) },
        { key: "fix", label: "Next step", list: true,
          of: (m) => (stepOf(m) ? [stepOf(m)] : []), word: fixTitle },
      ],
      hay: (m, i) => [m[M.serial], m[M.name], m[M.person], m[M.email], m[M.asset],
        clientOf(m), siteOf(m), word("models", m[M.model]), m[M.names], (linesOf.get(i) || []).map((n) => ruleOf(lines[n])?.id)],
    },
    lines: {
      label: "Findings", one: "finding", many: "findings", rows: lines,
      mac: (i) => lines[i][L.mac], sort: "",
      columns: [
        column("severity", "Severity", (l) => (isUnknown(l) ? "Not known"
          : words.severity[severityOf(l)]), lineMark, (l, i) => i),
        column("serial", "Mac", (l) => macOf(l)[M.serial],
          (l) => opener(l[L.mac])),
        column("name", "Name", (l) => text(macOf(l)[M.name]),
          (l) => own(macOf(l)[M.name]), (l) => low(macOf(l)[M.name]), "roomy"),
        column("person", "Person", (l) => text(macOf(l)[M.person]),
          (l) => own(macOf(l)[M.person]), (l) => low(macOf(l)[M.person]), "roomy"),
        column("what", "What", (l) => ruleOf(l)?.title || "", what),
        column("fix", "Fix", fixOf),
        column("state", "State", (l) => words.state[stateOf(l)] || "", null, null,
          "nw roomy"),
        column("days", "Days", (l) => String(l[L.days] ?? ""), null,
          (l) => l[L.days] ?? -2, "n"),
      ],
      facets: [
        { key: "severity", label: "Severity", of: (l) => [severityOf(l)],
          order: severities, word: (v) => words.severity[v] },
        { key: "result", label: "Result", of: (l) => [isUnknown(l) ? "unknown" : "fail"],
          order: ["fail", "unknown"],
          word: (v) => (v === "fail" ? "Problem" : "Not known") },
        { key: "state", label: "State", of: (l) => [stateOf(l)],
          order: Object.keys(words.state), word: (v) => words.state[v] || v },
        { key: "rule", label: "Check", list: true,
          of: (l) => [...new Set(l[L.members].map((m) => rules.get(m[RULE])?.id))],
          word: (id) => (ruleById.get(id)?.title || id) + (showIds ? ` (${id})` : "") },
        { key: "fix", label: "Fix", list: true,
          of: (l) => (fixOfLine(l) ? [fixOfLine(l)] : []), word: fixTitle },
        { key: "client", label: "Client", list: true, hide: !manyClients,
          of: (l) => [clientOf(macOf(l))] },
      ],
      hay: (l) => { const m = macOf(l); return [m[M.serial], m[M.name], m[M.person],
        m[M.email], m[M.asset], clientOf(m), siteOf(m),
        l[L.members].map((x) => [rules.get(x[RULE])?.id, rules.get(x[RULE])?.title,
          x[ACCOUNT], evidenceOf(x, m)]), fixTitle(fixOfLine(l))]; },
    },
  };
  const ruleById = new Map([...rules.values()].map((r) => [r.id, r]));

  const haystacks = {};
  const haystack = (name) => {
    const view = views[name];
    haystacks[name] ??= view.rows.map((row, i) =>
      view.hay(row, i).flat(3).filter(Boolean).join("\n").toLowerCase());
    return haystacks[name];
  };

  /* -------------------------------------------------------------- state */

  const start = () => ({ view: "macs", q: "", sort: "", page: 1, device: "",
    filters: {} });
  let state = start();

  /* #view=lines&severity=critical&q=ada&sort=-days&page=2, or a deep link to a
   * Mac (#d-SERIAL), a finding (#f-ID) or a check (#r-ID). */
  const parse = (hash) => {
    const h = decodeURIComponentSafe(hash.replace(/^#/, ""));
    const next = start();
    if (h.startsWith("d-")) return { ...next, device: h.slice(2) };
    if (h.startsWith("f-")) return findingState(next, h.slice(2));
    if (h.startsWith("r-") && ruleById.has(h.slice(2)))
      return { ...next, view: "lines", filters: { rule: h.slice(2) }, scroll: true };
    if (!h.includes("=")) return null; /* a part of the page */
    for (const [k, v] of new URLSearchParams(hash.replace(/^#/, ""))) {
      if (k === "view" && views[v]) next.view = v;
      else if (k === "q" || k === "sort" || k === "device") next[k] = v;
      else if (k === "page") next.page = Math.max(1, parseInt(v, 10) || 1);
      else next.filters[k] = v;
    }
    next.scroll = true;
    return next;
  };
  const decodeURIComponentSafe = (s) => {
    try { return decodeURIComponent(s); } catch { return s; }
  };
  const findingState = (next, id) => {
    const line = lines.find((l) => l[L.members].some((m) => id.startsWith(m[ID])));
    return line ? { ...next, device: macOf(line)[M.serial], finding: id } : next;
  };
  const format = (s) => {
    const p = new URLSearchParams();
    if (s.view !== "macs") p.set("view", s.view);
    for (const [k, v] of Object.entries(s.filters)) if (v) p.set(k, v);
    if (s.q) p.set("q", s.q);
    if (s.sort) p.set("sort", s.sort);
    if (s.page > 1) p.set("page", s.page);
    if (s.device) p.set("device", s.device);
    const out = p.toString();
    return out ? `#${out}` : "#macs";
  };
  const go = (change) => {
    state = { ...state, scroll: false, finding: "", ...change };
    try { history.replaceState(null, "", format(state)); } catch { /* stays */ }
    draw();
  };

  /* -------------------------------------------------- filter, sort, count */

  const select = () => {
    const view = views[state.view];
    const facets = view.facets.filter((f) => !f.hide);
    const wanted = facets.map((f) => state.filters[f.key] || "");
    const parts = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const hay = parts.length ? haystack(state.view) : null;
    const counts = facets.map(() => new Map());
    const hits = [];

    view.rows.forEach((row, i) => {
      if (hay && !parts.every((p) => hay[i].includes(p))) return;
      /* A facet counts the rows that every other facet lets through. */
      const values = facets.map((f) => f.of(row));
      let missed = -1, misses = 0;
      values.forEach((v, f) => {
        if (wanted[f] && !v.includes(wanted[f])) { missed = f; misses++; }
      });
      if (misses > 1) return;
      values.forEach((v, f) => {
        if (misses && f !== missed) return;
        for (const x of v) counts[f].set(x, (counts[f].get(x) || 0) + 1);
      });
      if (!misses) hits.push(i);
    });
    const key = state.sort.replace(/^-/, "");
    const by = view.columns.find((c) => c.key === key);
    if (by) {
      const sign = state.sort.startsWith("-") ? -1 : 1;
      const values = new Map(hits.map((i) => [i, by.sort(view.rows[i], i)]));
      const empty = (v) => v === "" || v === -2;
      hits.sort((a, b) => {
        const x = values.get(a), y = values.get(b);
        if (empty(x) !== empty(y)) return empty(x) ? 1 : -1;
        return (x < y ? -sign : x > y ? sign : 0) || a - b;
      });
    }
    return { view, facets, wanted, counts, hits };
  };

  /* -------------------------------------------------------------- parts */

  const facetButtons = (f, wanted, counts) => make("fieldset", { class: "facet" },
    make("legend", {}, f.label),
    f.order.filter((v) => counts.get(v) || v === wanted).map((v) => make("button", {
      type: "button", "aria-pressed": String(v === wanted), "data-facet": f.key,
      "data-value": v,
      onclick: () => go({ page: 1, filters: { ...state.filters,
        [f.key]: v === wanted ? "" : v } }),
    }, f.word(v), make("i", {}, number(counts.get(v) || 0)))));

  const facetList = (f, wanted, counts) => {
    const word = f.word || ((v) => v);
    const values = [...counts.entries()].sort((a, b) => b[1] - a[1]
      || (word(a[0]) < word(b[0]) ? -1 : 1));
    if (wanted && !counts.has(wanted)) values.push([wanted, 0]);
    if (values.length < 2 && !wanted) return "";
    const id = `facet-${f.key}`;
    const box = make("select", { id, onchange: (e) => go({ page: 1,
      filters: { ...state.filters, [f.key]: e.target.value } }) },
    make("option", { value: "" }, "all"),
    values.map(([v, n]) => make("option", { value: v, selected: v === wanted },
      `${word(v)} (${number(n)})`)));
    return make("span", { class: "facet" },
      make("label", { for: id, class: "quiet" }, f.label), box);
  };

  const tableOf = (s, from, to) => {
    const head = s.view.columns.map((c) => {
      const on = state.sort.replace(/^-/, "") === c.key;
      const down = state.sort.startsWith("-");
      const next = !on ? c.key : down ? "" : `-${c.key}`;
      return make("th", { scope: "col", class: c.cls,
        "aria-sort": on ? (down ? "descending" : "ascending") : null },
      make("button", { type: "button", "data-sort": c.key,
        onclick: () => go({ sort: next, page: 1 }) }, c.head));
    });
    const body = s.hits.slice(from, to).map((i, n) => make("tr",
      { "aria-rowindex": from + n + 2 },
      s.view.columns.map((c) => make(c.key === "serial" ? "th" : "td",
        { class: c.cls, scope: c.key === "serial" ? "row" : null },
        c.show(s.view.rows[i], i)))));
    return make("div", { class: "scroll", tabindex: "0", role: "group",
      "aria-label": s.view.label },
    make("table", { class: "grid", "aria-rowcount": s.hits.length + 1 },
      make("caption", { class: "hide" }, s.view.label),
      make("thead", {}, make("tr", { "aria-rowindex": 1 }, head)),
      make("tbody", {}, body)));
  };

  const pager = (pages) => {
    if (pages < 2) return "";
    const to = (label, page) => make("button", { type: "button",
      disabled: page < 1 || page > pages || page === state.page,
      "data-page": label, onclick: () => go({ page }) }, label);
    return make("nav", { class: "pages", "aria-label": "Pages" },
      to("First", 1), to("Previous", state.page - 1),
      make("span", {}, `page ${number(state.page)} of ${number(pages)}`),
      to("Next", state.page + 1), to("Last", pages));
  };

  /* ---------------------------------------------------------------- CSV */

  const guard = (s) => (/^[\s\u00a0\ufeff\u200b-\u200f]*[=+\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20]/.test(s)
    ? `'${s}` : s);
  const quote = (s) => (/[",\r\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s);
  const csv = (s) => [s.view.columns.map((c) => quote(c.head)).join(","),
    ...s.hits.map((i) => s.view.columns.map((c) => {
      const v = String(c.value(s.view.rows[i], i));
      return quote(c.cls?.startsWith("n ") || c.cls === "n" ? v : guard(v));
    }).join(","))].join("\r\n") + "\r\n";

  const copy = async (content, button, done) => {
    const label = button.textContent;
    let ok = true;
    try {
      await navigator.clipboard.writeText(content);
    } catch {
      const box = make("textarea", { "aria-hidden": "true", class: "hide" });
      box.value = content;
      button.after(box);
      box.select();
      ok = document.execCommand("copy");
      box.remove();
      button.focus();
    }
    button.textContent = ok ? done : "could not copy";
    announce(ok ? done : "could not copy");
    setTimeout(() => { button.textContent = label; }, 2000);
  };

  /* --------------------------------------------------------- the explorer */

  const host = $("explorer");
  const search = make("input", { type: "search", id: "q", autocomplete: "off",
    spellcheck: "false", placeholder: "serial, name, person, asset tag, check" });
  const live = make("p", { class: "status", role: "status" });
  const tabs = make("div", { class: "tools", role: "group", "aria-label": "List" });
  const facetBox = make("div", { class: "facets" });
  const tableBox = make("div", {});
  const announce = (s) => { live.textContent = s; };
  let typing = 0;

  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => go({ q: search.value, page: 1 }),
      views[state.view].rows.length > 20000 ? 250 : 80);
  });
  const copyButton = make("button", { type: "button", id: "copy-csv",
    onclick: (e) => { const s = select();
      copy(csv(s), e.currentTarget, `copied ${number(s.hits.length)} rows`); } },
  "Copy as CSV");
  const clearButton = make("button", { type: "button", id: "clear",
    onclick: () => { search.value = ""; go({ ...start(), view: state.view }); } },
  "Clear filters");
  host.append(tabs, make("div", { class: "tools" },
    make("label", { for: "q", class: "hide" }, "Find"), search, clearButton, copyButton),
  facetBox, live, tableBox);

  /* Controls are made anew on each change: keep the keyboard where it was. */
  const focusKey = (el) => {
    if (!el || !host.contains(el)) return "";
    if (el.id) return `#${CSS.escape(el.id)}`;
    for (const k of ["facet", "sort", "page", "view"])
      if (el.dataset[k]) return `[data-${k}="${CSS.escape(el.dataset[k])}"]`
        + (k === "facet" ? `[data-value="${CSS.escape(el.dataset.value)}"]` : "");
    return "";
  };

  const drawList = () => {
    const key = focusKey(document.activeElement);
    const s = select();
    const pages = Math.max(1, Math.ceil(s.hits.length / PAGE));
    state.page = Math.min(state.page, pages);
    const from = (state.page - 1) * PAGE, to = Math.min(from + PAGE, s.hits.length);
    tabs.replaceChildren(...Object.entries(views).map(([name, v]) => make("button",
      { type: "button", "aria-pressed": String(name === state.view),
        "data-view": name, onclick: () => go({ ...start(), view: name, q: state.q }) },
      `${v.label} (${number(v.rows.length)})`)));
    facetBox.replaceChildren(...s.facets.map((f, i) => (f.list
      ? facetList(f, s.wanted[i], s.counts[i])
      : facetButtons(f, s.wanted[i], s.counts[i]))).filter(Boolean));
    tableBox.replaceChildren(...(s.hits.length ? [tableOf(s, from, to), pager(pages)]
      : [make("p", {}, "Nothing fits. Clear the filters to see everything.")]).filter(Boolean));
    if (document.activeElement !== search) search.value = state.q;
    announce(s.hits.length ? `${number(from + 1)} to ${number(to)} of `
      + `${number(s.hits.length)} ${s.hits.length === 1 ? s.view.one : s.view.many}`
      : `No ${s.view.many}`);
    if (key) host.querySelector(key)?.focus();
    host.dataset.hits = s.hits.length;
  };

  /* -------------------------------------------------------- one Mac's page */

  const dialog = make("dialog", { "aria-labelledby": "sheet-title" });
  document.body.append(dialog);
  let back = null;
  dialog.addEventListener("close", () => {
    go({ device: "" });
    const again = back && host.querySelector(`.open[data-mac="${CSS.escape(back)}"]`);
    (again || [...host.querySelectorAll(".open")].find((b) => b.textContent === back)
      || search).focus();
  });
  dialog.addEventListener("click", (e) => { if (e.target === dialog) dialog.close(); });

  const pair = (name, value, wide) => (value ? make("div",
    { class: wide ? "whole" : null }, make("dt", {}, name),
    make("dd", {}, typeof value === "string" ? own(value) : value)) : "");

  /* "lost|perhaps lost", each a list of codes. */
  const capabilities = (m, part) => (word("losts", m[M.lost]).split("|")[part] || "")
    .split(" ").filter(Boolean).map((c) => words.capability[c] || c).join("; ");

  const factsOf = (m) => make("dl", { class: "facts" },
    pair("Person", [m[M.person], m[M.email]].filter(Boolean).join(", ")),
    pair("Asset tag", text(m[M.asset])),
    pair("Client and site", [clientOf(m), siteOf(m)]
      .filter(Boolean).join(", ")),
    pair("Model", [word("models", m[M.model]), words.chip[word("chips", m[M.chip])]]
      .filter(Boolean).join(", ")),
    pair("macOS", systemOf(m)),
    pair("Last seen", day(m[M.seen]) + (m[M.stale] ? ", no longer reports" : "")),
    pair("FileVault", words.filevault[word("disks", m[M.filevault])] || "not known yet"),
    pair("Bootstrap token", words.bootstrap[word("bootstraps", m[M.bootstrap])] || "not known yet"),
    pair("Token holders", m[M.names] || (m[M.none] ? "none" : "not known yet")),
    pair("Can be repaired by", words.repair[word("repairs", m[M.repair])] || "not known yet"),
    pair("Readiness for a move", words.readiness[word("readinesses", m[M.readiness])] || ""),
    pair("Cannot do now", capabilities(m, 0), true),
    pair("Perhaps cannot do", capabilities(m, 1), true));

  const memberItem = (m, mac, wanted) => {
    const rule = rules.get(m[RULE]);
    const item = make("li", { id: `f-${m[ID]}` },
      rule.cause ? make("span", { class: "quiet" }, "Possible cause: ") : "",
      rule.title, m[ACCOUNT] ? " for " : "", m[ACCOUNT] ? own(m[ACCOUNT]) : "",
      showIds ? make("span", { class: "id" }, ` ${rule.id}`) : "",
      m[EVIDENCE] ? make("span", { class: "quiet" }, ": ", own(evidenceOf(m, mac))) : "",
      missingOf(m) ? make("span", { class: "quiet" },
        `; not known: ${factWords(missingOf(m))}`) : "");
    if (wanted && wanted.startsWith(m[ID])) item.classList.add("strong");
    return item;
  };

  const linesPart = (i) => {
    const mine = linesOf.get(i) || [];
    if (!mine.length) return make("p", { class: "fine" }, "No problem found in what was measured.");
    return make("ul", { class: "lines" }, mine.map((n) => {
      const l = lines[n], fix = remedies.get(fixOfLine(l));
      return make("li", {}, lineMark(l), make("div", {},
        isUnknown(l) ? make("span", { class: "fix" }, fixOf(l)) : "",
        fix ? make("span", { class: "fix" }, fix.title) : "",
        fix && showIds ? make("span", { class: "id" }, ` ${fixOfLine(l)}`) : "",
        fix ? make("span", { class: "quiet" }, ` · ${words.who[fix.who] || fix.who}, `
          + `${words.effort[fix.effort] || fix.effort}`) : "",
        make("span", { class: "quiet" }, ` · ${words.state[stateOf(l)] || ""}`
          + (l[L.days] ? `, ${number(l[L.days])} days` : "")),
        make("ul", {}, l[L.members].map((m) => memberItem(m, macs[i], state.finding)))));
    }));
  };

  const proofPart = (i) => {
    const rows = proof.get(i);
    if (!rows?.length) return make("p", { class: "quiet" },
      "Every value with its file and line is in findings.jsonl",
      ...document.body.dataset.explain ? ["; ", make("code", {},
        `${document.body.dataset.explain} ${macs[i][M.serial]}`), " prints them too."] : ["."]);
    return make("div", { class: "scroll", tabindex: "0", role: "group",
      "aria-label": "Evidence" }, make("table", {},
      make("caption", { class: "hide" }, "Values with file, line and cell"),
      make("thead", {}, make("tr", {}, ["Fact", "Value", "Cell as it was", "Where", "Read"]
        .map((h) => make("th", { scope: "col" }, h)))),
      make("tbody", {}, rows.map(([fact, account, value, col, raw, source, file, line, when]) =>
        make("tr", {},
          make("th", { scope: "row" }, words.fact[fact] || fact,
            account ? " of " : "", account ? own(account) : ""),
          make("td", {}, own(value)),
          make("td", {}, words.columns[col] ? make("span", { class: "quiet" },
            own(words.columns[col]), raw ? ": " : "") : "", raw ? own(raw) : ""),
          make("td", {}, make("code", {}, `${words.files[file]}:${line}`), " ",
            make("span", { class: "quiet" }, words.sources[source])),
          make("td", {}, when.replace("T", " ").replace("Z", "")))))));
  };

  const drawDevice = () => {
    const i = state.device ? macs.findIndex((m) => m[M.serial] === state.device.toUpperCase()) : -1;
    if (i < 0) { if (dialog.open) dialog.close(); return; }
    const m = macs[i];
    dialog.replaceChildren(make("div", { class: "sheet" },
      make("header", {}, make("div", {},
        make("h2", { id: "sheet-title" }, own(m[M.name]) || m[M.serial], " ",
          make("code", { class: "serial" }, m[M.serial])),
        make("p", {}, swatch(verdictClass[verdictOf(m)], words.verdict[verdictOf(m)]))),
      make("button", { type: "button", id: "sheet-close", onclick: () => dialog.close() }, "Close")),
      factsOf(m),
      make("h3", {}, "What was found, and the fix"), linesPart(i),
      make("h3", {}, "Evidence"), proofPart(i)));
    if (!dialog.open) { back = m[M.serial]; dialog.showModal(); }
    if (state.finding) dialog.querySelector("li.strong")?.scrollIntoView();
  };

  const draw = () => {
    drawList();
    drawDevice();
    if (state.scroll) { state.scroll = false; $("macs").scrollIntoView(); }
  };

  /* ------------------------------------------------- small additions */

  for (const pre of document.querySelectorAll("pre.serials"))
    pre.before(make("button", { type: "button", class: "copy-serials",
      onclick: (e) => copy(pre.textContent + "\n", e.currentTarget, "copied") }, "Copy"));

  const found = new Set();
  for (const l of lines) for (const m of l[L.members]) found.add(m[RULE]);
  const foundIds = new Set([...found].map((n) => rules.get(n)?.id));
  for (const row of document.querySelectorAll("tr[id^='r-']")) {
    const cell = row.querySelector("td.big"), id = row.id.slice(2);
    if (!cell || !foundIds.has(id)) continue;
    const link = make("a", { href: `#view=lines&rule=${encodeURIComponent(id)}`,
      "aria-label": `${cell.textContent} fail: show them` }, cell.textContent);
    cell.replaceChildren(link);
  }

  /* Paper has no folds: open the steps, and close them again. */
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.steps:not([open])")];
    for (const d of opened) d.open = true;
  });
  addEventListener("afterprint", () => { for (const d of opened) d.open = false; });

  addEventListener("hashchange", () => {
    const next = parse(location.hash);
    if (next) { state = next; draw(); }
  });

  host.hidden = false;
  $("static-macs").hidden = true;
  state = parse(location.hash) || start();
  draw();
})();
