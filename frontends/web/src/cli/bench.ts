// tenon bench: tokens per second, as llama-bench tells them.
import type { Engine } from "../engine.ts";
import type { Checkpoint, Session } from "../session.ts";
import { TenonError, type Report } from "../types.ts";
import { UsageError, type Arguments, type Command } from "./command.ts";
import {
  ENGINE_FLAGS,
  engineOptions,
  loadEngine,
  MAX_THREADS,
  modelOf,
} from "./engine_flags.ts";
import { formatBytes, formatCount, peakMemory } from "./format.ts";
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
    ...ENGINE_FLAGS,
  },

  async run(args) {
    const plan = planOf(args);
    if (plan.tests.length === 0)
      throw new TenonError("bad-argument", "-p 0 -n 0: nothing to measure");
    const printer = args.switches.has("json")
      ? new JsonPrinter(args, plan)
      : new TablePrinter();
    const signal = catchInterrupts();
    for (const threads of plan.threads)
      await benchWithThreads(args, plan, threads, printer, signal);
    printer.finish();
  },
};

/** "pp256": one prompt of 256 tokens.  "tg64@d9": 64 single ones after 9. */
interface Test {
  name: string;
  tokens: number;
  oneByOne: boolean;
}

interface Plan {
  tests: Test[];
  depth: number;
  contextSize: number;
  threads: number[];
  repetitions: number;
}

interface Measurement {
  test: Test;
  threads: number;
  /** Tokens per second: of the first run, and of the others. */
  cold: number;
  samples: number[];
}

interface Printer {
  add(report: Report, loadSeconds: number, measurement: Measurement): void;
  finish(): void;
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
  const { contextSize } = plan;
  const options = { ...engineOptions(args), threads, contextSize, checkpoints: 1 };
  const started = performance.now();
  const engine = await loadEngine(args, options, signal);
  const loadSeconds = (performance.now() - started) / 1000;
  try {
    const session = await engine.createSession();
    const begin = await feedDepth(engine, session, plan.depth, signal);
    for (const test of plan.tests) {
      const [cold = 0, ...samples] = await measure(engine, session, begin, test, plan, signal);
      const measurement = { test, threads: engine.report.threads, cold, samples };
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

function mean(x: number[]): number {
  return x.reduce((a, b) => a + b, 0) / x.length;
}

/** Of a sample: divided by n - 1. */
function standardDeviation(x: number[]): number {
  if (x.length < 2) return 0;
  const middle = mean(x);
  const sum = x.reduce((all, value) => all + (value - middle) ** 2, 0);
  return Math.sqrt(sum / (x.length - 1));
}

class TablePrinter implements Printer {
  constructor() {
    printRow(["model", "size", "params", "backend", "threads", "test", "t/s"]);
    process.stdout.write(
      "| ------------------------ | ---------: | ---------: | ------------------- " +
        "| ------: | -------: | -------------------: |\n",
    );
  }

  add(report: Report, _: number, { test, threads, samples }: Measurement): void {
    printRow([
      modelName(report),
      formatBytes(report.memory.fileBytes),
      formatCount(report.model.parameters),
      backendColumn(report),
      String(threads),
      test.name,
      `${mean(samples).toFixed(2)} ± ${standardDeviation(samples).toFixed(2)}`,
    ]);
  }

  finish(): void {
    process.stdout.write(`\npeak memory: ${formatBytes(peakMemory())}\n`);
  }
}

function printRow(cells: string[]): void {
  const [model = "", size = "", params = "", backend = "", ...rest] = cells;
  const [threads = "", test = "", speed = ""] = rest;
  process.stdout.write(
    `| ${model.padEnd(24)} | ${size.padStart(10)} | ${params.padStart(10)} ` +
      `| ${backend.padEnd(19)} | ${threads.padStart(7)} | ${test.padStart(8)} ` +
      `| ${speed.padStart(20)} |\n`,
  );
}

function modelName({ model }: Report): string {
  return `${model.architecture} ${model.format}`;
}

function backendColumn({ backends }: Report): string {
  return backends.map((name) => name.replace(/^backend_/, "")).join(",");
}

/** Collects, and prints at the end. */
class JsonPrinter implements Printer {
  private readonly args: Arguments;
  private readonly plan: Plan;
  private readonly results: unknown[] = [];
  private report: Report | undefined;
  private loadSeconds = 0;

  constructor(args: Arguments, plan: Plan) {
    this.args = args;
    this.plan = plan;
  }

  add(report: Report, loadSeconds: number, measurement: Measurement): void {
    const { test, threads, cold, samples } = measurement;
    if (!this.report) this.loadSeconds = loadSeconds;
    this.report ??= report;
    this.results.push({
      test: test.name,
      threads,
      cold,
      tokens_per_second: mean(samples),
      stddev: standardDeviation(samples),
      samples,
    });
  }

  finish(): void {
    const report = this.report as Report;
    const result = {
      model: modelName(report),
      model_file: modelOf(this.args),
      size_bytes: report.memory.fileBytes,
      parameters: report.model.parameters,
      backends: report.backends,
      executor: report.executor,
      activations: textOf(this.args, "activations") ?? "int8",
      cache_type: textOf(this.args, "cache-type") ?? "f16",
      module: report.module,
      memory_bytes: report.memory.totalBytes,
      load_seconds: this.loadSeconds,
      depth: this.plan.depth,
      results: this.results,
      repetitions: this.plan.repetitions,
      peak_memory_bytes: peakMemory(),
    };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  }
}
