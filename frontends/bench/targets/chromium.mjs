// The package in a page: a new browser for each case, so that the first run
// finds nothing compiled.
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { serve } from "../../web/server/serve.mjs";
import { checkInstalled, LAUNCH } from "../../web/test/browser/chromium.mjs";
import { REPETITIONS } from "../cases.mjs";

const PAGE = fileURLToPath(new URL("../page", import.meta.url));
// Ctrl-C is ours.
const NO_SIGNALS = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };

// The tests of the page bring it; the package itself depends on nothing.
const require = createRequire(new URL("../../web/test/package.json", import.meta.url));

export const chromium = { name: "chromium", unavailable, measureCase, write, profile };

async function unavailable() {
  try {
    require.resolve("playwright-core");
    await checkInstalled();
  } catch (error) {
    return error.code === "MODULE_NOT_FOUND"
      ? "playwright-core is not there: run `npm ci` in frontends/web/test"
      : error.message;
  }
}

function measureCase(job, testCase) {
  return inPage(job, "measure", { kept: job.kept, repetitions: REPETITIONS, ...testCase });
}

function write(job, prompt, tokens) {
  return inPage(job, "write", { prompt, tokens });
}

/** The time of each kernel in reading a prompt, and in writing. */
function profile(job) {
  const { prompt, gen } = job;
  return inPage(job, "profile", { prompt, gen });
}

/** What the function of the page returns, in a browser of its own. */
async function inPage({ model, threads, signal }, name, work) {
  const site = await serve({ page: PAGE, models: dirname(model) });
  const { browser, close } = await (work.kept ? launchOnDisk() : launch());
  signal.addEventListener("abort", close);
  try {
    signal.throwIfAborted();
    const page = await open(browser, site.address);
    const source = `models/${encodeURIComponent(basename(model))}`;
    const run = (name) => page.evaluate(call, { name, work: { source, threads, ...work } });
    if (work.kept) await run("keep").then(() => page.reload());
    return await run(name);
  } catch (error) {
    signal.throwIfAborted();
    throw firstLine(error);
  } finally {
    signal.removeEventListener("abort", close);
    await close();
    site.server.close();
  }
}

const options = { ...LAUNCH, ...NO_SIGNALS };

async function launch() {
  const browser = await require("playwright-core").chromium.launch(options);
  return { browser, close: () => browser.close() };
}

// Without a profile a browser has the page's files in its memory.
async function launchOnDisk() {
  const profile = await mkdtemp(join(tmpdir(), "tenon-bench-"));
  const { chromium } = require("playwright-core");
  const browser = await chromium.launchPersistentContext(profile, options);
  const close = async () => {
    await browser.close();
    await rm(profile, { recursive: true, force: true });
  };
  return { browser, close };
}

// Runs in the page.
function call({ name, work }) {
  return globalThis[name](work);
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
