// The package itself, as a page's own script uses it.
import assert from "node:assert/strict";
import test from "node:test";

import { nativeGreedy, SHIPPED } from "./models.mjs";
import { openSite } from "./site.mjs";

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

async function greedy({ model, module, prompt, maxTokens }) {
  const { Engine } = await import("./tenon/index.js");
  const engine = await Engine.load(`models/${model}.gguf`, { module });
  const session = await engine.createSession();
  const pieces = await Array.fromAsync(session.generate(prompt, { temperature: 0, maxTokens }));
  await engine.close();
  return pieces.join("");
}
