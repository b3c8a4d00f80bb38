// The compiled micro-benchmarks, for one run of a case each.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";

import { output } from "../child.mjs";

const ROOT = new URL("../../../", import.meta.url);
const inRoot = (path) => fileURLToPath(new URL(path, ROOT));
const COMMANDS = {
  native: [inRoot("build/native-release/bin/tenon_kernels")],
  node: [process.execPath, inRoot("build/wasm-relaxed/bin/tenon_kernels.js")],
};
const CASES = [
  "linear_q4_0_a8_scalar/1024x1024/T1",
  "linear_q4_0_a8_scalar/1024x1024/T64",
  "attention_f32_f32_simd128/8x2x256x0F16/T1",
];

const skipOf = (command) => !existsSync(command.at(-1)) && `there is no ${command.at(-1)}`;

function run(command, ...flags) {
  return output([...command, ...flags], AbortSignal.timeout(60_000));
}

for (const [name, command] of Object.entries(COMMANDS))
  test(`kernels are measured: ${name}`, { skip: skipOf(command) }, async () => {
    const filter = `--benchmark_filter=^(${CASES.join("|")})$`;
    const json = await run(command, filter, "--benchmark_format=json", "--benchmark_min_time=1x");
    const { benchmarks } = JSON.parse(json);
    assert.deepEqual(benchmarks.map(({ run_name }) => run_name.split("/iterations")[0]), CASES);
    const [one, step, attention] = benchmarks;
    for (const { cpu_time, skipped } of benchmarks) assert.ok(cpu_time > 0 && !skipped);
    // 18 bytes for each 32 weights; rates are by processor time, in nanoseconds.
    const near = (actual, expected) => assert.ok(Math.abs(actual / expected - 1) < 0.01);
    near(one.bytes_per_second * one.cpu_time, (1024 * 1024 * 18 * 1e9) / 32);
    near(step.multiply_adds * step.cpu_time, 1024 * 1024 * 64 * 1e9);
    near(attention.bytes_per_second * attention.cpu_time, 2 * 2048 * 512 * 2 * 1e9);
  });

const absent = Object.values(COMMANDS).map(skipOf).find(Boolean);

test("Node measures the same list", { skip: absent }, async () => {
  const list = async (command) => (await run(command, "--benchmark_list_tests")).trim().split("\n");
  const native = await list(COMMANDS.native);
  const portable = native.filter((name) => !/_native\//.test(name));
  assert.ok(portable.length > 100);
  assert.deepEqual(await list(COMMANDS.node), portable);
});
