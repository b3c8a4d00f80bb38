// Without the two headers there are no threads: everything works, and the page says so.
import assert from "node:assert/strict";
import test from "node:test";

import { openSite } from "./site.mjs";
import { answered, ask, loaded } from "./steps.mjs";

const site = await openSite({ isolation: false });

test("the page writes on one thread", async (t) => {
  const page = await site.visit(t);
  assert.equal(await page.evaluate(() => crossOriginIsolated), false);
  await ask(page, "Once upon a time");
  assert.match(await answered(page), /wrote \d+ tokens/);
});

test("it says what to do", async (t) => {
  const page = await site.visit(t);
  await loaded(page);
  await page.getByRole("button", { name: "What to do" }).click();
  const report = await page.locator("#report").innerText();
  assert.match(report, /Cross-Origin-Opener-Policy: same-origin/);
  assert.match(report, /Cross-Origin-Embedder-Policy: require-corp/);
  assert.match(report, /Threads\s+1 of/);
});
