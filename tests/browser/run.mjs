/*
 * Opens reports in Chromium and uses them as a reader would.
 *
 * usage: node run.mjs FOLDER...   every *.html in the folders is a page
 *
 * One line a check; the last line is "N passed, N failed". The first report of
 * each use goes through everything; of further ones it is what they are fit
 * for: paging where there are several pages, names where these are markup.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { createRequire } from "node:module";
import { HtmlValidate } from "html-validate";
import { check, end, open, same, truth, until } from "./harness.mjs";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const validator = new HtmlValidate(
  JSON.parse(readFileSync(new URL(".htmlvalidate.json", import.meta.url))));
const done = new Set(); /* uses, and kinds of checks some page was fit for */

const files = process.argv.slice(2).flatMap((dir) => readdirSync(dir, { recursive: true })
  .filter((f) => String(f).endsWith(".html")).sort().map((f) => resolve(join(dir, String(f)))));

/* ------------------------------------------------------------ any page */

const unfold = (page) => page.evaluate(() => {
  for (const d of document.querySelectorAll("details")) d.open = true;
});
const fits = async (page, width) => {
  await page.setViewportSize({ width, height: 900 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  truth(over <= 0, `${over} px too wide at ${width} px`);
};

/* Only colours differ between light and dark, so dark asks about these alone. */
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const AXE_COLOURS = ["color-contrast", "link-in-text-block"];
const axeFinds = async (page, what, only) => {
  const found = await page.evaluate(async ([tags, rules]) => {
    if (document.documentElement.scrollWidth > innerWidth) return ["the page is too wide"];
    /* eslint-disable-next-line no-undef */
    const r = await axe.run(document, { resultTypes: ["violations"], preload: false,
      selectors: false, iframes: false, runOnly: rules || tags });
    return r.violations.map((v) => `${v.id}: ${v.nodes.length} x ${v.nodes[0].html.slice(0, 120)}`);
  }, [AXE_TAGS, only]);
  same(found, [], `axe, ${what}`);
};

const valid = async (file, html) => {
  const r = await validator.validateString(
    html.replace(/<script type="application\/json"[^]*?<\/script>/g, ""), file);
  same(r.results.flatMap((x) => x.messages.map((m) => `${m.line}:${m.column} ${m.message}`)),
    [], "messages");
};
const inert = async (html) => {
  const markup = html.replace(/<script[^]*?<\/script>/g, "").replace(/<style>[^]*?<\/style>/, "");
  truth(!/\s(src|href|action)\s*=\s*["']?(https?:)?\/\//i.test(markup), "an outside address");
  truth(!/<[a-z][^<>]*\son[a-z]+\s*=/i.test(markup), "an event handler");
  truth(!/<[a-z][^<>]*\sstyle\s*=/i.test(markup), "a style attribute");
};
const everyWidth = async (file) => {
  const page = await open(file);
  await unfold(page);
  for (const width of [320, 360, 480, 600, 768, 1024, 1440]) await fits(page, width);
  same(page.said, [], "said");
};
const accessible = async (file) => {
  const page = await open(file, { width: 320 });
  await unfold(page);
  await page.evaluate(axe);
  await axeFinds(page, "light, 320 px");
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "dark" });
  await axeFinds(page, "dark, 1280 px", AXE_COLOURS);
  same(page.said, [], "said");
};

/* -------------------------------------------------------------- a report */

const hits = (page) => page.evaluate(() => Number(document.getElementById("explorer").dataset.hits));
const hitsAre = (page, n) => until(`${n} rows`, async () => await hits(page) === n);
const firstSerial = (page) => page.locator("#explorer tbody .open").first().innerText();

const accessibleViews = async (file) => {
  const page = await open(file, { width: 1280 }, "#view=lines");
  await page.evaluate(axe);
  for (const dark of [false, true]) {
    await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
    const only = dark ? AXE_COLOURS : undefined, theme = dark ? "dark" : "light";
    await axeFinds(page, `${theme}, findings`, only);
    await page.setViewportSize({ width: 390, height: 900 });
    await page.locator("#explorer .open").first().click();
    await axeFinds(page, `${theme}, one Mac`, only);
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 1280, height: 900 });
  }
  same(page.said, [], "said");
};
const withoutScript = async (file) => {
  const page = await open(file, { script: false });
  truth(await page.locator(".verdict").isVisible(), "no verdict");
  truth(await page.locator("#static-macs .mac").first().isVisible(), "no list of Macs");
  truth(!await page.locator("#explorer").isVisible(), "controls that cannot work");
};
const policyHolds = async (file) => {
  const page = await open(file);
  const ran = await page.evaluate(() => new Promise((resolve_) => {
    const s = document.createElement("script");
    s.textContent = "window.intruder = 1";
    document.body.append(s);
    const d = document.createElement("div");
    d.innerHTML = '<img src="data:x" onerror="window.intruder = 2"><b style="color: red">x</b>';
    document.body.append(d);
    setTimeout(() => resolve_([window.intruder || 0,
      getComputedStyle(d.querySelector("b")).color === "rgb(255, 0, 0)"]), 200);
  }));
  same(ran, [0, false], "ran");
  truth(page.said.some((s) => s.includes("Content Security Policy")), "the policy said nothing");
};
const filters = async (file) => {
  const page = await open(file, {}, "#macs");
  const all = await hits(page);
  const serial = await firstSerial(page);
  await page.fill("#q", serial.toLowerCase());
  await hitsAre(page, 1);
  same(await firstSerial(page), serial, "serial");
  truth(page.url().includes(`q=${serial.toLowerCase()}`), "the address has no filter");
  await page.click("#clear");
  same(await hits(page), all, "Macs after clearing");
  same(page.said, [], "said");
};
const facetsCount = async (file) => {
  const page = await open(file);
  const all = await hits(page);
  const facet = page.locator("#explorer [data-facet]");
  let sum = 0;
  for (let i = 0; i < await facet.count(); i++) {
    const n = Number((await facet.nth(i).locator("i").innerText()).replaceAll(",", ""));
    await facet.nth(i).click();
    same(await hits(page), n, `facet ${i}`);
    await facet.nth(i).click();
    sum += n;
  }
  same(sum, all, "sum of the verdicts");
};
const sorts = async (file) => {
  const page = await open(file);
  const button = page.locator('#explorer [data-sort="failed"]');
  const cells = () => page.locator("#explorer tbody td.n").allInnerTexts().then((t) => t.map(Number));
  await button.click();
  const up = await cells();
  same(up, [...up].sort((a, b) => a - b), "ascending");
  same(await page.locator('#explorer th[aria-sort="ascending"]').count(), 1, "aria-sort");
  await button.click();
  const down = await cells();
  same(down, [...down].sort((a, b) => b - a), "descending");
  truth(await button.evaluate((b) => b === document.activeElement), "focus was lost");
};
const pagesThrough = async (file) => {
  const page = await open(file);
  const all = await hits(page);
  truth(all > 100, "not more than one page");
  same(await page.locator("#explorer tbody tr").count(), 100, "rows of page 1");
  const first = await firstSerial(page);
  await page.click('[data-page="Next"]');
  truth(await firstSerial(page) !== first, "page 2 is page 1");
  truth(page.url().includes("page=2"), "the address has no page");
  await page.click('[data-page="Last"]');
  same(await page.locator("#explorer tbody tr").count(), all % 100 || 100, "rows of the last page");
  same(await page.locator("#explorer tbody tr").last().getAttribute("aria-rowindex"),
    String(all + 1), "aria-rowindex");
};
const linksLead = async (file) => {
  let page = await open(file);
  const serial = await firstSerial(page);
  await page.click('[data-view="lines"]');
  const lines = await hits(page);
  truth(lines > 0, "no finding to link to");
  page = await open(file, {}, `#d-${serial}`);
  same(await page.locator("dialog[open] .serial").innerText(), serial, "the Mac of the address");
  const id = await page.locator("dialog[open] li[id^='f-']").first().getAttribute("id");
  page = await open(file, {}, `#${id}`);
  truth(await page.locator(`dialog[open] #${id}`).isVisible(), "not that finding");
  page = await open(file, {}, "#view=lines&sort=-days");
  same(await hits(page), lines, "lines");
  const rule = await page.locator("#facet-rule option").nth(1).getAttribute("value");
  /* A link followed on the page itself must do what opening it does. */
  await page.evaluate((to) => { location.hash = to; }, `r-${rule}`);
  await until("the check of the link", async () =>
    await page.locator("#facet-rule").inputValue() === rule);
  const here = await hits(page);
  truth(here > 0 && here <= lines, "no filter by check");
  page = await open(file, {}, `#r-${rule}`);
  same(await hits(page), here, "lines of that check");
  same(page.said, [], "said");
};
const keyboardAlone = async (file) => {
  const page = await open(file);
  await page.keyboard.press("Tab");
  truth(await page.evaluate(() => document.activeElement.classList.contains("skip")), "no skip link first");
  await page.locator("#q").focus();
  const serial = await firstSerial(page);
  await page.keyboard.type(serial);
  await hitsAre(page, 1);
  truth(await page.evaluate(() => document.activeElement.id === "q"), "typing lost the focus");
  await page.locator("#explorer .open").first().focus();
  await page.keyboard.press("Enter");
  await until("Enter to open a dialog with the focus in it", () => page.evaluate(() =>
    document.querySelector("dialog[open]")?.contains(document.activeElement)));
  await page.keyboard.press("Escape");
  await until("Escape to close it", async () => !await page.locator("dialog[open]").count());
  await until("the focus to come back", () => page.evaluate((s) =>
    document.activeElement.textContent === s, serial));
};
const copies = async (file) => {
  const page = await open(file);
  const all = await hits(page);
  await page.click("#copy-csv");
  await page.getByText("copied").first().waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const rows = text.trimEnd().split(/\r?\n/);
  truth(rows.length >= all + 1, `${rows.length} rows for ${all} Macs`);
  truth(!/(^|,)[=+@]/m.test(text), "a cell that starts a formula");
};
const prints = async (file) => {
  const page = await open(file);
  await page.emulateMedia({ media: "print" });
  truth(!await page.locator("#explorer").isVisible(), "controls on paper");
  truth(await page.locator("#static-macs").isVisible(), "no Macs on paper");
  truth((await page.pdf({ preferCSSPageSize: true })).length > 10000, "no PDF");
};
const namesStayNames = async (file) => {
  const page = await open(file);
  same(await page.locator("main img, main script").count(), 0, "elements made of names");
  const all = await hits(page);
  await page.fill("#q", "onerror");
  await until("fewer rows", async () => await hits(page) < all);
  truth(await hits(page) > 0, "a name was lost");
  truth((await page.locator("#explorer tbody").innerText()).includes("onerror=alert"),
    "the name is not shown whole");
  same(page.said, [], "said");
};

