// What bench prints: a table as it goes, or JSON at the end.
import type { KernelTime, Report } from "../types.ts";
import type { Arguments } from "./command.ts";
import { modelOf } from "./engine_flags.ts";
import { formatBytes, formatCount, peakMemory } from "./format.ts";
import { textOf } from "./parse.ts";

/** "pp256": one prompt of 256 tokens.  "tg64@d9": 64 single ones after 9. */
export interface Test {
  name: string;
  tokens: number;
  oneByOne: boolean;
}

export interface Measurement {
  test: Test;
  /** Tokens per second: of the first run, and of the others. */
  cold: number;
  samples: number[];
  /** Of all runs, if wanted. */
  kernels: KernelTime[];
}

/** Of all tests. */
export interface Summary {
  depth: number;
  repetitions: number;
}

export interface Printer {
  add(report: Report, loadSeconds: number, measurement: Measurement): void;
  finish(summary: Summary): void;
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

export class TablePrinter implements Printer {
  constructor() {
    printRow(["model", "size", "params", "backend", "threads", "test", "t/s"]);
    process.stdout.write(
      "| ------------------------ | ---------: | ---------: " +
        "| ------------------- | ------: | -------: | -------------------: |\n",
    );
  }

  add(report: Report, _: number, measurement: Measurement): void {
    const { test, samples, kernels } = measurement;
    printRow([
      modelName(report),
      formatBytes(report.memory.fileBytes),
      formatCount(report.model.parameters),
      backendColumn(report),
      String(report.threads),
      test.name,
      rate(samples),
    ]);
    printKernels(kernels);
  }

  finish(): void {
    process.stdout.write(`\npeak memory: ${formatBytes(peakMemory())}\n`);
  }
}

function rate(samples: number[]): string {
  const decimals = mean(samples) < 1000 ? 2 : 0; // fits its column
  const parts = [mean(samples), standardDeviation(samples)];
  return parts.map((part) => part.toFixed(decimals)).join(" ± ");
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

function printKernels(kernels: KernelTime[]): void {
  const total = kernels.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  for (const { kernel, op, calls, nanoseconds } of kernels) {
    const percent = ((100 * nanoseconds) / total).toFixed(1).padStart(5);
    const time = (nanoseconds / 1e6).toFixed(3).padStart(10);
    process.stdout.write(
      `  ${percent} %  ${time} ms  ${String(calls).padStart(8)} calls  ` +
        `${op.padEnd(14)} ${kernel}\n`,
    );
  }
}

function modelName({ model }: Report): string {
  return `${model.architecture} ${model.format}`;
}

function backendColumn({ backends }: Report): string {
  return backends.map((name) => name.replace(/^backend_/, "")).join(",");
}

/** Collects, and prints at the end. */
export class JsonPrinter implements Printer {
  private readonly args: Arguments;
  private readonly results: unknown[] = [];
  private report: Report | undefined;
  private loadSeconds = 0;

  constructor(args: Arguments) {
    this.args = args;
  }

  add(report: Report, loadSeconds: number, measurement: Measurement): void {
    const { test, cold, samples, kernels } = measurement;
    if (!this.report) this.loadSeconds = loadSeconds;
    this.report ??= report;
    this.results.push({
      test: test.name,
      threads: report.threads,
      cold,
      tokens_per_second: mean(samples),
      stddev: standardDeviation(samples),
      samples,
      ...(kernels.length > 0 && { profile: kernels }),
    });
  }

  finish({ depth, repetitions }: Summary): void {
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
      state_bytes: report.memory.stateBytes,
      depth,
      results: this.results,
      repetitions,
      peak_memory_bytes: peakMemory(),
    };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  }
}
