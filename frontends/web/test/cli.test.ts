// The Node command, as a shell sees it.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { KernelTime } from "../src/types.ts";
import {
  ANY_MODULE,
  MODELS,
  modelPath,
  NO_NATIVE,
  runCommand,
  runNative,
} from "./support/setup.ts";

const TINY = ["-m", "tiny-llama", "--module", ANY_MODULE];
const TIMINGS =
  /^tenon: prompt \d+ tokens, [\d.]+ t\/s \| generated \d+ tokens, [\d.]+ t\/s \| load [\d.]+ s \| peak memory [\d.]+ MiB \| seed \d+\n$/;

function fine(args: string[], input?: string) {
  const { status, stdout, stderr } = runCommand(args, input);
  assert.equal(status, 0, stderr);
  return { stdout, stderr };
}

describe("usage", () => {
  test("help is on stdout", () => {
    assert.match(fine(["--help"]).stdout, /tokenize/);
    for (const command of ["run", "tokenize", "eval", "bench"]) {
      const { stdout, stderr } = fine([command, "--help"]);
      assert.match(stdout, /--model/);
      assert.equal(stderr, "");
    }
  });

  test("mistakes are one line, with status 2", () => {
    const wrong = [
      [],
      ["fly"],
      ["run"],
      ["run", "--wings", "x"],
      ["run", "x", "-n", "many"],
      ["run", "x", "-n", "-2"],
      ["run", "x", "-n", "1", "-n", "2"],
      ["run", "x", "-p", "y"],
      ["run", "x", "y"],
      ["run", "x", "-t", "-1"],
      ["run", "x", "-t"],
      ["run", "x", "--temp", "hot"],
      ["run", "x", "--activations", "int4"],
      ["run", "x", "--module", "simd512"],
      ["run", "x", "--logit-bias", "15"],
      ["tokenize"],
      ["eval"],
      ["eval", "x", "--tokens", "1"],
      ["eval", "--tokens", "1", "--tokens-file", "x"],
      ["bench", "-r", "0"],
      ["bench", "-t", "1,x"],
    ];
    for (const args of wrong) {
      const { status, stdout, stderr } = runCommand(args);
      assert.equal(status, 2, `${args}: ${stderr}`);
      assert.equal(stdout, "");
      assert.match(stderr, /^tenon: [^\n]+ \(see --help\)\n$/);
    }
  });

  test("errors are one line, with status 1", () => {
    const wrong: [string[], RegExp][] = [
      [["run", "-m", "no-such", "x"], /no-such: there is no such file/],
      [["run", "-f", "/no/such", "x".slice(1)].slice(0, 3), /\/no\/such/],
      [["run", ...TINY, "--top-p", "7", "x"], /top_p/],
      [["eval", ...TINY, "--tokens", "1,x"], /'x' is no token id/],
      [["eval", ...TINY, "--tokens", "99999"], /outside the vocabulary/],
      [["bench", ...TINY, "-p", "0", "-n", "0"], /nothing to measure/],
    ];
    for (const [args, message] of wrong) {
      const { status, stdout, stderr } = runCommand(args);
      assert.equal(status, 1, `${args}: ${stderr}`);
      assert.equal(stdout, "");
      assert.match(stderr, message);
      assert.match(stderr, /^tenon: [^\n]+\n$/);
    }
  });
});

