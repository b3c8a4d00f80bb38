// Models that a page keeps, in the browser's own storage.
import assert from "node:assert/strict";
import test from "node:test";

import { host } from "./host.mjs";
import { bytesOf, nativeGreedy } from "./models.mjs";
import { openSite } from "./site.mjs";
import { loaded } from "./steps.mjs";

const PROMPT = "Once upon a time";
const TOKENS = 40;

const site = await openSite();
const expected = nativeGreedy("tiny-llama", PROMPT, TOKENS);
// What follows the weights belongs to the file, too.
const bytes = Buffer.concat([bytesOf("tiny-llama"), Buffer.alloc(100_000)]);
const size = bytes.length;

/** Loads with `keep`; resolves to what came of it, or to the kind of the error. */
function load(page, url) {
  const work = async ({ url, prompt, maxTokens }) => {
    const { Engine } = await import("./tenon/index.js");
    const onProgress = ({ loaded }) => (globalThis.loaded = loaded);
    const engine = await Engine.load(url, { keep: true, onProgress });
    const session = await engine.createSession();
    const pieces = await Array.fromAsync(session.generate(prompt, { temperature: 0, maxTokens }));
    await engine.close();
    const { reusedBytes, fallbacks } = engine.report;
    return { reusedBytes, fallbacks, text: pieces.join("") };
  };
  const failed = (error) => error.message.match(/TenonError: .*/)?.[0];
  return page.evaluate(work, { url, prompt: PROMPT, maxTokens: TOKENS }).catch(failed);
}

/** As load, from a server that breaks off when the page has read some of it. */
async function loadPart(page, server) {
  server.pausesAfter = CUT;
  const loading = load(page, server.address);
  await page.waitForFunction(() => globalThis.loaded > 0);
  server.breakOff();
  server.pausesAfter = Infinity;
  return loading;
}

function kept(page) {
  return page.evaluate(async () => (await import("./tenon/index.js")).keptModels());
}

function remove(page, url) {
  return page.evaluate(async (url) => (await import("./tenon/index.js")).removeKeptModel(url), url);
}

const CUT = 300_000; // more than the first look at a header

const fresh = { reusedBytes: 0, fallbacks: [], text: expected };
const again = { ...fresh, reusedBytes: size };

test("a model is downloaded once", async (t) => {
  const page = await site.visit(t);
  const { address: url, requests } = await host(t, bytes);
  assert.deepEqual(await kept(page), []);
  assert.deepEqual(await load(page, url), fresh);
  assert.deepEqual(await kept(page), [{ url, size, bytes: size }]);
  await page.reload();
  assert.deepEqual(await load(page, url), again);
  assert.deepEqual(requests, ["GET", "HEAD"]);
});

test("a model that is kept needs no network", async (t) => {
  const page = await site.visit(t);
  const { address: url, stop } = await host(t, bytes);
  await load(page, url);
  stop();
  assert.deepEqual(await load(page, url), again);
});

test("a model that is kept does not wait for a server that is silent", async (t) => {
  const page = await site.visit(t);
  const server = await host(t, bytes);
  await load(page, server.address);
  server.ignores = /^HEAD/;
  assert.deepEqual(await load(page, server.address), again);
});

test("a model that the server has replaced is downloaded again", async (t) => {
  const page = await site.visit(t);
  const server = await host(t, bytesOf("tiny-deltanet"));
  const url = server.address;
  assert.notEqual((await load(page, url)).text, expected);
  Object.assign(server, { bytes, version: '"2"' });
  assert.deepEqual(await load(page, url), fresh);
  assert.deepEqual(await load(page, url), again);
  assert.deepEqual(server.requests, ["GET", "HEAD", "GET", "HEAD"]);
});

test("a download that was cut goes on where it was", async (t) => {
  const page = await site.visit(t);
  const server = await host(t, bytes);
  const url = server.address;
  const error = await loadPart(page, server);
  const [part] = await kept(page);
  assert.deepEqual(part, { url, size, bytes: part.bytes });
  assert.ok(part.bytes > CUT / 2 && part.bytes <= CUT, `${part.bytes} bytes`);
  assert.match(error, new RegExp(`after ${part.bytes} of ${size} bytes`));
  assert.deepEqual(await load(page, url), { ...fresh, reusedBytes: part.bytes });
  assert.deepEqual(await load(page, url), again);
  assert.deepEqual(server.requests, ["GET", `GET bytes=${part.bytes}-`, "HEAD"]);
});

const RANGE = /^GET bytes=\d+-$/;
const ASKED_IN_VAIN = [/^GET$/, RANGE, /^GET$/];

