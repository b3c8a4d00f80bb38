// The page in real Chromium, served by our own server, for the tests of one file.
import assert from "node:assert/strict";
import { after } from "node:test";

import { chromium } from "playwright-core";

import { serve } from "../../server/serve.mjs";
import { checkInstalled, LAUNCH } from "./chromium.mjs";

const PATIENCE = 30_000; // ms; these machines build other things at the same time

/** Starts Chromium, which ends with the tests of the file. */
export async function launch() {
  await checkInstalled();
  const browser = await chromium.launch(LAUNCH);
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
