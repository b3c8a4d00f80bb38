// What a visitor does on a bad day: every error says what it is, and the next load works.
import assert from "node:assert/strict";
import test from "node:test";

import { host } from "./host.mjs";
import { bytesOf, unknownArchitecture } from "./models.mjs";
import { openSite } from "./site.mjs";
import { ask, failed, loaded, open, set, switchTo } from "./steps.mjs";

const site = await openSite();
const whole = bytesOf("tiny-llama");

const FILES = {
  "a file that is no model": { bytes: Buffer.from("PK\x03\x04, a zip maybe"), kind: "bad-file" },
  "an empty file": { bytes: Buffer.alloc(0), kind: "bad-file" },
  "a truncated file": { bytes: whole.subarray(0, whole.length / 2), kind: "bad-file" },
  "a file cut in its header": { bytes: whole.subarray(0, 1000), kind: "bad-file" },
  "an unknown kind of model": {
    bytes: unknownArchitecture("tiny-llama"),
    kind: "unsupported-model",
  },
};

for (const [what, { bytes, kind }] of Object.entries(FILES))
  test(`${what} is ${kind}`, async (t) => {
    const page = await site.visit(t);
    await loaded(page);
    await open(page, "broken.gguf", bytes);
    assert.equal(await failed(page, "load"), kind);
    assert.match(await page.locator("#load-error").innerText(), /broken\.gguf/);
    await writesAgain(page);
  });

test("a load can be cancelled", async (t) => {
  const page = await site.visit(t);
  await loaded(page);
  const { address, gone } = await host(t, whole, { pausesAfter: 1_500_000 });
  await loadFrom(page, address);
  await page.locator("#load-text", { hasText: "of 2.4 MB" }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await failed(page, "load"), "aborted");
  await gone;
  await writesAgain(page);
});

test("a load takes the place of the one under way", async (t) => {
  const page = await site.visit(t);
  await loaded(page);
  const { address, gone } = await host(t, whole, { pausesAfter: 1_500_000 });
  await loadFrom(page, address);
  await page.locator("#load-text", { hasText: "of 2.4 MB" }).waitFor();
  await writesAgain(page);
  await gone;
  assert.equal(await page.locator("#load-error").innerText(), "");
});

test("an address without a file is network, with the status", async (t) => {
  const page = await site.visit(t);
  await loadFrom(page, `${site.address}models/none.gguf`);
  assert.equal(await failed(page, "load"), "network");
  assert.match(await page.locator("#load-error").innerText(), /404/);
  await writesAgain(page);
});

test("an address that nobody answers is network", async (t) => {
  const page = await site.visit(t);
  await loadFrom(page, "http://127.0.0.1:9/model.gguf");
  assert.equal(await failed(page, "load"), "network");
  await writesAgain(page);
});

test("a context that takes too much memory says so", async (t) => {
  const page = await site.visit(t);
  await loaded(page);
  await set(page, { contextSize: 10_000_000 });
  await page.getByRole("button", { name: "Load again now" }).click();
  assert.equal(await failed(page, "load"), "out-of-memory");
  await set(page, { contextSize: "" });
  await writesAgain(page);
});

test("a text that does not fit leaves the conversation as it was", async (t) => {
  const page = await site.visit(t);
  await switchTo(page, "Chat");
  await ask(page, "Who are you?");
  await page.locator("#prompt").fill("bear ".repeat(600));
  await page.locator("#prompt").press("Enter");
  assert.equal(await failed(page, "talk"), "context-full");
  assert.match(await page.locator("#prompt").inputValue(), /^bear bear/); // nothing is lost
  assert.match(await ask(page, "Who are you?"), /ended by itself/);
  assert.equal(await page.locator("article.question").count(), 2);
});

test("an engine that breaks can be loaded again", async (t) => {
  const page = await site.visit(t);
  await ask(page, "Once upon a time");
  const worker = page.workers().find((each) => each.url().endsWith("/worker.js"));
  await worker.evaluate(() => void setTimeout(() => { throw new Error("broken by a test"); }));
  await page.locator("#prompt").fill("Once upon a time");
  await page.locator("#prompt").press("Enter");
  assert.equal(await failed(page, "talk"), "engine");
  assert.match(await page.locator("#talk-error").innerText(), /broken by a test/);
  await page.getByRole("button", { name: "Load the model again" }).click();
  await loaded(page);
  assert.match(await ask(page, "Once upon a time"), /wrote \d+ tokens/);
});

test("a setting that cannot be is shown before anything is written", async (t) => {
  const page = await site.visit(t);
  await loaded(page);
  await page.locator("[name=topP]").evaluate((field) => (field.value = "2"));
  await page.locator("#prompt").fill("Once upon a time");
  await page.locator("#prompt").press("Enter");
  assert.equal(await page.locator("#settings").getAttribute("open"), "");
  assert.equal(await page.locator("article").count(), 0);
});

async function loadFrom(page, address) {
  await page.locator("#address").fill(address);
  await page.locator("#address").press("Enter");
}

async function writesAgain(page) {
  await page.getByRole("button", { name: "Tiny DeltaNet", exact: true }).click();
  await page.locator("#model-name", { hasText: "Tiny DeltaNet (" }).waitFor();
  await loaded(page);
  assert.match(await ask(page, "Once upon a time"), /wrote \d+ tokens/);
}
