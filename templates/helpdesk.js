/* Look up whether a password may be reset. Text from exports only ever
 * becomes text nodes; nothing leaves the page. */
"use strict";
(() => {
  const SHOWN = 20;
  const PAGE_OLD = 7; /* days after which a newer page should be asked for */
  const $ = (id) => document.getElementById(id);
  const desk = $("desk");
  if (!desk || !$("answers")) return;

  const macs = [];
  for (const s of document.querySelectorAll('script[data-rows="macs"]'))
    for (const m of JSON.parse(s.textContent)) macs.push(m);
  const answers = JSON.parse($("answers").textContent);
  const clients = JSON.parse($("clients").textContent);
  const SERIAL = 0, NAME = 1, PERSON = 2, CLIENT = 3, SEEN = 4, UNTIL = 5, ACCOUNTS = 6;
  const ACCOUNT = 0, FULL = 1, READ = 2, WAYS = { mdm: 3, idp: 4 };

  /* Facts grow older after the page was made. A clock that is behind counts as
   * the day the page speaks of. */
  const asOf = Number(document.body.dataset.asOf);
  const today = Math.max(asOf, Math.floor(Date.now() / 86400000));

  const words = { safe: ["safe", "Safe", ""], notapplicable: ["safe", "Safe", "no token here"],
    "login-first": ["login", "Log in first", ""],
    "token-lost": ["stop", "Do not reset", "the token is lost"],
    "lockout-risk": ["stop", "Do not reset", "lockout risk"],
    unknown: ["stop", "Do not reset", "not known"] };
  const shapes = { safe: "M4.6 9.2 1.4 6 0 7.4l4.6 4.6L12 4.6 10.6 3.2z",
    login: "M6 .8 12 11.4H0z", stop: "M3.5 0h5L12 3.5v5L8.5 12h-5L0 8.5v-5z" };

  const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
  const make = (tag, cls, ...children) => {
    const el = document.createElement(tag);
    if (cls) el.className = cls;
    el.append(...children.filter((c) => c !== ""));
    return el;
  };
  /* A name of its own direction, with what acts unseen shown by its number. */
  const own = (s) => {
    const el = make("bdi");
    let from = 0;
    for (const hit of s.matchAll(unseen)) {
      const code = hit[0].codePointAt(0).toString(16).toUpperCase();
      el.append(s.slice(from, hit.index), make("span", "unseen", `\\u{${code.padStart(4, "0")}}`));
      from = hit.index + 1;
    }
    el.append(s.slice(from));
    return el;
  };
  const shape = (kind) => {
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg"), path = document.createElementNS(ns, "path");
    svg.setAttribute("viewBox", "0 0 12 12");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", shapes[kind]);
    svg.append(path);
    return svg;
  };
  const day = (n) => {
    const d = new Date(n * 86400000);
    return `${d.getUTCDate()} ${d.toLocaleString("en", { month: "short", timeZone: "UTC" })} ${d.getUTCFullYear()}`;
  };
  const ago = (n) => (n === 0 ? "today" : n === 1 ? "1 day ago" : `${n.toLocaleString("en")} days ago`);
  const stop = (s) => (s ? `${s}.` : "");

  /* What the page says of an account today: a Mac that has been silent too long
   * by now is as unknown as one that was when the page was made. */
  const answerOf = (mac, account, way) => {
    const a = answers[account[WAYS[way]]];
    if (mac[UNTIL] === null || today <= mac[UNTIL] || a[0] === "notapplicable") return a;
    return ["unknown", `What this page knows is too old: it last heard of the Mac on ${day(mac[SEEN])}`,
      "Ask for a newer page, or reach the Mac first", false];
  };

  const accountPart = (mac, account, way) => {
    const [verdict, why, instead, last] = answerOf(mac, account, way);
    const [kind, title, note] = words[verdict] || words.unknown;
    const answer = make("p", `answer ${kind}`, shape(kind), title, note ? make("small", "", note) : "");
    const what = make("div", "what", make("p", "", stop(why)),
      last ? make("p", "", "It is the last token of this Mac.") : "",
      instead ? make("p", "", make("strong", "", kind === "stop" ? "Instead: " : "How: "), stop(instead)) : "",
      make("p", "age", account[READ] === null ? "How old the facts are is not known."
        : `Facts of ${day(account[READ])}, ${ago(Math.max(0, today - account[READ]))}`
          + (mac[SEEN] === null ? "; when the Mac last reported is not known."
            : `; the Mac last reported ${ago(Math.max(0, today - mac[SEEN]))}.`)));
    const box = make("article", "account", answer,
      make("h3", "", own(account[FULL] || account[ACCOUNT]),
        account[FULL] ? make("span", "soft", " ", own(account[ACCOUNT])) : ""), what);
    box.dataset.verdict = verdict;
    box.dataset.account = account[ACCOUNT];
    return box;
  };

  const macPart = (mac, way, asked) => {
    /* Accounts that were asked for come first. */
    const hit = (a) => asked.some((w) => `${a[ACCOUNT]}\n${a[FULL]}`.toLowerCase().includes(w));
    const accounts = [...mac[ACCOUNTS]].sort((a, b) => hit(b) - hit(a));
    const box = make("section", "mac",
      make("h2", "", own(mac[NAME] || mac[SERIAL]), make("code", "", own(mac[SERIAL]))),
      make("p", "soft", mac[PERSON] ? make("span", "", "Assigned to ", own(mac[PERSON])) : "Assigned to nobody known",
        clients.length > 1 ? make("span", "", " · ", own(clients[mac[CLIENT]])) : ""),
      ...accounts.map((a) => accountPart(mac, a, way)));
    box.dataset.serial = mac[SERIAL];
    return box;
  };

  const hay = macs.map((m) => [m[SERIAL], m[NAME], m[PERSON],
    ...m[ACCOUNTS].flatMap((a) => [a[ACCOUNT], a[FULL]])].join("\n").toLowerCase());

  const show = () => {
    const asked = $("q").value.toLowerCase().split(/\s+/).filter(Boolean);
    const way = document.querySelector("[name=way]:checked").value;
    const typed = asked.join("").length;
    const hits = typed < 2 ? [] : macs.filter((m, i) => asked.every((w) => hay[i].includes(w)));
    $("hits").replaceChildren(...hits.slice(0, SHOWN).map((m) => macPart(m, way, asked)));
    $("hits").dataset.hits = hits.length;
    $("count").textContent = typed < 2 ? "Type at least two characters."
      : hits.length === 0 ? "No Mac fits. Not on this page means not known: do not reset."
        : hits.length > SHOWN ? `The first ${SHOWN} of ${hits.length.toLocaleString("en")} Macs; type more.`
          : `${hits.length} ${hits.length === 1 ? "Mac" : "Macs"}`;
  };

  let typing = 0;
  $("q").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(show, 80); });
  for (const el of document.querySelectorAll("[name=way]")) el.addEventListener("change", show);
  if (today - asOf > PAGE_OLD) {
    $("old").textContent = `This page was made with facts of ${day(asOf)}, ${ago(today - asOf)}. Ask for a newer one.`;
    $("old").hidden = false;
  }
  desk.hidden = false;
  show();
  $("q").focus();
})();
