// Truncated and mutated files: an error with a kind, or a model that runs; never
// anything else, and the next load works.  TENON_BROKEN_FILES sets how many.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  ANY_MODULE,
  Engine,
  MODELS,
  modelPath,
  TenonError,
} from "./support/setup.ts";

const COUNT = Number(process.env["TENON_BROKEN_FILES"] ?? 200);
const KINDS = ["bad-file", "unsupported-model", "out-of-memory"];
const options = { module: ANY_MODULE, threads: 1 };

// Numbers that are the same in every run.
let state = 12345;
function random(below: number): number {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return Math.floor((state / 0x80000000) * below);
}

function truncated(file: Uint8Array): Uint8Array {
  return file.slice(0, random(file.length));
}

// Where the structure is: the first bytes matter more than the last.
function mutated(file: Uint8Array): Uint8Array {
  const copy = file.slice();
  const region = [64, 1024, 60_000, file.length][random(4)] as number;
  for (let i = 0; i <= random(8); ++i)
    copy[random(region)] = [0, 0xff, 0x80, random(256)][random(4)] as number;
  return copy;
}

async function loadAndRun(file: Uint8Array): Promise<string> {
  const engine = await Engine.load(
    new Blob([file as Uint8Array<ArrayBuffer>]),
    options,
  );
  try {
    const session = await engine.createSession({ contextSize: 8 });
    await session.feed([1, 2, 3]);
    return "runs";
  } finally {
    await engine.close();
  }
}

test(`${COUNT} broken files`, async () => {
  const files = MODELS.map((name) => Uint8Array.from(readFileSync(modelPath(name))));
  const outcomes = new Map<string, number>();
  for (let i = 0; i < COUNT; ++i) {
    const file = files[i % files.length] as Uint8Array;
    const broken = i % 3 === 0 ? truncated(file) : mutated(file);
    const outcome = await loadAndRun(broken).catch((error) => {
      assert.ok(error instanceof TenonError, `file ${i}: ${error}`);
      assert.ok(KINDS.includes(error.kind), `file ${i}: ${error.kind}: ${error}`);
      return error.kind;
    });
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  assert.ok((outcomes.get("bad-file") ?? 0) > COUNT / 3, "most are bad");
  assert.equal(await loadAndRun(files[0] as Uint8Array), "runs");
});
