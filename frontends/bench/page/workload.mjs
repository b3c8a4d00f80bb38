// What the page measures; targets/chromium.mjs calls it.
import { Engine } from "./tenon/index.js";

const GREEDY = { temperature: 0, ignoreEos: true };

/** The same pseudo-random prompt as in the peers' harnesses. */
function promptTokens(count) {
  let x = 12345;
  return Int32Array.from({ length: count }, () => {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    return (x >>> 16) % 200;
  });
}

/** @returns {Promise<import("../cases.mjs").Measurement>} */
globalThis.measure = async ({ source, threads, repetitions, prompt, gen, depth }) => {
  const contextSize = prompt + gen + depth;
  const engine = await Engine.load(source, { threads, contextSize, checkpoints: 1 });
  const session = await engine.createSession();
  const run = gen > 0 ? await writing(session, gen, depth) : reading(session, prompt);
  const rates = [];
  for (let i = 0; i <= repetitions; ++i) rates.push(await run());
  await engine.close();
  return measurement(engine.report, rates);
};

function reading(session, prompt) {
  const tokens = promptTokens(prompt);
  return async () => {
    await session.rewind(0);
    return rate(prompt, () => session.feed(tokens));
  };
}

// The last token before is fed each time, for what follows it to be known.
async function writing(session, gen, depth) {
  const tokens = promptTokens(depth);
  await session.feed(tokens.subarray(0, -1));
  const begin = await session.checkpoint();
  return async () => {
    await session.rewind(begin);
    await session.feed(tokens.subarray(-1));
    return rate(gen, () => textOf(session.generate([], { ...GREEDY, maxTokens: gen })));
  };
}

async function rate(tokens, work) {
  const started = performance.now();
  await work();
  return (tokens * 1000) / (performance.now() - started);
}

async function textOf(pieces) {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

function measurement(report, [cold, ...samples]) {
  return {
    cold,
    samples,
    loadSeconds: report.loadSeconds,
    memoryBytes: report.memory.totalBytes,
    stateBytes: report.memory.stateBytes,
    parameters: report.model.parameters,
    remarks: report.fallbacks,
  };
}

/** Loads what an earlier load kept, and keeps it for later ones. */
globalThis.load = async ({ source, threads }) => {
  const engine = await Engine.load(source, { threads, keep: true });
  await engine.close();
  return engine.report;
};

/** The text after `prompt`, always of the most likely token. */
globalThis.write = async ({ source, threads, prompt, tokens }) => {
  const engine = await Engine.load(source, { threads });
  const session = await engine.createSession();
  const text = await textOf(session.generate(prompt, { temperature: 0, maxTokens: tokens }));
  await engine.close();
  return text;
};

/** @returns {Promise<{test: string, kernels: import("../rounds.mjs").KernelTime[]}[]>} */
globalThis.profile = async ({ source, threads, prompt, gen }) => {
  const contextSize = Math.max(prompt, gen);
  const engine = await Engine.load(source, { threads, contextSize });
  const session = await engine.createSession({ profile: true });
  const results = [
    { test: `pp${prompt}`, kernels: await profileOf(session, promptTokens(prompt)) },
    { test: `tg${gen}`, kernels: await profileOf(session, promptTokens(gen), { stepTokens: 1 }) },
  ];
  await engine.close();
  return results;
};

/** Of the second run: in the first, code is still being compiled. */
async function profileOf(session, tokens, options) {
  let kernels;
  for (let run = 0; run < 2; ++run) {
    await session.rewind(0);
    await session.feed(tokens, options);
    kernels = await session.profile();
  }
  return kernels;
}