describe("as the native program", { skip: NO_NATIVE }, () => {
  for (const model of MODELS)
    test(`run: ${model}`, () => {
      const args = ["-n", "50", "-s", "3", "-e", "Once\\nupon \\xe2\\x82\\xac"];
      const node = fine(["run", ...TINY.slice(2), "-m", model, ...args]);
      const native = runNative("run", "-m", modelPath(model), ...args);
      assert.equal(node.stdout, native);
      assert.match(node.stderr, TIMINGS);
    });

  test("run: options of samplers", () => {
    const args = ["-n", "30", "-s", "3", "--mirostat", "2", "--mirostat-ent"];
    const rest = ["3", "--logit-bias", "300+2", "--repeat-last-n", "-1", "Hi"];
    const node = fine(["run", ...TINY, ...args, ...rest]);
    const model = ["-m", modelPath("tiny-llama")];
    assert.equal(node.stdout, runNative("run", ...model, ...args, ...rest));
  });

  test("tokenize", () => {
    const model = ["-m", modelPath("tiny-llama")];
    for (const flags of [[], ["--ids"], ["--json"], ["--no-bos"]])
      for (const text of ["Héllo, \"w'orld\"\n😀", "-n", ""]) {
        const args = ["tokenize", ...flags, "-p", text];
        const node = fine([...args, ...TINY]).stdout;
        assert.equal(node, runNative(...args, ...model));
      }
  });

  test("eval", () => {
    const folder = mkdtempSync(join(tmpdir(), "tenon-"));
    const outputs = (name: string) => [
      ...["--logits-out", join(folder, `${name}.l`)],
      ...["--hidden-out", join(folder, `${name}.h`)],
    ];
    const args = ["eval", "--tokens", "1,2,3", "--generate", "4"];
    const model = ["-m", modelPath("tiny-deltanet")];
    const node = ["-m", "tiny-deltanet", "--module", ANY_MODULE];
    const text = fine([...args, ...node, ...outputs("node")]).stdout;
    assert.equal(text, runNative(...args, ...model, ...outputs("native")));
    for (const kind of ["l", "h"])
      assert.ok(
        readFileSync(join(folder, `node.${kind}`)).equals(
          readFileSync(join(folder, `native.${kind}`)),
        ),
      );
    const json = JSON.parse(fine([...args, ...node, "--json"]).stdout);
    const expected = JSON.parse(runNative(...args, ...model, "--json"));
    delete json.peak_memory_bytes;
    delete expected.peak_memory_bytes;
    assert.deepEqual(json, expected);
  });
});

test("run: text from stdin and files, and JSON", () => {
  const folder = mkdtempSync(join(tmpdir(), "tenon-"));
  const path = join(folder, "prompt.txt");
  writeFileSync(path, "Once upon a time\n");
  const args = ["-n", "5", "--temp", "0", "--no-display-prompt", "--json"];
  const file = fine(["run", ...TINY, ...args, "-f", path]);
  const stdin = fine(["run", ...TINY, ...args, "-f", "-"], "Once upon a time\n");
  assert.equal(file.stdout, stdin.stdout);
  const timings = JSON.parse(file.stderr);
  assert.equal(timings.generated_tokens, 5);
  assert.ok(Number.isSafeInteger(timings.seed));
});

test("bench", () => {
  const args = ["bench", ...TINY, "-p", "16", "-n", "4", "-r", "2", "-t", "1"];
  const { stdout } = fine([...args, "--json"]);
  const { results, repetitions } = JSON.parse(stdout);
  assert.equal(repetitions, 2);
  assert.deepEqual(
    results.map(({ test }: { test: string }) => test),
    ["pp16", "tg4"],
  );
  for (const { cold, samples } of results) {
    assert.ok(cold > 0);
    assert.equal(samples.length, 2);
  }
  assert.ok(!("profile" in results[0]));
  const deep = fine([...args, "-d", "9"]).stdout;
  assert.match(deep, /\| +tg4@d9 \| +[\d.]+ ± [\d.]+ \|/);
  assert.match(fine(args).stdout, /\| +pp16 \| +[\d.]+ ± [\d.]+ \|/);
});

test("bench --profile", { skip: NO_NATIVE }, () => {
  const args = ["bench", "-p", "16", "-n", "4", "-r", "2", "-t", "1", "--profile"];
  const callsOf = (json: string) =>
    JSON.parse(json).results.map(({ profile }: { profile: KernelTime[] }) => {
      const times = profile.map(({ nanoseconds }) => nanoseconds);
      assert.deepEqual(times, times.toSorted((a, b) => b - a));
      const calls = new Map<string, number>();
      for (const { op, calls: more } of profile)
        calls.set(op, (calls.get(op) ?? 0) + more);
      return [...calls].sort();
    });
  const node = ["-m", "tiny-deltanet", "--module", ANY_MODULE];
  const native = ["-m", modelPath("tiny-deltanet"), "--backends", "scalar"];
  const json = fine([...args, ...node, "--json"]).stdout;
  const expected = runNative(...args, ...native, "--json");
  assert.deepEqual(callsOf(json), callsOf(expected));
  const line = /^ +[\d.]+ % +[\d.]+ ms +12 calls +Head +head_\S+$/m;
  assert.match(fine([...args, ...node]).stdout, line);
});
