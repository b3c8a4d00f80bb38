// Which model, and how it is to run: flags of all commands that run one.
import { Engine } from "../engine.ts";
import { type LoadOptions, type ModuleName } from "../types.ts";
import type { Arguments, Flags } from "./command.ts";
import { catchInterrupts, orInterrupted } from "./interrupt.ts";
import { DEFAULT_MODEL, findModel } from "./models.ts";
import { choiceOf, integerOf, textOf } from "./parse.ts";
import { ProgressBar } from "./progress.ts";

export const MAX_THREADS = 1024;

const MODULES: readonly ModuleName[] = [
  "scalar",
  "simd128",
  "relaxed",
  "simd128-threads",
  "relaxed-threads",
];

export const MODEL_FLAG: Flags = {
  model: {
    short: "m",
    value: "MODEL",
    help: `A model file, or a model's name [${DEFAULT_MODEL}]`,
  },
  module: {
    value: "NAME",
    help: `Use this build of the module: ${MODULES.join(", ")}`,
  },
};

/** All but the threads. */
export const ENGINE_FLAGS: Flags = {
  ...MODEL_FLAG,
  backends: {
    value: "a,b",
    help: "Use only these of the module's backends",
  },
  activations: {
    value: "TYPE",
    help: "The inputs of quantised matrices: int8 blocks, or f32 for the accuracy reference [int8]",
  },
  "cache-type": {
    value: "TYPE",
    help: "How keys and values are kept: f16 or f32 [f16]",
  },
  explain: {
    isSwitch: true,
    help: "Print which kernels run, and why no faster ones, to stderr",
  },
};

export const THREADS_FLAG: Flags = {
  threads: {
    short: "t",
    value: "N",
    help: "Threads; 0: as many as help, at most the number of cores [0]",
  },
};

export function modelOf(args: Arguments): string {
  return findModel(textOf(args, "model") ?? DEFAULT_MODEL);
}

export function threadsOf(args: Arguments): number {
  return integerOf(args, "threads", 0, 0, MAX_THREADS);
}

/** @throws UsageError */
export function engineOptions(args: Arguments): LoadOptions {
  const options: LoadOptions = {
    activations: choiceOf(args, "activations", ["f32", "int8"]) ?? "int8",
    cacheType: choiceOf(args, "cache-type", ["f32", "f16"]) ?? "f16",
  };
  const module = choiceOf(args, "module", MODULES);
  if (module) options.module = module;
  const backends = textOf(args, "backends");
  if (backends) options.backends = backends.split(",").filter(Boolean);
  return options;
}

/** Loads with a progress bar; warnings, and reasons if asked for, on stderr. */
export async function loadEngine(
  args: Arguments,
  options: LoadOptions,
  signal: AbortSignal = catchInterrupts(),
): Promise<Engine> {
  const bar = new ProgressBar("loading");
  try {
    const engine = await Engine.load(modelOf(args), {
      ...options,
      signal,
      onProgress: ({ loaded, total }) => bar.update(loaded, total),
    });
    explain(engine, args.switches.has("explain"));
    return engine;
  } catch (error) {
    throw orInterrupted(error, signal);
  } finally {
    bar.clear();
  }
}

/** Something to say beside the output. */
export function notice(message: string): void {
  process.stderr.write(`tenon: ${message}\n`);
}

function explain({ report }: Engine, all: boolean): void {
  report.warnings.forEach(notice);
  if (!all) return;
  const lines = [...report.fallbacks, ...report.kernels];
  process.stderr.write(lines.map((line) => `${line}\n`).join(""));
}
