// Runs everything in turn, round after round, so that whatever else the machine
// does meets all alike.
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename } from "node:path";

import { measureBandwidth } from "./bandwidth.mjs";
import { casesOf } from "./cases.mjs";
import { measure } from "./targets/targets.mjs";

const PROMPT = "Once upon a time";
const TOKENS = 32;

/**
 * One model. `rounds[i].measured[target][case]` is a Measurement; `bandwidth` is
 * in bytes per second.  `texts` has the sha256 of what each target wrote.
 * @typedef {{name: string, fileBytes: number,
 *   rounds: {bandwidth: {one: number, all: number}, measured: object}[],
 *   failures: {name: string, why: string}[], texts: Record<string, string>,
 *   profile: {target: string, test: string, kernels: KernelTime[]}[]}} ModelResult
 * @typedef {{kernel: string, op: string, calls: number, nanoseconds: number}} KernelTime
 */

/**
 * @param {string} file
 * @param {object[]} targets
 * @param {import("./options.mjs").Options} options
 * @param {{say: (line: string) => void, signal: AbortSignal}} hooks
 * @returns {Promise<ModelResult>}  When it is aborted, the rounds that are complete.
 * @throws when it is aborted before the first of them.
 */
export async function measureModel(file, targets, options, { say, signal }) {
  const { threads, prompt, gen, runs } = options;
  const job = { model: file, threads, prompt, gen, cases: casesOf(options), signal };
  const name = basename(file, ".gguf");
  const bench = new Bench(job, targets, (line) => say(`${name}: ${line}`));
  const texts = await bench.texts();
  const rounds = [];
  let profile = [];
  try {
    for (let i = 1; i <= runs; ++i) rounds.push(await bench.round(`round ${i} of ${runs}`));
    profile = await bench.profile();
  } catch (error) {
    if (!signal.aborted || rounds.length === 0) throw error;
  }
  const { size: fileBytes } = await stat(file);
  return { name, fileBytes, rounds, failures: bench.failures, texts, profile };
}

class Bench {
  failures = [];

  constructor(job, targets, say) {
    this.job = job;
    this.targets = targets;
    this.say = say;
  }

  async round(title) {
    this.say(`${title}, memory bandwidth`);
    const bandwidth = await measureBandwidth(this.job.threads, this.job.signal);
    const run = (target) => measure(target, this.job);
    return { bandwidth, measured: await this.each(this.targets, title, run) };
  }

  async texts() {
    const writers = this.targets.filter(({ write }) => write);
    return this.each(writers, `text after "${PROMPT}"`, async (target) =>
      sha256(await target.write(this.job, PROMPT, TOKENS)),
    );
  }

  async profile() {
    const profiled = this.targets.filter(({ profile }) => profile);
    const run = (target) => target.profile(this.job);
    const profiles = await this.each(profiled, "time of each kernel", run);
    return Object.entries(profiles).flatMap(([target, tests]) =>
      tests.map((test) => ({ target, ...test })),
    );
  }

  /** What `run` makes of each target that never failed, by its name. */
  async each(targets, title, run) {
    const results = {};
    const usable = targets.filter((target) => !this.hasFailed(target));
    for (const [i, target] of usable.entries()) {
      this.say(`${title}, ${i + 1} of ${usable.length}: ${target.name}`);
      try {
        results[target.name] = await run(target);
      } catch (error) {
        this.fail(target, error);
      }
    }
    return results;
  }

  hasFailed({ name }) {
    return this.failures.some((failure) => failure.name === name);
  }

  fail({ name }, error) {
    this.job.signal.throwIfAborted();
    this.failures.push({ name, why: error.message });
    this.say(`${name} is left out from here on: ${error.message}`);
  }
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}
