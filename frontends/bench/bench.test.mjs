// Without models, browsers or the program: what is computed and written.
import assert from "node:assert/strict";
import { resolve } from "node:path";
import test from "node:test";

import { casesOf } from "./cases.mjs";
import { jsonOutput, output } from "./child.mjs";
import { ceilingFraction, memory, perRound, rooflinePoint, warm } from "./figures.mjs";
import { operationBars, shares } from "./operations.mjs";
import { parseOptions, UsageError } from "./options.mjs";
import { BYTES_PER_TURN, readLoop } from "./read_loop.mjs";
import { markdown } from "./report.mjs";
import { logScale, roofline } from "./roofline.mjs";
import { median, ratios, spread } from "./statistics.mjs";
import { measure } from "./targets/targets.mjs";

// Two rounds.  The warm rates of native are 200 and 220, of llama.cpp 100 and
// 200; so the ratios are 2 and 1.1, and their median is 1.55.
const RESULTS = {
  date: "2000-01-01",
  commit: "abc",
  machine: "a machine",
  load: 0.04,
  options: { threads: 2, prompt: 256, gen: 64, runs: 2, quick: true },
  peers: [{ name: "llama.cpp", version: "x 1.0" }],
  skipped: [{ name: "chromium", why: "it is not there" }],
  models: [
    {
      name: "small & round",
      fileBytes: 90e6,
      rounds: [
        round({ one: 8e9, all: 10e9 }, 200, 100),
        round({ one: 8e9, all: 10e9 }, 220, 200),
      ],
      failures: [{ name: "node", why: "it broke" }],
      texts: { native: "aa", chromium: "aa" },
      profile: [
        {
          target: "native",
          test: "pp256",
          kernels: [
            { kernel: "linear<4>", op: "Linear", calls: 1, nanoseconds: 500 },
            { kernel: "linear<6>", op: "Linear", calls: 1, nanoseconds: 250 },
            { kernel: "rope<2>", op: "Rope", calls: 1, nanoseconds: 250 },
          ],
        },
      ],
    },
  ],
};

function round(bandwidth, ours, theirs) {
  const native = (rate) => ({
    cold: rate / 2,
    samples: [rate - 1, rate, rate + 7],
    loadSeconds: 0.5,
    againSeconds: 0.25,
    memoryBytes: 100e6,
    stateBytes: 7e6,
    weightBytes: 20e6,
    parameters: 10e6,
  });
  const peer = (rate) => ({ cold: null, samples: [rate], loadSeconds: 1 });
  return {
    bandwidth,
    measured: {
      native: { prefill: native(10 * ours), decode: native(ours) },
      "llama.cpp": { prefill: peer(10 * theirs), decode: peer(theirs) },
    },
  };
}

const [MODEL] = RESULTS.models;

test("the median of even and odd counts, whatever the order", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([10, 9, 100]), 10);
  assert.equal(median([7]), 7);
});

test("a spread leaves out what was not measured", () => {
  assert.deepEqual(spread([3, null, 1, undefined]), { min: 1, median: 2, max: 3, count: 2 });
  assert.equal(spread([null]), null);
  assert.equal(spread([]), null);
});

test("ratios pair the values of a round", () => {
  assert.deepEqual(ratios([2, 9], [1, 3]), { min: 2, median: 2.5, max: 3, count: 2 });
  assert.deepEqual(ratios([2, null, 8], [1, 3, 2]), { min: 2, median: 3, max: 4, count: 2 });
  assert.equal(ratios([1], []), null);
});

test("options have defaults", () => {
  const { models, targets, runs, threads, prompt, gen, quick, out, peers } = parseOptions(
    ["a.gguf", "b.gguf"],
    "/out",
  );
  assert.deepEqual(models, [resolve("a.gguf"), resolve("b.gguf")]);
  assert.deepEqual(targets, ["native", "node", "chromium"]);
  assert.deepEqual({ runs, threads, prompt, gen }, { runs: 5, threads: 2, prompt: 256, gen: 64 });
  assert.deepEqual({ quick, out, peers }, { quick: false, out: resolve("/out"), peers: undefined });
});

test("options are read", () => {
  const line = "m.gguf --targets chromium,native --runs 3 --threads 1 --quick --peers p --out o";
  const options = parseOptions(line.split(" "), "/out");
  assert.deepEqual(options.targets, ["native", "chromium"]);
  assert.equal(options.runs, 3);
  assert.equal(options.threads, 1);
  assert.equal(options.quick, true);
  assert.equal(options.peers, resolve("p"));
  assert.equal(options.out, resolve("o"));
});

