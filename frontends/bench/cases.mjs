// What is measured: in a fresh process or page each.

/** Timed runs of a case in one process, after the first, cold one. */
export const REPETITIONS = 3;

/** The first tokens that the peers' harnesses write and do not count. */
const DROPPED = 8;

export const LONG_PROMPT = 512;
export const SHALLOW = 64;
export const DEEP = 2048;

/**
 * Reads a prompt of `prompt` tokens, or writes `gen` tokens one by one, after
 * `depth` others.  One of `prompt` and `gen` is 0.
 * @typedef {{name: string, prompt: number, gen: number, depth: number}} Case
 */

/**
 * One engine on one case in one process: tokens/s of the first run, null if it
 * is not known, and of the others.  What an engine does not tell is missing.
 * againSeconds: to load what an earlier load kept.
 * @typedef {{cold: number | null, samples: number[], loadSeconds?: number,
 *   againSeconds?: number, memoryBytes?: number, stateBytes?: number, weightBytes?: number,
 *   parameters?: number, remarks?: string[]}} Measurement
 */

/**
 * @param {{prompt: number, gen: number, quick: boolean}} options
 * @returns {Case[]}
 */
export function casesOf({ prompt, gen, quick }) {
  const cases = [reading("prefill", prompt), writing("decode", gen, prompt + DROPPED)];
  if (!quick)
    cases.push(
      reading("long prompt", LONG_PROMPT),
      writing("shallow", gen, SHALLOW),
      writing("deep", gen, DEEP),
    );
  return cases;
}

function reading(name, prompt) {
  return { name, prompt, gen: 0, depth: 0 };
}

function writing(name, gen, depth) {
  return { name, prompt: 0, gen, depth };
}
