#!/usr/bin/env node
// Measures models on all targets, in turn with other engines: README.md.
import { constants } from "node:fs";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { commit, describeMachine, loadBefore } from "./machine.mjs";
import { operationBars } from "./operations.mjs";
import { parseOptions, USAGE, UsageError } from "./options.mjs";
import { markdown } from "./report.mjs";
import { roofline } from "./roofline.mjs";
import { measureModel } from "./rounds.mjs";
import { targetsFor } from "./targets/targets.mjs";

const OUT = fileURLToPath(new URL("../../build/bench", import.meta.url));

const say = (line) => process.stderr.write(`[bench] ${line}\n`);

async function main(signal) {
  const options = parseOptions(process.argv.slice(2), OUT);
  if (options.help) return void process.stdout.write(USAGE);
  for (const model of options.models) await checkReadable(model);
  const results = await measureAll(options, signal);
  await write(options.out, results);
  process.stdout.write(markdown(results));
  signal.throwIfAborted();
}

async function checkReadable(model) {
  await access(model, constants.R_OK).catch(() => {
    throw new Error(`${model}: there is no such file, or it cannot be read`);
  });
}

/** @returns {Promise<import("./report.mjs").Results>} */
async function measureAll(options, signal) {
  const { targets, skipped } = await targetsFor(options);
  for (const { name, why } of skipped) say(`${name} is skipped: ${why}`);
  if (targets.length === 0) throw new Error("no target can be measured");
  const results = await describe(options, targets, skipped, signal);
  for (const file of options.models)
    try {
      results.models.push(await measureModel(file, targets, options, { say, signal }));
    } catch (error) {
      if (!signal.aborted || results.models.length === 0) throw error;
    }
  return results;
}

async function describe(options, targets, skipped, signal) {
  const { threads, prompt, gen, runs, quick } = options;
  const peers = targets.filter(({ against }) => against);
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: await commit(signal),
    machine: describeMachine(),
    load: loadBefore(),
    options: { threads, prompt, gen, runs, quick },
    peers: peers.map(({ name, version }) => ({ name, version })),
    skipped,
    models: [],
  };
}

async function write(folder, results) {
  const files = {
    "report.md": markdown(results),
    "report.json": `${JSON.stringify(results, null, 2)}\n`,
    "roofline.svg": roofline(results),
    "ops.svg": operationBars(results),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  say(`written: ${Object.keys(files).join(", ")} in ${folder}`);
}

/** Aborted by the first Ctrl-C; the second ends the program at once. */
function catchInterrupts() {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => stop.abort());
  return stop.signal;
}

function explain(error, signal) {
  if (signal.aborted) say("stopped");
  else if (error instanceof UsageError) say(`${error.message}\n\n${USAGE}`);
  else say(error.message);
  return signal.aborted ? 130 : error instanceof UsageError ? 2 : 1;
}

const signal = catchInterrupts();
await main(signal).catch((error) => {
  process.exitCode = explain(error, signal);
});
