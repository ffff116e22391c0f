/*
 * A browser, and checks with an end: a step that hangs fails with one line,
 * its pages are closed, and the next step goes on.
 */
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const STEP = Number(process.env.STEP_SECONDS || 90) * 1000;
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--disable-dev-shm-usage", "--disable-extensions"];

export const same = (got, want, what) => {
  if (JSON.stringify(got) !== JSON.stringify(want))
    throw new Error(`${what}: expected ${JSON.stringify(want)}, got ${JSON.stringify(got)}`);
};
export const truth = (v, what) => { if (!v) throw new Error(what); };

/* Ask until it is so. The policy of a page forbids what waitForFunction does. */
export const until = async (what, ask) => {
  const end_ = Date.now() + STEP / 3;
  while (!await ask()) {
    if (Date.now() > end_) throw new Error(`waited for ${what}`);
    await new Promise((go) => { setTimeout(go, 50); });
  }
};

/* What a promise gives, or an error once so many milliseconds have passed. */
const within = (ms, promise, what) => {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(what)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

let browser = null;
const contexts = new Map(); /* by scheme and script */
const pages = new Set();

const launch = async () => {
  contexts.clear();
  pages.clear();
  browser = await chromium.launch({ args, timeout: STEP,
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium" });
};

const context = async (options) => {
  const key = JSON.stringify([options.dark || false, options.script !== false]);
  if (!contexts.has(key)) contexts.set(key, await browser.newContext({
    viewport: { width: 1280, height: 900 }, reducedMotion: "reduce",
    colorScheme: options.dark ? "dark" : "light",
    javaScriptEnabled: options.script !== false,
    permissions: ["clipboard-read", "clipboard-write"] }));
  return contexts.get(key);
};

/* Open a file; everything it says or asks for is kept in page.said. */
export const open = async (file, options = {}, hash = "") => {
  const url = pathToFileURL(file).href;
  const page = await (await context(options)).newPage();
  pages.add(page);
  page.setDefaultTimeout(STEP / 2);
  page.said = [];
  page.on("console", (m) => page.said.push(`${m.type()}: ${m.text()}`));
  page.on("pageerror", (e) => page.said.push(`error: ${e.message}`));
  page.on("dialog", (d) => { page.said.push(`dialog: ${d.message()}`); d.dismiss(); });
  page.on("request", (r) => {
    if (r.url() !== url && !r.url().startsWith("data:") && !r.url().startsWith(`${url}#`))
      page.said.push(`request: ${r.url()}`);
  });
  if (options.width) await page.setViewportSize({ width: options.width, height: 900 });
  if (options.today) await page.addInitScript((at) => { Date.now = () => at; },
    Date.parse(options.today));
  await page.goto(url + hash);
  return page;
};

/* Close what a check has opened; a browser that does not answer is replaced. */
const tidy = async () => {
  const open_ = [...pages];
  pages.clear();
  try {
    await within(5000, Promise.all(open_.map((p) => p.close())), "no answer");
    if (!browser.isConnected()) throw new Error("gone");
  } catch {
    await within(5000, browser.close(), "no answer").catch(() => {});
    await launch();
  }
};

let passed = 0, failed = 0;

export const check = async (name, body) => {
  const began = Date.now();
  try {
    if (!browser) await launch();
    await within(STEP, body(), `took more than ${STEP / 1000} s`);
    passed++;
    console.log(`ok    ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (e) {
    failed++;
    const why = String(e.message || e).split("\n").filter(Boolean).slice(0, 3)
      .join(" | ").slice(0, 400);
    console.log(`FAIL  ${name}: ${why}`);
  }
  await tidy();
};

export const end = async () => {
  await within(5000, browser.close(), "no answer").catch(() => {});
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
};