for (const line of ["", "m --runs 0", "m --gen x", "m --targets web", "m --targets ,", "m --nope"])
  test(`options refuse '${line}'`, () => {
    assert.throws(() => parseOptions(line.split(" ").filter(Boolean), "/out"), UsageError);
  });

test("decoding is measured where the peers measure it, and --quick leaves cases out", () => {
  const options = { prompt: 256, gen: 64, quick: false };
  const [, decode] = casesOf(options);
  assert.deepEqual(decode, { name: "decode", prompt: 0, gen: 64, depth: 264 });
  assert.equal(casesOf(options).length, 5);
  assert.equal(casesOf({ ...options, quick: true }).length, 2);
});

test("a target measures its cases one after the other", async () => {
  const target = { measureCase: async (job, { name }) => `${name} on ${job.model}` };
  const job = { model: "m", cases: [{ name: "a" }, { name: "b" }] };
  assert.deepEqual(await measure(target, job), { a: "a on m", b: "b on m" });
});

test("a target that keeps models loads one again", async () => {
  const measureCase = async () => ({ loadSeconds: 2 });
  const job = { cases: [{ name: "prefill" }, { name: "decode" }] };
  const kept = { measureCase, loadAgain: async () => ({ seconds: 1 }) };
  const { prefill, decode } = await measure(kept, job);
  assert.deepEqual(prefill, { loadSeconds: 2, againSeconds: 1 });
  assert.deepEqual(decode, { loadSeconds: 2 });
  const full = { measureCase, loadAgain: async () => ({ problem: "the disk is full" }) };
  const { prefill: notKept } = await measure(full, job);
  assert.equal(notKept.againSeconds, undefined);
  assert.deepEqual(notKept.remarks, ["the disk is full"]);
});

test("the output of a child, and why one failed", async () => {
  const { signal } = new AbortController();
  const script = (code) => [process.execPath, "-e", code];
  const lines = script("console.log('talk'); console.log('{\"a\":1}')");
  assert.deepEqual(await jsonOutput(lines, signal), { a: 1 });
  const pretty = script("console.log(JSON.stringify({ a: [1] }, null, 2))");
  assert.deepEqual(await jsonOutput(pretty, signal), { a: [1] });
  const broken = script("console.error('first'); console.error('reason'); process.exit(3)");
  await assert.rejects(output(broken, signal), { message: "reason" });
  const endless = output(script("setTimeout(() => {}, 60000)"), AbortSignal.timeout(100));
  await assert.rejects(endless, { name: "TimeoutError" });
});

test("the loop reads what it is told to", async () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const { instance } = await WebAssembly.instantiate(readLoop(1), { env: { memory } });
  const words = new BigUint64Array(memory.buffer);
  words[0] = 5n;
  words[(2 * BYTES_PER_TURN) / 8 - 2] = 6n; // the low half of the last load
  words[(2 * BYTES_PER_TURN) / 8] = 8n; // beyond the end
  assert.equal(instance.exports.read(0, 2 * BYTES_PER_TURN), 5n ^ 6n);
  assert.equal(instance.exports.read(0, BYTES_PER_TURN), 5n);
});

test("figures: warm is the median of a process, ceilings and rooflines follow", () => {
  assert.deepEqual(perRound(MODEL, "native", "decode", warm), [200, 220]);
  assert.deepEqual(perRound(MODEL, "wllama", "decode", warm), [null, null]);
  // 210 tokens/s * 20 MB of 10 GB/s
  assert.equal(ceilingFraction(MODEL, "native").toFixed(9), "0.420000000");
  assert.deepEqual(rooflinePoint(MODEL, "native", "decode", 256), { intensity: 1, gops: 4.2 });
  // 128 tokens a step, 2100 tokens/s
  assert.deepEqual(rooflinePoint(MODEL, "native", "prefill", 256), { intensity: 128, gops: 42 });
  assert.equal(rooflinePoint(MODEL, "llama.cpp", "prefill", 256).intensity, 256);
});

