// Which build of the module to run, and with how many threads.
import { canIsolate, coreCount } from "../platform.ts";
import { TenonError, type ModuleName, type Report } from "../types.ts";
import { hasSimd128, relaxedSimd, type RelaxedSimd } from "./probe.ts";

/** More help little where a page shares the machine. */
const MOST_THREADS_UNASKED = 4;

export interface Machine {
  simd128: boolean;
  relaxed: RelaxedSimd;
  /** Whether memory can be shared with threads. */
  isolated: boolean;
  cores: number;
}

export interface Choice {
  name: ModuleName;
  instructions: Report["module"];
  threads: number;
  isolated: boolean;
  fallbacks: string[];
}

export function thisMachine(): Machine {
  return {
    simd128: hasSimd128(),
    relaxed: relaxedSimd(),
    isolated: canIsolate(),
    cores: coreCount(),
  };
}

/**
 * `threads` 0: as many as help.  `forced`: this build and no other.
 * @throws TenonError bad-argument if the forced build cannot run here.
 */
export function chooseModule(
  machine: Machine,
  threads: number,
  forced?: ModuleName,
): Choice {
  const fallbacks: string[] = [];
  const instructions = forced
    ? forcedInstructions(machine, forced)
    : bestInstructions(machine, fallbacks);
  const most = mostThreads(machine, instructions, threads, forced, fallbacks);
  const count = clampThreads(threads, most, machine, fallbacks);
  return {
    name: forced ?? moduleName(instructions, count > 1),
    instructions,
    threads: count,
    isolated: machine.isolated,
    fallbacks,
  };
}

const WHY_NOT_RELAXED: Readonly<Record<RelaxedSimd, string>> = {
  right: "",
  missing: "it has no relaxed SIMD",
  wrong: "its relaxed dot product computes wrong numbers",
};

function bestInstructions(
  machine: Machine,
  fallbacks: string[],
): Report["module"] {
  if (!machine.simd128) {
    fallbacks.push("Scalar code runs, much slower: this engine has no SIMD.");
    return "scalar";
  }
  if (machine.relaxed === "right") return "relaxed";
  const why = WHY_NOT_RELAXED[machine.relaxed];
  fallbacks.push(`The simd128 module runs on this engine: ${why}.`);
  return "simd128";
}

function forcedInstructions(
  machine: Machine,
  forced: ModuleName,
): Report["module"] {
  const [instructions, threads] = forced.split("-");
  const why =
    instructions !== "scalar" && !machine.simd128
      ? "it has no SIMD"
      : instructions === "relaxed"
        ? WHY_NOT_RELAXED[machine.relaxed]
        : "";
  if (why)
    throw new TenonError(
      "bad-argument",
      `the module '${forced}' does not run on this engine: ${why}`,
    );
  if (threads && !machine.isolated)
    throw new TenonError(
      "bad-argument",
      `the module '${forced}' needs memory that can be shared: ${NOT_ISOLATED}`,
    );
  return instructions as Report["module"];
}

const NOT_ISOLATED =
  "the page is not isolated, because the server does not send " +
  "'Cross-Origin-Opener-Policy: same-origin' and " +
  "'Cross-Origin-Embedder-Policy: require-corp'";

function mostThreads(
  machine: Machine,
  instructions: Report["module"],
  wanted: number,
  forced: ModuleName | undefined,
  fallbacks: string[],
): number {
  if (wanted === 1) return 1;
  if (!machine.isolated) {
    fallbacks.push(`One thread runs: ${NOT_ISOLATED}.`);
    return 1;
  }
  if (forced ? !forced.endsWith("-threads") : instructions === "scalar") {
    if (wanted > 1 || !forced)
      fallbacks.push("One thread runs: this module is built without threads.");
    return 1;
  }
  return machine.cores;
}

function clampThreads(
  wanted: number,
  most: number,
  machine: Machine,
  fallbacks: string[],
): number {
  if (wanted === 0) return Math.min(MOST_THREADS_UNASKED, most);
  if (wanted > most && most === machine.cores)
    fallbacks.push(
      `${most} threads run instead of ${wanted}: there are ${most} cores.`,
    );
  return Math.min(wanted, most);
}

function moduleName(
  instructions: Report["module"],
  threads: boolean,
): ModuleName {
  if (instructions === "scalar") return "scalar";
  return threads ? `${instructions}-threads` : instructions;
}
