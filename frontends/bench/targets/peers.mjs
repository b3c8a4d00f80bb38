// Other engines, by harnesses of the user's: programs that measure a model and
// print one line of JSON.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { LONG_PROMPT, REPETITIONS } from "../cases.mjs";
import { jsonOutput } from "../child.mjs";

const PEERS = [
  { name: "llama.cpp", against: "native", script: "native.mjs", package: "node-llama-cpp" },
  { name: "wllama", against: "chromium", script: "wllama.mjs", package: "@wllama/wllama" },
];

/** Prompt tokens that the harnesses make their engines read at once. */
export const PEER_STEP = 512;

/**
 * @param {string} folder
 * @throws Error if it has not what it should
 */
export function peersIn(folder) {
  const absent = [...PEERS.map(({ script }) => script), "node_modules"]
    .map((name) => join(folder, name))
    .find((path) => !existsSync(path));
  if (absent) throw new Error(`--peers: ${absent} is not there`);
  return PEERS.map((peer) => target(peer, folder));
}

function target({ name, against, script, package: from }, folder) {
  return {
    name,
    against,
    version: versionOf(join(folder, "node_modules", from, "package.json")),
    measure: (job) => measure(join(folder, script), job),
  };
}

function versionOf(file) {
  if (!existsSync(file)) return "of unknown version";
  const { name, version } = JSON.parse(readFileSync(file, "utf8"));
  return `${name} ${version}`;
}

// Their contexts hold 2048 positions: there is no decoding after those.
async function measure(script, job) {
  const json = await run(script, job, job.prompt, job.gen);
  const measured = {
    prefill: measurement(json, json.prefill_tps),
    decode: measurement(json, json.decode_tps),
  };
  if (job.cases.some(({ name }) => name === "long prompt")) {
    const long = await run(script, job, LONG_PROMPT, 1);
    measured["long prompt"] = measurement(long, long.prefill_tps);
  }
  return measured;
}

function run(script, { model, threads, signal }, prompt, gen) {
  const flags = { threads, prompt, gen, runs: REPETITIONS };
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  return jsonOutput([process.execPath, script, model, ...words], signal);
}

function measurement({ load_ms, rss_mb }, rate) {
  return {
    cold: null,
    samples: [rate],
    loadSeconds: load_ms && load_ms / 1000,
    memoryBytes: rss_mb && rss_mb * 1e6,
  };
}
