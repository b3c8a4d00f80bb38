// The native program, and its twin in Node: the same command line and JSON.
import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { REPETITIONS } from "../cases.mjs";
import { jsonOutput, output } from "../child.mjs";

const ROOT = new URL("../../../", import.meta.url);
const inRoot = (path) => fileURLToPath(new URL(path, ROOT));

export const native = program("native", [
  process.env.TENON ?? inRoot("build/native-release/bin/tenon"),
]);

export const node = program("node", [process.execPath, inRoot("frontends/web/bin/tenon.mjs")]);

/** @param {string[]} command  the last word is a file */
function program(name, command) {
  return {
    name,
    unavailable: () => missing(command.at(-1)),
    measureCase: (job, testCase) => measureCase(command, job, testCase),
    write: (job, prompt, tokens) => write(command, job, prompt, tokens),
    profile: (job) => profile(command, job),
  };
}

async function missing(file) {
  const found = access(file);
  return found.then(() => undefined, () => `${file} is not there: run ./dev bench`);
}

function bench(command, { model, threads, signal }, flags) {
  const given = ["bench", "-m", model, "-t", `${threads}`, "--json", ...flags];
  return jsonOutput([...command, ...given], signal);
}

async function measureCase(command, job, { prompt, gen, depth }) {
  const json = await bench(command, job, [
    ...["-p", `${prompt}`, "-n", `${gen}`, "-r", `${REPETITIONS}`],
    ...(depth > 0 ? ["-d", `${depth}`] : []),
  ]);
  const [{ cold = null, samples }] = json.results;
  return {
    cold,
    samples,
    loadSeconds: json.load_seconds,
    memoryBytes: json.peak_memory_bytes,
    stateBytes: json.state_bytes,
    weightBytes: json.size_bytes,
    parameters: json.parameters,
  };
}

/** The text after `prompt`, always of the most likely token. */
async function write(command, { model, threads, signal }, prompt, tokens) {
  const text = await output(
    [
      ...[...command, "run", "-m", model, "-t", `${threads}`],
      ...["--temp", "0", "-n", `${tokens}`, "--no-display-prompt", "-p", prompt],
    ],
    signal,
  );
  return text.replace(/\n$/, ""); // of the terminal, not of the text
}

/** The time of each kernel in reading a prompt, and in writing. */
async function profile(command, job) {
  const flags = ["-p", `${job.prompt}`, "-n", `${job.gen}`, "-r", `${REPETITIONS}`, "--profile"];
  const { results } = await bench(command, job, flags);
  return results.map(({ test, profile: kernels = [] }) => ({ test, kernels }));
}
