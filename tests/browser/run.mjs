/*
 * Opens reports in Chromium and uses them as a reader would.
 *
 * usage: node run.mjs FOLDER...   every *.html in the folders is a report
 *
 * One line a check; the last line is "N passed, N failed". What a page is too
 * small for (paging) is left out for that page, and at least one page must
 * have been big enough.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { HtmlValidate } from "html-validate";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const rules = JSON.parse(readFileSync(new URL(".htmlvalidate.json", import.meta.url)));
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

let passed = 0, failed = 0;
const done = new Set(); /* kinds of checks that some page was fit for */

const check = async (name, body) => {
  try {
    const skip = await body();
    if (skip === "skip") return;
    passed++;
    console.log(`ok    ${name}`);
  } catch (e) {
    failed++;
    console.log(`FAIL  ${name}: ${String(e.message || e).split("\n").slice(0, 6).join(" | ")}`);
  }
};
const same = (got, want, what) => {
  if (JSON.stringify(got) !== JSON.stringify(want))
    throw new Error(`${what}: expected ${JSON.stringify(want)}, got ${JSON.stringify(got)}`);
};
const truth = (v, what) => { if (!v) throw new Error(what); };

const files = process.argv.slice(2).flatMap((dir) => readdirSync(dir, { recursive: true })
  .filter((f) => String(f).endsWith(".html")).sort().map((f) => resolve(join(dir, String(f)))));
if (!files.length) {
  console.log("no report found\n0 passed, 1 failed");
  process.exit(1);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args });

