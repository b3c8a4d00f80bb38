// tenon bench: tokens per second, as llama-bench tells them.
import type { Engine } from "../engine.ts";
import type { Checkpoint, Session } from "../session.ts";
import { TenonError } from "../types.ts";
import { JsonPrinter, TablePrinter, type Printer, type Test } from "./bench_report.ts";
import { UsageError, type Arguments, type Command } from "./command.ts";
import {
  ENGINE_FLAGS,
  engineOptions,
  loadEngine,
  MAX_THREADS,
} from "./engine_flags.ts";
import { catchInterrupts, orInterrupted } from "./interrupt.ts";
import { integerOf, textOf, toInteger } from "./parse.ts";

const MOST_TOKENS = 1 << 20;

export const bench: Command = {
  summary: "Measure tokens per second",
  takesText: false,
  flags: {
    "n-prompt": {
      short: "p",
      value: "N",
      help: "Tokens of the prompt test; 0: none [256]",
    },
    "n-gen": {
      short: "n",
      value: "N",
      help: "Tokens of the generation test; 0: none [64]",
    },
    "n-depth": {
      short: "d",
      value: "N",
      help: "Tokens in the context before each test [0]",
    },
    threads: {
      short: "t",
      value: "N,N",
      help: "Threads, one or more counts: 1,2; 0: as many as help [0]",
    },
    repetitions: {
      short: "r",
      value: "N",
      help: "Times that each test is run, after one to warm up [5]",
    },
    json: { isSwitch: true, help: "Print JSON" },
    profile: {
      isSwitch: true,
      help: "Also print the time of each kernel, which slows it down",
    },
    ...ENGINE_FLAGS,
  },

  async run(args) {
    const plan = planOf(args);
    if (plan.tests.length === 0)
      throw new TenonError("bad-argument", "-p 0 -n 0: nothing to measure");
    const printer = args.switches.has("json")
      ? new JsonPrinter(args)
      : new TablePrinter();
    const signal = catchInterrupts();
    for (const threads of plan.threads)
      await benchWithThreads(args, plan, threads, printer, signal);
    printer.finish(plan);
  },
};

interface Plan {
  tests: Test[];
  depth: number;
  contextSize: number;
  threads: number[];
  repetitions: number;
  profile: boolean;
}

function planOf(args: Arguments): Plan {
  const prompt = integerOf(args, "n-prompt", 256, 0, MOST_TOKENS);
  const generate = integerOf(args, "n-gen", 64, 0, MOST_TOKENS);
  const depth = integerOf(args, "n-depth", 0, 0, MOST_TOKENS);
  const after = depth > 0 ? `@d${depth}` : "";
  const tests = [
    { name: `pp${prompt}${after}`, tokens: prompt, oneByOne: false },
    { name: `tg${generate}${after}`, tokens: generate, oneByOne: true },
  ];
  return {
    tests: tests.filter(({ tokens }) => tokens > 0),
    depth,
    contextSize: depth + Math.max(prompt, generate),
    threads: threadCounts(textOf(args, "threads") ?? "0"),
    repetitions: integerOf(args, "repetitions", 5, 1, 1000),
    profile: args.switches.has("profile"),
  };
}

/** "1,2" @throws UsageError */
function threadCounts(list: string): number[] {
  const counts = list.split(",").filter(Boolean);
  if (counts.length === 0) throw new UsageError(`--threads: '${list}' is empty`);
  return counts.map((text) => toInteger("threads", text, 0, MAX_THREADS));
}

// Loads the model anew: the number of threads belongs to it.
async function benchWithThreads(
  args: Arguments,
  plan: Plan,
  threads: number,
  printer: Printer,
  signal: AbortSignal,
): Promise<void> {
  const { contextSize, profile } = plan;
  const options = { ...engineOptions(args), threads, contextSize, checkpoints: 1 };
  const started = performance.now();
  const engine = await loadEngine(args, options, signal);
  const loadSeconds = (performance.now() - started) / 1000;
  try {
    const session = await engine.createSession({ profile });
    const begin = await feedDepth(engine, session, plan.depth, signal);
    for (const test of plan.tests) {
      if (profile) await session.profile(); // forgets what came before
      const rates = await measure(engine, session, begin, test, plan, signal);
      const [cold = 0, ...samples] = rates;
      const kernels = profile ? await session.profile() : [];
      const measurement = { test, cold, samples, kernels };
      printer.add(engine.report, loadSeconds, measurement);
    }
  } catch (error) {
    throw orInterrupted(error, signal);
  } finally {
    await engine.close();
  }
}

/** A place after `depth` tokens. */
async function feedDepth(
  engine: Engine,
  session: Session,
  depth: number,
  signal: AbortSignal,
): Promise<Checkpoint> {
  const tokens = randomTokens(depth, engine.report.model.vocabSize);
  if (depth > 0) await session.feed(tokens, { signal });
  return session.checkpoint();
}

/** The first run warms up. */
async function measure(
  engine: Engine,
  session: Session,
  begin: Checkpoint,
  test: Test,
  plan: Plan,
  signal: AbortSignal,
): Promise<number[]> {
  const tokens = randomTokens(test.tokens, engine.report.model.vocabSize);
  const samples: number[] = [];
  for (let i = 0; i <= plan.repetitions; ++i)
    samples.push(await measureOnce(session, begin, test, tokens, signal));
  return samples;
}

async function measureOnce(
  session: Session,
  begin: Checkpoint,
  test: Test,
  tokens: Int32Array,
  signal: AbortSignal,
): Promise<number> {
  await session.rewind(begin);
  const started = performance.now();
  const options = { signal, ...(test.oneByOne && { stepTokens: 1 }) };
  await session.feed(tokens, options);
  return (test.tokens * 1000) / (performance.now() - started);
}

// The same as of the program: SplitMix64 from 1.
function randomTokens(count: number, vocabSize: number): Int32Array {
  const word = (x: bigint) => BigInt.asUintN(64, x);
  let state = 1n;
  return Int32Array.from({ length: count }, () => {
    state = word(state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = word((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = word((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return Number((z ^ (z >> 31n)) % BigInt(vocabSize));
  });
}
