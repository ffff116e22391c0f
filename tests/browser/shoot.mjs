/*
 * A picture of what a page shows first.
 *
 * usage: node shoot.mjs FILE.html OUT.png WIDTH HEIGHT [TEXT]
 *
 * TEXT is typed into the page's first search field before.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [file, out, width, height, text] = process.argv.slice(2);
const browser = await chromium.launch({ args: ["--no-sandbox", "--disable-gpu"],
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium" });
const page = await browser.newPage({ colorScheme: "light",
  viewport: { width: Number(width), height: Number(height) } });
await page.goto(pathToFileURL(resolve(file)).href);
if (text) await page.fill("input[type=search]", text);
await page.screenshot({ path: out });
await browser.close();
