// Where the tests find the built package, the models and the native program.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ModuleName } from "../../src/types.ts";

const web = new URL("../../", import.meta.url);
const root = new URL("../../", web);

/** The built package: npm run build comes first. */
export const { Engine, TenonError, keptModels, removeKeptModel } = (await import(
  new URL("dist/index.js", web).href
)) as typeof import("../../src/index.ts");

export type TestEngine = Awaited<ReturnType<typeof Engine.load>>;

export function modelPath(name: string): string {
  return fileURLToPath(new URL(`models/${name}.gguf`, root));
}

export const MODELS = ["tiny-llama", "tiny-deltanet"];

const NAMES: ModuleName[] = [
  "scalar",
  "simd128",
  "relaxed",
  "simd128-threads",
  "relaxed-threads",
];

/** The builds of the module that are there. */
export const MODULES = NAMES.filter((name) =>
  existsSync(new URL(`dist/wasm/tenon-${name}.wasm`, web)),
);

/** One that is there, for tests that any will do for. */
export const ANY_MODULE = MODULES[0] as ModuleName;

const native =
  process.env["TENON_NATIVE"] ??
  fileURLToPath(new URL("build/native-release/bin/tenon", root));

/** For tests that compare with it; a reason to skip them. */
export const NO_NATIVE = existsSync(native) ? false : `there is no ${native}`;

/** What the native program prints. */
export function runNative(...args: string[]): string {
  const stdio = ["ignore", "pipe", "ignore"] as const;
  return execFileSync(native, args, { encoding: "utf8", stdio: [...stdio] });
}

/** The Node command, to its end. */
export function runCommand(args: string[], input = "") {
  const program = fileURLToPath(new URL("bin/tenon.mjs", web));
  return spawnSync(process.execPath, [program, ...args], {
    input,
    encoding: "utf8",
  });
}
