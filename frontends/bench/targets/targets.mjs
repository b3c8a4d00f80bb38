// All that can be measured, in the order of a round: each peer runs right after
// the target that it is compared with.
import { PEER_STEP, peersIn } from "./peers.mjs";
import { chromium } from "./chromium.mjs";
import { native, node } from "./program.mjs";

const OURS = [native, node, chromium];

/** Prompt tokens that our engine reads at once: the default of --batch-size. */
export const STEP = 128;

/**
 * @typedef {{model: string, threads: number, prompt: number, gen: number,
 *   cases: import("../cases.mjs").Case[], signal: AbortSignal}} Job
 */

/**
 * @param {import("../options.mjs").Options} options
 * @returns {Promise<{targets: object[], skipped: {name: string, why: string}[]}>}
 * @throws Error if the peers' folder is not one
 */
export async function targetsFor({ targets: wanted, peers }) {
  const others = peers ? peersIn(peers) : [];
  const targets = [];
  const skipped = [];
  for (const ours of OURS.filter(({ name }) => wanted.includes(name))) {
    const why = await ours.unavailable();
    if (why) skipped.push({ name: ours.name, why });
    else targets.push(ours, ...others.filter(({ against }) => against === ours.name));
  }
  return { targets, skipped };
}

/** A measurement for each case, by its name. */
export async function measure(target, job) {
  if (target.measure) return target.measure(job);
  const measured = {};
  for (const testCase of job.cases)
    measured[testCase.name] = await target.measureCase(job, testCase);
  if (target.loadAgain) tellAgain(measured.prefill, await target.loadAgain(job));
  return measured;
}

/** A model that could not be kept has no figure, but a remark. */
function tellAgain(measurement, { seconds, problem }) {
  measurement.againSeconds = seconds;
  if (problem) measurement.remarks = [...(measurement.remarks ?? []), problem];
}

/** Prompt tokens of one step. */
export function stepOf(name) {
  return OURS.some((ours) => ours.name === name) ? STEP : PEER_STEP;
}
