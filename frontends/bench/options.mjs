// The command line of the benchmark.
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export const TARGETS = ["native", "node", "chromium"];

export const USAGE = `./dev bench MODEL.gguf... [options]
./dev bench --kernels [native|node] [FILTER]

  --targets LIST   of native,node,chromium                     [all]
  --peers DIR      also run native.mjs (llama.cpp) and wllama.mjs of this
                   folder, in turn with ours
  --runs N         rounds; in each, everything runs once       [5]
  --threads N                                                  [2]
  --prompt N       tokens of the prompt                        [256]
  --gen N          tokens that are written                     [64]
  --quick          neither a prompt of 512 nor decoding after 64 and 2048
  --out DIR        report.md, report.json, *.svg               [build/bench]

--kernels measures single kernels instead: all, or those whose names match the
regular expression FILTER.  docs/benchmarks.md says what the figures mean.
`;

/** What is wrong with how the benchmark was called. */
export class UsageError extends Error {}

const FLAGS = {
  targets: { type: "string", default: TARGETS.join() },
  peers: { type: "string" },
  runs: { type: "string", default: "5" },
  threads: { type: "string", default: "2" },
  prompt: { type: "string", default: "256" },
  gen: { type: "string", default: "64" },
  quick: { type: "boolean", default: false },
  out: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
};

/**
 * @typedef {{models: string[], targets: string[], peers: string | undefined,
 *   runs: number, threads: number, prompt: number, gen: number, quick: boolean,
 *   out: string, help: boolean}} Options  Paths are absolute.
 */

/**
 * @param {string[]} argv
 * @param {string} defaultOut
 * @returns {Options}
 * @throws UsageError
 */
export function parseOptions(argv, defaultOut) {
  const { values, positionals } = split(argv);
  if (positionals.length === 0 && !values.help) throw new UsageError("which model file?");
  return {
    models: positionals.map((path) => resolve(path)),
    targets: targetsOf(values.targets),
    peers: values.peers && resolve(values.peers),
    runs: count(values, "runs"),
    threads: count(values, "threads"),
    prompt: count(values, "prompt"),
    gen: count(values, "gen"),
    quick: values.quick,
    out: resolve(values.out ?? defaultOut),
    help: values.help,
  };
}

function split(argv) {
  try {
    return parseArgs({ args: argv, options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function targetsOf(list) {
  const wanted = list.split(",").filter(Boolean);
  const unknown = wanted.find((name) => !TARGETS.includes(name));
  if (unknown) throw new UsageError(`--targets: there is no '${unknown}'`);
  if (wanted.length === 0) throw new UsageError("--targets: names none");
  return TARGETS.filter((name) => wanted.includes(name));
}

function count(values, name) {
  if (!/^[1-9]\d{0,5}$/.test(values[name]))
    throw new UsageError(`--${name}: '${values[name]}' is no number from 1 to 999999`);
  return Number(values[name]);
}