/* The numbers of a table of the page, and of the CSV that tells the same. */
const csvRows = (text) => {
  const [head, ...rows] = text.trimEnd().split("\r\n").map((line) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, -1).map(([, cell]) =>
      cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
  return rows.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ""])));
};
const share = (cell) => cell && `${Number(cell) * 100} %`;
/* A rate has one decimal on the page and two, as a percentage, in CSV. */
const alike = (a, b) => a === b || (a.endsWith("%") && b.endsWith("%")
  && Math.abs(parseFloat(a) - parseFloat(b)) < 0.06);
const tablesAreTheCsv = async (file) => {
  const page = await open(file, { script: false });
  const told = (selector, keep) => page.locator(selector).evaluateAll((rows, n) => rows.map((row) =>
    [row.id, ...[...row.cells].filter((c) => c.className.split(" ").includes("n"))
      .slice(0, n).map((c) => c.textContent.replaceAll(",", "").replace(/\s/g, " "))]), keep);
  const rules = csvRows(readFileSync(file.replace(/\.html$/, "-rules.csv"), "utf8"))
    .filter((r) => r.kind === "counted").map((r) => [`r-${r.rule}`, r.fail, r.unknown,
      r.notchecked, r.pass, r.notapplicable, share(r.pass_rate), share(r.coverage)]);
  truth(rules.some((r) => r[1] > 0), "no check of the CSV fails");
  const byRow = (got, want, what) => {
    same(got.length, want.length, `${what}, rows`);
    got.sort();
    want.sort().forEach((row, i) =>
      truth(row.length === got[i].length && row.every((cell, k) => alike(cell, got[i][k])),
        `${what}: ${got[i]} is not ${row}`));
  };
  byRow(await told("#checks tbody tr", 7), rules, "check");
  if (!await page.locator("#clients").count()) return;
  const clients = csvRows(readFileSync(file.replace(/\.html$/, "-clients.csv"), "utf8"))
    .map((c) => ["", c.devices, c.at_risk, c.undetermined, c.attention,
      String(Number(c.clean) + Number(c.partial)), c.not_reporting, share(c.pass_rate),
      share(c.coverage)]);
  byRow(await told("#clients tbody tr", 8), clients, "client");
};