test("the report", () => {
  const lines = markdown(RESULTS).split("\n");
  for (const line of [
    "* chromium was not measured: it is not there",
    "| 1 | 8.0 (8.0..8.0) |",
    "| 2 | 10.0 (10.0..10.0) |",
    "20 MB of weights, 10.0 M parameters",
    "| native | 2100 (2000..2200) | 1050 (1000..1100) | 210 (200..220) | 105 (100..110) " +
      "| 42 % | 0.50 s | 0.25 s |",
    "| llama.cpp | 1500 (1000..2000) | – | 150 (100..200) | – | 30 % | 1.0 s | – |",
    "| native | 100 MB | 161 MB |",
    "| llama.cpp | – | – |",
    "| native / llama.cpp | 1.55 (1.10..2.00) | 1.55 (1.10..2.00) |",
    "* sha256 of the greedy text, the same on native, chromium: `aa`",
    "* node failed: it broke",
  ])
    assert.ok(lines.includes(line), `${line}\nis not in\n${lines.join("\n")}`);
});

test("the report says when texts differ", () => {
  const models = [{ ...MODEL, texts: { native: "aa", node: "bb" } }];
  const listed = /different texts.*\n  \* native: `aa`\n  \* node: `bb`/;
  assert.match(markdown({ ...RESULTS, models }), listed);
});

test("long contexts: the time to the first token is that of its prompt", () => {
  const at = (rate) => ({ cold: rate / 2, samples: [rate] });
  const long = { "long prompt": at(256), shallow: at(50), deep: at(25) };
  const native = { prefill: at(1), decode: at(1), ...long };
  const rounds = [{ bandwidth: { one: 1e9, all: 1e9 }, measured: { native } }];
  const options = { ...RESULTS.options, quick: false };
  const text = markdown({ ...RESULTS, options, models: [{ ...MODEL, rounds }] });
  assert.ok(text.includes("| native | 2.0 s | 4.0 s | 50.00 | 25.00 | 0.50 |"), text);
});

test("a logarithmic scale has whole decades", () => {
  const { at, decades } = logScale([0.5, 30], 0, 300);
  assert.deepEqual(decades, [0.1, 1, 10, 100]);
  assert.equal(at(0.1), 0);
  assert.equal(at(1), 100);
  assert.equal(at(100), 300);
});

test("memory is that of the case that takes the most", () => {
  const of = (memoryBytes, stateBytes) => ({ memoryBytes, stateBytes });
  const node = { decode: of(5e6, 1e6), deep: of(8e6, 2e6), prefill: of(3e6, 4e6) };
  const found = memory({ fileBytes: 1e6, rounds: [{ measured: { node } }] }, "node");
  assert.deepEqual(found, { bytes: 8e6, allowed: 67e6 });
});

test("shares of operations add up to 1", () => {
  const found = shares(MODEL.profile[0].kernels);
  const expected = [
    { op: "Linear", share: 0.75 },
    { op: "Rope", share: 0.25 },
  ];
  assert.deepEqual(found, expected);
});

for (const [name, draw] of Object.entries({ roofline, operationBars })) {
  test(`${name} is well-formed and follows the reader's colours`, () => {
    const drawing = draw({ ...RESULTS, models: [MODEL, MODEL] });
    assertWellFormed(drawing);
    assert.match(drawing, /prefers-color-scheme: dark/);
    assert.doesNotMatch(drawing, /NaN|undefined|Infinity/);
  });

  test(`${name} of nothing is well-formed`, () => {
    const drawing = draw({ ...RESULTS, models: [{ ...MODEL, rounds: [], profile: [] }] });
    assertWellFormed(drawing);
    assert.doesNotMatch(drawing, /NaN|undefined|Infinity/);
  });
}

test("bars are as wide as their shares", () => {
  const widths = [...operationBars(RESULTS).matchAll(/width="([\d.]+)" height="28"/g)];
  const [linear, rope] = widths.map(([, width]) => Number(width));
  assert.equal(linear, 3 * rope);
});

// Every tag is closed in turn, and nothing else has angle brackets or lone ampersands.
function assertWellFormed(xml) {
  const open = [];
  const tags = /<(\/?)(\w+)(?: [\w:-]+="[^"<>]*")*(\/?)>/g;
  const rest = xml.replace(tags, (_, end, name, single) => {
    if (end) assert.equal(open.pop(), name);
    else if (!single) open.push(name);
    return "";
  });
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]|&(?!amp;|lt;|gt;|quot;)/);
}
