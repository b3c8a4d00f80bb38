// The package itself, as a page's own script uses it.
import assert from "node:assert/strict";
import test from "node:test";

import { nativeGreedy, SHIPPED } from "./models.mjs";
import { openSite } from "./site.mjs";
import { loaded } from "./steps.mjs";

const MODULES = ["scalar", "simd128", "relaxed", "simd128-threads", "relaxed-threads"];
const TOKENS = 120;
const PROMPT = "Once upon a time";

const site = await openSite();

for (const model of SHIPPED) {
  const expected = nativeGreedy(model, PROMPT, TOKENS);
  for (const module of MODULES)
    test(`${model} on ${module} writes what the native program writes`, async (t) => {
      const page = await site.visit(t);
      const text = await page.evaluate(greedy, { model, module, prompt: PROMPT, maxTokens: TOKENS });
      assert.equal(text, expected);
    });
}

test("a file of the page's own is read by several at once, and then free", async (t) => {
  const page = await site.visit(t);
  const { texts, left } = await page.evaluate(keepAndWrite, { prompt: PROMPT, maxTokens: TOKENS });
  const expected = nativeGreedy("tiny-llama", PROMPT, TOKENS);
  assert.deepEqual(texts, [expected, expected]);
  assert.deepEqual(left, []);
});

test("the fastest module and threads are taken", async (t) => {
  const page = await site.visit(t);
  const report = await page.evaluate(async () => {
    const { Engine } = await import("./tenon/index.js");
    const engine = await Engine.load("models/tiny-llama.gguf");
    await engine.close();
    return engine.report;
  });
  assert.equal(report.module, "relaxed");
  assert.equal(report.isolated, true);
  assert.ok(report.threads >= 1);
  assert.deepEqual(report.fallbacks, []);
});

test("a worker touches memory ahead of the weights, and ends", async (t) => {
  const page = await site.visit(t);
  await loaded(page);
  const started = [];
  page.on("worker", (worker) => started.push(worker.url()));
  const run = { model: "tiny-llama", module: "relaxed-threads", prompt: PROMPT, maxTokens: 1 };
  await page.evaluate(greedy, run);
  const touchers = (urls) => urls.filter((url) => url.endsWith("/toucher.js")).length;
  assert.equal(touchers(started), 1);
  assert.equal(touchers(page.workers().map((worker) => worker.url())), 0);
});

test("two sessions of one engine do not disturb each other", async (t) => {
  const page = await site.visit(t);
  const { alone, together } = await page.evaluate(async () => {
    const { Engine } = await import("./tenon/index.js");
    const engine = await Engine.load("models/tiny-deltanet.gguf", { sessions: 2 });
    const prompts = ["Once upon a time", "Once upon a time, there was a shy fox named"];
    const sessions = [await engine.createSession(), await engine.createSession()];
    const write = async (i) => {
      await sessions[i].rewind(0);
      const pieces = sessions[i].generate(prompts[i], { temperature: 0, maxTokens: 80 });
      return (await Array.fromAsync(pieces)).join("");
    };
    const alone = [await write(0), await write(1)];
    const together = await Promise.all([write(0), write(1)]);
    await engine.close();
    return { alone, together };
  });
  assert.notEqual(alone[0], alone[1]);
  assert.deepEqual(together, alone);
});

test("an aborted load throws aborted, and the next one works", async (t) => {
  const page = await site.visit(t);
  const kinds = await page.evaluate(async () => {
    const { Engine } = await import("./tenon/index.js");
    const kinds = [];
    for (const delay of [0, 5, 20, 50]) {
      const signal = AbortSignal.timeout(delay);
      await Engine.load("models/tiny-llama.gguf", { signal }).then(
        (engine) => engine.close(), // it was faster
        (error) => kinds.push(error.kind),
      );
    }
    await (await Engine.load("models/tiny-llama.gguf")).close();
    return kinds;
  });
  assert.ok(kinds.length > 0);
  assert.deepEqual(new Set(kinds), new Set(["aborted"]));
});

/** Downloads a model to the page's own files, as one does that comes back. */
async function keepAndWrite({ prompt, maxTokens }) {
  const { Engine } = await import("./tenon/index.js");
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle("model.gguf", { create: true });
  const { body } = await fetch("models/tiny-llama.gguf");
  await body.pipeTo(await handle.createWritable());
  const engines = await Promise.all([Engine.load(handle), Engine.load(handle)]);
  await folder.removeEntry("model.gguf"); // would fail if it was in use
  const texts = [];
  for (const engine of engines) {
    const session = await engine.createSession();
    const pieces = session.generate(prompt, { temperature: 0, maxTokens });
    texts.push((await Array.fromAsync(pieces)).join(""));
    await engine.close();
  }
  return { texts, left: await Array.fromAsync(folder.keys()) };
}

async function greedy({ model, module, prompt, maxTokens }) {
  const { Engine } = await import("./tenon/index.js");
  const engine = await Engine.load(`models/${model}.gguf`, { module });
  const session = await engine.createSession();
  const pieces = await Array.fromAsync(session.generate(prompt, { temperature: 0, maxTokens }));
  await engine.close();
  return pieces.join("");
}