/* The picture loads under the policy, and the brand's colour is in force. */
const branded = async (file) => {
  const page = await open(file);
  same(await page.locator("h1").innerText(), "Demo & <Sons>", "h1");
  truth(await page.locator(".logo").evaluate((i) => i.naturalWidth === 90), "no picture");
  const [text, line] = await page.evaluate(() => [getComputedStyle(document.querySelector("h1")).color,
    getComputedStyle(document.querySelector(".top")).borderTopColor]);
  same(line, "rgb(255, 208, 0)", "line");
  truth(text !== line && text !== "rgb(0, 0, 0)", `text is ${text}`);
  same(page.said, [], "said");
};

const report = async (file, html, step) => {
  const use = html.match(/data-use="([^"]*)"/)?.[1];
  await step("readable without script", () => withoutScript(file));
  if (existsSync(file.replace(/\.html$/, "-rules.csv")))
    await step("the same numbers as in CSV", () => {
      done.add("numbers");
      return tablesAreTheCsv(file);
    });
  if (!done.has(use)) {
    done.add(use);
    await step("accessible, light and dark, phone and desktop", () => accessible(file));
    await step("lists and one Mac accessible, light and dark", () => accessibleViews(file));
    await step("the policy stops foreign script and style", () => policyHolds(file));
    await step("filter", () => filters(file));
    await step("facets count what they give", () => facetsCount(file));
    await step("sort, with the arrow told", () => sorts(file));
    await step("links to a Mac, a finding, a check and a view", () => linksLead(file));
    await step("by keyboard alone", () => keyboardAlone(file));
    await step("copy as CSV gives the view, harmless", () => copies(file));
    await step("prints its first page alone, without controls", () => prints(file));
  }
  if (html.includes('class="logo" src')) {
    done.add("branded");
    await step("branded", () => branded(file));
  }
  if (file.includes("/paged/")) {
    done.add("paging");
    await step("paging", () => pagesThrough(file));
    await step("filter", () => filters(file));
  }
  if (file.includes("/names/")) {
    done.add("names");
    await step("names that are markup stay names", () => namesStayNames(file));
    await step("the policy stops foreign script and style", () => policyHolds(file));
    await step("copy as CSV gives the view, harmless", () => copies(file));
  }
};

