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

export const chromium = {
  name: "chromium",
  unavailable,
  measureCase,
  loadAgain,
  write,
  profile,
};

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
  return inPage(job, "measure", { repetitions: REPETITIONS, ...testCase });
}

function write(job, prompt, tokens) {
  return inPage(job, "write", { prompt, tokens });
}

/** The time of each kernel in reading a prompt, and in writing. */
function profile(job) {
  const { prompt, gen } = job;
  return inPage(job, "profile", { prompt, gen });
}

/**
 * What a visitor meets who comes back to a model that the page kept: `seconds`, or the
 * `problem` that it was not kept. With a profile on the disk: without one a browser
 * has the page's files in its memory.
 */
async function loadAgain(job) {
  const folder = await mkdtemp(join(tmpdir(), "tenon-bench-"));
  const launch = () => playwright().launchPersistentContext(folder, options);
  try {
    return await withPage(job, launch, async (page, source) => {
      await run(page, "load", job, { source });
      await page.reload();
      return againOf(await run(page, "load", job, { source }));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function againOf({ loadSeconds, reusedBytes, memory, fallbacks }) {
  if (reusedBytes === memory.fileBytes) return { seconds: loadSeconds };
  const kept = `${reusedBytes} of ${memory.fileBytes} bytes were kept`;
  return { problem: [kept, ...fallbacks].join("; ") };
}

/** What the function of the page returns, in a browser of its own. */
function inPage(job, name, work) {
  const launch = () => playwright().launch(options);
  return withPage(job, launch, (page, source) => run(page, name, job, { source, ...work }));
}

const options = { ...LAUNCH, ...NO_SIGNALS };

function playwright() {
  return require("playwright-core").chromium;
}

/** What `use` makes of a page in what `launch` starts, and of the model's address there. */
async function withPage({ model, signal }, launch, use) {
  const site = await serve({ page: PAGE, models: dirname(model) });
  const browser = await launch();
  const close = () => browser.close();
  signal.addEventListener("abort", close);
  try {
    signal.throwIfAborted();
    const page = await open(browser, site.address);
    return await use(page, `models/${encodeURIComponent(basename(model))}`);
  } catch (error) {
    signal.throwIfAborted();
    throw firstLine(error);
  } finally {
    signal.removeEventListener("abort", close);
    await close();
    site.server.close();
  }
}

async function run(page, name, { threads }, work) {
  await page.waitForFunction(() => globalThis.measure);
  return page.evaluate(call, { name, work: { threads, ...work } });
}

// Runs in the page.
function call({ name, work }) {
  return globalThis[name](work);
}

async function open(browser, address) {
  const page = await browser.newPage();
  await page.goto(address);
  return page;
}

// What the page threw; playwright adds the page's stack.
function firstLine(error) {
  return new Error(error.message.split("\n")[0], { cause: error });
}
