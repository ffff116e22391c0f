/*
 * How long a page takes until it can be used, and what it weighs.
 *
 * usage: node weigh.mjs FILE.html [TIMES]   one line of JSON a time
 *
 * Opened and painted with its findings listed, then filtered by a word. Memory
 * is the proportional set of the largest process that renders.
 */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const painted = (page) => page.evaluate(() => new Promise((go) => {
  requestAnimationFrame(() => requestAnimationFrame(go));
}));
const renderers = () => readdirSync("/proc").filter((d) => /^\d+$/.test(d)).map((d) => {
  try {
    if (!readFileSync(`/proc/${d}/cmdline`, "utf8").includes("--type=renderer")) return 0;
    return Number(readFileSync(`/proc/${d}/smaps_rollup`, "utf8").match(/Pss:\s+(\d+)/)[1]) / 1024;
  } catch { return 0; } /* it has ended */
});

const url = pathToFileURL(resolve(process.argv[2])).href;
for (let i = 0; i < Number(process.argv[3] || 1); i++) {
  const browser = await chromium.launch({ args: ["--no-sandbox", "--disable-gpu"],
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium" });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto("about:blank");
  const start = Date.now();
  await page.goto(`${url}#view=lines`);
  await painted(page);
  const open = Date.now() - start;
  const lines = await page.evaluate(() => Number(document.getElementById("explorer").dataset.hits));
  const then = Date.now();
  await page.fill("#q", "FileVault");
  await painted(page);
  console.log(JSON.stringify({ open_ms: open, lines, filter_ms: Date.now() - then,
    largest_mib: Math.round(Math.max(...renderers())) }));
  await browser.close();
}