/* ---------------------------------------------------------- the help desk */

const ask = async (page, what) => {
  await page.fill("#q", what);
  await until("an answer", () => page.evaluate(() => document.querySelectorAll(".mac").length > 0));
};
const verdicts = (page) => page.locator(".account").evaluateAll((all) =>
  all.map((a) => [a.dataset.account, a.dataset.verdict, a.querySelector(".answer").innerText]));
const answers = async (file) => {
  const page = await open(file);
  truth(await page.evaluate(() => document.activeElement.id === "q"), "the field has no focus");
  const row = await page.evaluate(() => document.querySelector('script[data-rows="macs"]')
    .textContent.split("\n")[1]);
  const serial = JSON.parse(row.replace(/,$/, ""))[0];
  await page.keyboard.type(serial.toLowerCase());
  await until("that Mac", async () => await page.locator(".mac").count() === 1);
  const mdm = await verdicts(page);
  truth(mdm.length > 0, "no account");
  for (const [, verdict, words] of mdm) {
    const want = { safe: "Safe", notapplicable: "Safe", "login-first": "Log in first" }[verdict] || "Do not reset";
    truth(words.includes(want), `${verdict} is told as ${words}`);
  }
  await page.locator("[name=way][value=idp]").check();
  truth(JSON.stringify(await verdicts(page)) !== JSON.stringify(mdm), "both ways answer alike");
  await page.fill("#q", "no-such-mac-anywhere");
  await until("no answer", async () => (await page.locator("#count").innerText()).includes("do not reset"));
  same(await page.locator(".mac").count(), 0, "Macs");
  await page.evaluate(axe);
  await ask(page, serial);
  await axeFinds(page, "an answer, light");
  await page.setViewportSize({ width: 320, height: 900 });
  await page.emulateMedia({ colorScheme: "dark" });
  await axeFinds(page, "an answer, dark, 320 px", AXE_COLOURS);
  same(page.said, [], "said");
};
/* A year later nothing that holds a token is safe any more. */
const growsOld = async (file) => {
  const page = await open(file, { today: "2027-11-27" });
  truth(await page.locator("#old").isVisible(), "it does not say that it is old");
  await ask(page, "02");
  for (const [account, verdict] of await verdicts(page))
    truth(["unknown", "notapplicable"].includes(verdict), `${account} is ${verdict}`);
};
const helpDesk = async (file, step) => {
  done.add("help desk");
  await step("answers by serial, by both ways, accessible", () => answers(file));
  await step("an old page says so and calls nothing safe", () => growsOld(file));
};

for (const file of files) {
  const name = `${basename(resolve(file, ".."))}/${basename(file, ".html")}`;
  const step = (what, body) => check(`${name}: ${what}`, body);
  const html = readFileSync(file, "utf8");

  await step("valid HTML", () => valid(file, html));
  await step("no address, handler or style attribute in it", () => inert(html));
  await step("fits every width from 320 to 1440 px", () => everyWidth(file));
  if (html.includes('id="explorer"')) await report(file, html, step);
  else if (html.includes('id="desk"')) await helpDesk(file, step);
  else {
    if (html.includes("All clients")) done.add("portfolio");
    await step("accessible, light and dark, phone and desktop", () => accessible(file));
  }
}
for (const kind of ["Monthly report", "Client review", "Migration assessment", "paging", "names",
  "help desk", "numbers", "branded", "portfolio"])
  await check(`some page was fit to test: ${kind}`, async () => truth(done.has(kind), "none was"));
await end();