for (const [name, server, later, requests] of [
  ["of another file", {}, { version: '"2"' }, ASKED_IN_VAIN],
  ["of a server that refuses ranges", { refuses: RANGE }, {}, ASKED_IN_VAIN],
  ["of a server without versions", { version: undefined }, {}, [/^GET$/, /^GET$/]],
])
  test(`a download that was cut, ${name}, begins again`, async (t) => {
    const page = await site.visit(t);
    const model = Object.assign(await host(t, bytes), server);
    await loadPart(page, model);
    Object.assign(model, later);
    assert.deepEqual(await load(page, model.address), fresh);
    assert.equal(model.requests.length, requests.length);
    requests.forEach((request, i) => assert.match(model.requests[i], request));
  });

test("a file that is broken is not kept", async (t) => {
  const page = await site.visit(t);
  const server = await host(t, Buffer.from("an error page, with status 200"));
  assert.match(await load(page, server.address), /TenonError/);
  assert.deepEqual(await kept(page), []);
  server.bytes = bytes;
  assert.deepEqual(await load(page, server.address), fresh);
});

test("a kept file that went bad is downloaded again", async (t) => {
  const page = await site.visit(t);
  const { address: url, requests } = await host(t, bytes);
  await load(page, url);
  await page.evaluate(spoil);
  assert.match(await load(page, url), /TenonError/);
  assert.deepEqual(await load(page, url), fresh);
  assert.deepEqual(requests, ["GET", "HEAD", "GET"]);
});

test("a load that was aborted goes on where it was", async (t) => {
  const page = await site.visit(t);
  const server = await host(t, bytes);
  server.pausesAfter = CUT;
  assert.equal(await page.evaluate(abortHalfway, server.address), "aborted");
  server.pausesAfter = Infinity;
  const { reusedBytes, ...rest } = await load(page, server.address);
  assert.ok(reusedBytes > 0, "nothing was reused");
  assert.deepEqual({ ...rest, reusedBytes: 0 }, fresh);
});

test("a download that never began leaves nothing", async (t) => {
  const page = await site.visit(t);
  const { address: url, stop } = await host(t, bytes);
  stop();
  assert.match(await load(page, url), /TenonError/);
  const left = await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("tenon-models");
    return Array.fromAsync(folder.keys());
  });
  assert.deepEqual(left, []);
});

test("two engines that download the same do not disturb each other", async (t) => {
  const page = await site.visit(t);
  const { address: url } = await host(t, bytes);
  const both = await Promise.all([load(page, url), load(page, url)]);
  assert.deepEqual(both.map(({ text }) => text), [expected, expected]);
  assert.deepEqual(await kept(page), [{ url, size, bytes: size }]);
});

test("a model that finds no room is loaded, but not kept", async (t) => {
  const page = await site.visit(t);
  const { address: url } = await host(t, bytes);
  const devtools = await page.context().newCDPSession(page);
  const origin = new URL(site.address).origin;
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: CUT });
  const { fallbacks, text } = await load(page, url);
  assert.equal(text, expected);
  assert.match(fallbacks.join(), /the model is not kept: /);
  assert.deepEqual(await kept(page), []);
});

test("a kept model can be removed, and the rest stays", async (t) => {
  const page = await site.visit(t);
  const { address: url } = await host(t, bytes);
  const others = `${url}?other`;
  await load(page, url);
  await load(page, others);
  await remove(page, others);
  await remove(page, others); // is gone already
  assert.deepEqual(await kept(page), [{ url, size, bytes: size }]);
});

test("a visitor sees what is kept, loads it again, and removes it", async (t) => {
  const page = await site.visit(t);
  const { address: url, requests } = await host(t, bytesOf("tiny-deltanet"));
  await loaded(page);
  assert.equal(await page.locator("#kept").isVisible(), false);
  await page.locator("#address").fill(url);
  await page.locator("#address").press("Enter");
  await page.locator("#model-name", { hasText: "Tiny DeltaNet" }).waitFor();
  await page.locator("#kept-list li", { hasText: /^model\.gguf2\.6\sMB/ }).waitFor();
  await page.reload();
  await page.locator("#model-name", { hasText: "Tiny Llama (" }).waitFor();
  await page.getByRole("button", { name: /^model\.gguf/ }).click();
  await page.locator("#model-name", { hasText: "Tiny DeltaNet" }).waitFor();
  assert.deepEqual(requests, ["GET", "HEAD"]);
  await page.getByRole("button", { name: "Remove model.gguf" }).click();
  await page.locator("#kept").waitFor({ state: "hidden" });
  assert.deepEqual(await kept(page), []);
});

async function abortHalfway(url) {
  const { Engine } = await import("./tenon/index.js");
  const abort = new AbortController();
  const onProgress = () => abort.abort();
  const loading = Engine.load(url, { keep: true, signal: abort.signal, onProgress });
  return loading.then(() => "loaded", (error) => error.kind);
}

/** Writes over the beginnings of all kept files. */
async function spoil() {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle("tenon-models");
  for await (const model of folder.values()) {
    const file = await model.getFileHandle("model");
    const writable = await file.createWritable({ keepExistingData: true });
    await writable.write(new Uint8Array(1000));
    await writable.close();
  }
}