/* Open a page; everything it says or asks for is kept. */
const open = async (file, options = {}, hash = "") => {
  const context = await browser.newContext({ viewport: { width: options.width || 1280, height: 900 },
    colorScheme: options.dark ? "dark" : "light", reducedMotion: "reduce",
    javaScriptEnabled: options.script !== false,
    permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  page.said = [];
  page.on("console", (m) => page.said.push(`${m.type()}: ${m.text()}`));
  page.on("pageerror", (e) => page.said.push(`error: ${e.message}`));
  page.on("dialog", (d) => { page.said.push(`dialog: ${d.message()}`); d.dismiss(); });
  page.on("request", (r) => {
    if (r.url() !== pathToFileURL(file).href && !r.url().startsWith("data:")
      && !r.url().startsWith(pathToFileURL(file).href + "#")) page.said.push(`request: ${r.url()}`);
  });
  await page.goto(pathToFileURL(file).href + hash);
  page.leave = () => context.close();
  return page;
};
const hits = (page) => page.evaluate(() => Number(document.getElementById("explorer").dataset.hits));
const firstSerial = (page) => page.locator("#explorer tbody .open").first().innerText();
const settle = (page) => page.waitForTimeout(350);

const accessible = async (file, width, dark, hash) => {
  const page = await open(file, { width, dark }, hash);
  await page.evaluate(() => { for (const d of document.querySelectorAll("details")) d.open = true; });
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    /* eslint-disable-next-line no-undef */
    const r = await axe.run(document, { resultTypes: ["violations"],
      selectors: false, preload: false, iframes: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return r.violations.map((v) => `${v.id}: ${v.nodes.length} x ${v.nodes[0].html.slice(0, 120)}`);
  });
  same(found, [], "axe");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  truth(wide <= 0, `the page is ${wide} px wider than the window`);
  same(page.said, [], "said");
  await page.leave();
};

const report = async (file) => {
  const name = basename(file, ".html");
  const html = readFileSync(file, "utf8");
  const isReport = html.includes('id="explorer"');

  await check(`${name}: valid HTML`, async () => {
    const v = new HtmlValidate(rules);
    const r = await v.validateString(html.replace(/<script type="application\/json"[^]*?<\/script>/g, ""), file);
    same(r.results.flatMap((x) => x.messages.map((m) => `${m.line}:${m.column} ${m.message}`)), [], "messages");
  });
  await check(`${name}: no address, handler or style attribute in it`, () => {
    const markup = html.replace(/<script[^]*?<\/script>/g, "").replace(/<style>[^]*?<\/style>/, "");
    truth(!/\s(src|href|action)\s*=\s*["']?(https?:)?\/\//i.test(markup), "an outside address");
    truth(!/<[a-z][^<>]*\son[a-z]+\s*=/i.test(markup), "an event handler");
    truth(!/<[a-z][^<>]*\sstyle\s*=/i.test(markup), "a style attribute");
  });
  if (!isReport) return;

  /* The slow part: once for each use of the report. */
  const use = html.match(/data-use="([^"]*)"/)?.[1];
  const page = await open(file);
  const serial = await firstSerial(page);
  await page.leave();
  const again = done.has(use);
  done.add(use);
  for (const [width, dark, hash, what] of [[320, false, "", "light"], [1280, true, "", "dark"],
    [1280, false, "#view=lines", "light, findings"],
    [390, true, `#d-${serial}`, "dark, one Mac"]].slice(again ? 4 : 0))
    await check(`${name}: accessible, ${width} px, ${what}`,
      () => accessible(file, width, dark, hash));
  await check(`${name}: fits every width from 320 to 1440 px`, async () => {
    const wide = await open(file);
    await wide.evaluate(() => { for (const d of document.querySelectorAll("details")) d.open = true; });
    for (const width of [320, 360, 480, 600, 768, 1024, 1440]) {
      await wide.setViewportSize({ width, height: 900 });
      const over = await wide.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      truth(over <= 0, `${over} px too wide at ${width} px`);
    }
    await wide.leave();
  });

  await check(`${name}: readable without script`, async () => {
    const page = await open(file, { script: false });
    truth(await page.locator(".verdict").isVisible(), "no verdict");
    truth(await page.locator("#static-macs .mac").first().isVisible(), "no list of Macs");
    truth(!await page.locator("#explorer").isVisible(), "controls that cannot work");
    await page.leave();
  });

  await check(`${name}: the policy stops foreign script and style`, async () => {
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
    await page.leave();
  });

  await check(`${name}: filter`, async () => {
    const page = await open(file, {}, "#macs");
    const all = await hits(page);
    const serial = await firstSerial(page);
    await page.fill("#q", serial.toLowerCase());
    await settle(page);
    same(await hits(page), 1, "Macs with that serial");
    same(await firstSerial(page), serial, "serial");
    truth(page.url().includes(`q=${serial.toLowerCase()}`), "the address has no filter");
    await page.click("#clear");
    same(await hits(page), all, "Macs after clearing");
    same(page.said, [], "said");
    await page.leave();
  });
  await check(`${name}: facets count what they give`, async () => {
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
    await page.leave();
  });
  await check(`${name}: sort, with the arrow told`, async () => {
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
    await page.leave();
  });
  await check(`${name}: paging`, async () => {
    const page = await open(file);
    const all = await hits(page);
    if (all <= 100) { await page.leave(); return "skip"; }
    done.add("paging");
    same(await page.locator("#explorer tbody tr").count(), 100, "rows of page 1");
    const first = await firstSerial(page);
    await page.click('[data-page="Next"]');
    truth(await firstSerial(page) !== first, "page 2 is page 1");
    truth(page.url().includes("page=2"), "the address has no page");
    await page.click('[data-page="Last"]');
    same(await page.locator("#explorer tbody tr").count(), all % 100 || 100, "rows of the last page");
    same(await page.locator("#explorer tbody tr").last().getAttribute("aria-rowindex"), String(all + 1), "aria-rowindex");
    await page.leave();
  });
  await check(`${name}: links to a Mac, a finding, a check and a view`, async () => {
    let page = await open(file);
    const serial = await firstSerial(page);
    await page.click('[data-view="lines"]');
    const lines = await hits(page);
    await page.leave();
    page = await open(file, {}, `#d-${serial}`);
    truth((await page.locator("dialog[open] .serial").innerText()) === serial, "not that Mac");
    const id = lines ? await page.locator("dialog[open] li[id^='f-']").first().getAttribute("id") : "";
    await page.leave();
    if (!id) return;
    page = await open(file, {}, `#${id}`);
    truth(await page.locator(`dialog[open] #${id}`).isVisible(), "not that finding");
    await page.leave();
    page = await open(file, {}, "#view=lines&sort=-days");
    same(await hits(page), lines, "lines");
    const rule = await page.locator("#facet-rule option").nth(1).getAttribute("value");
    await page.leave();
    page = await open(file, {}, `#r-${rule}`);
    truth(await hits(page) > 0 && await hits(page) <= lines, "no filter by check");
    truth(page.url().includes("r-"), "address");
    same(page.said, [], "said");
    await page.leave();
  });
  await check(`${name}: by keyboard alone`, async () => {
    const page = await open(file);
    await page.keyboard.press("Tab");
    truth(await page.evaluate(() => document.activeElement.classList.contains("skip")), "no skip link first");
    await page.locator("#q").focus();
    const serial = await firstSerial(page);
    await page.keyboard.type(serial);
    await settle(page);
    truth(await page.evaluate(() => document.activeElement.id === "q"), "typing lost the focus");
    await page.locator("#explorer .open").first().focus();
    await page.keyboard.press("Enter");
    truth(await page.locator("dialog[open]").isVisible(), "Enter does not open");
    truth(await page.evaluate(() => document.querySelector("dialog").contains(document.activeElement)), "focus is not in the dialog");
    await page.keyboard.press("Escape");
    truth(!await page.locator("dialog[open]").count(), "Escape does not close");
    same(await page.evaluate(() => document.activeElement.textContent), serial, "focus after closing");
    await page.leave();
  });
  await check(`${name}: copy as CSV gives the view, harmless`, async () => {
    const page = await open(file);
    const all = await hits(page);
    await page.click("#copy-csv");
    await settle(page);
    const text = await page.evaluate(() => navigator.clipboard.readText());
    const rows = text.trimEnd().split(/\r?\n/);
    truth(rows.length >= all + 1, `${rows.length} rows for ${all} Macs`);
    truth(!/(^|,)[=+@]/m.test(text), "a cell that starts a formula");
    await page.leave();
  });
  await check(`${name}: prints its first page alone, without controls`, async () => {
    const page = await open(file);
    await page.emulateMedia({ media: "print" });
    truth(!await page.locator("#explorer").isVisible(), "controls on paper");
    truth(await page.locator("#static-macs").isVisible(), "no Macs on paper");
    truth((await page.pdf({ preferCSSPageSize: true })).length > 10000, "no PDF");
    await page.leave();
  });
  if (html.includes("onerror=alert") || html.includes("<\\/script") || html.includes("\\u003cscript"))
    await check(`${name}: names that are markup stay names`, async () => {
      done.add("names");
      const page = await open(file);
      same(await page.locator("main img, main script").count(), 0, "elements made of names");
      same(page.said, [], "said");
      await page.fill("#q", "onerror");
      await settle(page);
      truth(await hits(page) > 0, "a name was lost");
      truth((await page.locator("#explorer tbody").innerText()).includes("onerror=alert"), "the name is not shown whole");
      await page.leave();
    });
};

for (const file of files) await report(file);
for (const kind of ["paging", "names"])
  await check(`some page was fit to test ${kind}`, () => truth(done.has(kind), "none was"));
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
