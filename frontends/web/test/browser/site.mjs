// The page in real Chromium, served by our own server, for the tests of one file.
import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { after } from "node:test";

import { chromium } from "playwright-core";

import { serve } from "../../server/serve.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PATIENCE = 30_000; // ms; these machines build other things at the same time

/** Starts Chromium, which ends with the tests of the file. */
export async function launch() {
  await access(CHROMIUM).catch(() => {
    throw new Error(`${CHROMIUM} is not there: apt-get install chromium, or set CHROMIUM`);
  });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  after(() => browser.close());
  return browser;
}

/** Serves the page for the tests of the file; the options are those of serve(). */
export async function openSite(options = {}) {
  const browser = await launch();
  const { server, address } = await serve(options);
  after(() => server.close());
  return { address, visit: (t, context) => visit(t, browser, address, context) };
}

/** A new visitor at `address`. What nobody catches there fails the test. */
export async function visit(t, browser, address, options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const uncaught = [];
  page.on("pageerror", (error) => uncaught.push(error));
  t.after(async () => {
    await context.close();
    assert.deepEqual(uncaught, []);
  });
  await page.goto(address);
  return page;
}
