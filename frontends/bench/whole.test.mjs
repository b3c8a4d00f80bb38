// The whole benchmark, once, on a model that ships.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

import { output } from "./child.mjs";
import { TARGETS } from "./options.mjs";

const ROOT = new URL("../../", import.meta.url);
const inRoot = (path) => fileURLToPath(new URL(path, ROOT));
const NEEDED = ["build/native-release/bin/tenon", "frontends/web/dist/cli.js"];
const absent = NEEDED.find((path) => !existsSync(inRoot(path)));
const needed = { skip: absent && `there is no ${absent}` };
const COMMAND = ["frontends/bench/bench.mjs", "models/tiny-llama.gguf"].map(inRoot);

test("the whole", needed, async (t) => {
  const out = await mkdtemp(join(tmpdir(), "tenon-bench-"));
  t.after(() => rm(out, { recursive: true }));
  const flags = "--runs 1 --threads 1 --prompt 16 --gen 4 --quick --out".split(" ");
  const command = [...COMMAND, ...flags];
  const signal = AbortSignal.timeout(120_000);
  const text = await output([process.execPath, ...command, out], signal);
  assert.equal(text, await readFile(join(out, "report.md"), "utf8"));

  const { models, skipped } = JSON.parse(await readFile(join(out, "report.json"), "utf8"));
  const [{ failures, rounds, texts, profile }] = models;
  assert.deepEqual(failures, []);
  const names = TARGETS.filter((target) => !skipped.some(({ name }) => name === target));
  assert.deepEqual(Object.keys(rounds[0].measured), names);
  assert.equal(new Set(Object.values(texts)).size, 1, "they write the same");
  for (const name of names) checkTarget(name, rounds[0].measured[name], profile);
});

test("what is stopped reports the rounds that are complete", needed, async (t) => {
  const out = await mkdtemp(join(tmpdir(), "tenon-bench-"));
  t.after(() => rm(out, { recursive: true }));
  const flags = "--runs 90 --threads 1 --prompt 16 --gen 4 --quick --targets native --out";
  const command = [...COMMAND, ...flags.split(" "), out];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "ignore", "pipe"] });
  child.stderr.on("data", (line) => {
    if (`${line}`.includes("round 2 of 90, memory")) child.kill("SIGINT");
  });
  const [code] = await once(child, "exit");
  assert.equal(code, 130);
  const { models } = JSON.parse(await readFile(join(out, "report.json"), "utf8"));
  assert.equal(models[0].rounds.length, 1);
  assert.match(await readFile(join(out, "report.md"), "utf8"), /stopped after round 1/);
});

function checkTarget(name, { prefill, decode }, profile) {
  assert.equal(prefill.againSeconds > 0, name === "chromium");
  for (const figure of [decode.cold, decode.memoryBytes, decode.stateBytes]) assert.ok(figure > 0);
  const profiles = profile.filter(({ target }) => target === name);
  assert.deepEqual(profiles.map(({ test }) => test), ["pp16", "tg4"]);
  const head = profiles[1].kernels.find(({ op }) => op === "Head");
  assert.ok(head.nanoseconds > 0);
  assert.equal(head.calls % 4, 0);
}
