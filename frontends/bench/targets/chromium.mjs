// The package in a page: a new browser for each case, so that the first run
// finds nothing compiled.
import { access } from "node:fs/promises";
import { createRequire } from "node:module";

import { REPETITIONS } from "../cases.mjs";
import { serve } from "../site.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const LAUNCH = {
  executablePath: CHROMIUM,
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
  // Ctrl-C is ours.
  handleSIGINT: false,
  handleSIGTERM: false,
  handleSIGHUP: false,
};

// The tests of the page bring it; the package itself depends on nothing.
const require = createRequire(new URL("../../web/test/package.json", import.meta.url));

export const chromium = { name: "chromium", unavailable, measureCase, write };

async function unavailable() {
  try {
    require.resolve("playwright-core");
    await access(CHROMIUM);
  } catch (error) {
    return error.code === "MODULE_NOT_FOUND"
      ? "playwright-core is not there: run `npm ci` in frontends/web/test"
      : `${CHROMIUM} is not there: install Chromium, or set CHROMIUM`;
  }
}

function measureCase(job, testCase) {
  const { threads } = job;
  const work = { threads, repetitions: REPETITIONS, ...testCase };
  return inPage(job, (page) => page.evaluate((work) => globalThis.measure(work), work));
}

function write(job, prompt, tokens) {
  const work = { threads: job.threads, prompt, tokens };
  return inPage(job, (page) => page.evaluate((work) => globalThis.write(work), work));
}

async function inPage({ model, signal }, use) {
  const site = await serve(model);
  const browser = await require("playwright-core").chromium.launch(LAUNCH);
  const close = () => browser.close();
  signal.addEventListener("abort", close);
  try {
    signal.throwIfAborted();
    return await use(await open(browser, site.address));
  } catch (error) {
    signal.throwIfAborted();
    throw firstLine(error);
  } finally {
    signal.removeEventListener("abort", close);
    await close();
    site.server.close();
  }
}

async function open(browser, address) {
  const page = await browser.newPage();
  await page.goto(address);
  await page.waitForFunction(() => globalThis.measure);
  return page;
}

// What the page threw; playwright adds the page's stack.
function firstLine(error) {
  return new Error(error.message.split("\n")[0], { cause: error });
}
