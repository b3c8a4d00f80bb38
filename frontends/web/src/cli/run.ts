// tenon run: continues a text.
import type { Engine } from "../engine.ts";
import type { Session } from "../session.ts";
import type { GenerateOptions, GenerateResult } from "../types.ts";
import type { Arguments, Command } from "./command.ts";
import {
  ENGINE_FLAGS,
  engineOptions,
  loadEngine,
  notice,
  THREADS_FLAG,
  threadsOf,
} from "./engine_flags.ts";
import { formatBytes, peakMemory } from "./format.ts";
import { catchInterrupts, Interrupted } from "./interrupt.ts";
import { integerOf } from "./parse.ts";
import { ProgressBar } from "./progress.ts";
import { SAMPLING_FLAGS, samplingOptions } from "./sampling_flags.ts";
import { isFromFile, readText, TEXT_FLAGS } from "./text.ts";

const MOST = 2 ** 31 - 1;

export const run: Command = {
  summary: "Continue a text",
  takesText: true,
  flags: {
    ...TEXT_FLAGS,
    ...ENGINE_FLAGS,
    ...THREADS_FLAG,
    predict: {
      short: "n",
      value: "N",
      help: "Tokens to write; -1: until the model ends its text or the context is full [-1]",
    },
    "ctx-size": {
      short: "c",
      value: "N",
      help: "Positions of the context; 0: the model's, at most 4096 [0]",
    },
    special: { isSwitch: true, help: "Print control tokens" },
    "parse-special": {
      isSwitch: true,
      help: "Turn the text of control tokens in the prompt into tokens",
    },
    "ignore-eos": {
      isSwitch: true,
      help: "Go on where the model would end its text",
    },
    "no-display-prompt": {
      isSwitch: true,
      help: "Print only what the model writes",
    },
    json: {
      isSwitch: true,
      help: "Print the timings, on stderr, as one line of JSON",
    },
    ...SAMPLING_FLAGS,
  },

  async run(args) {
    const prompt = readPrompt(args);
    const options = generateOptions(args);
    const load = {
      ...engineOptions(args),
      threads: threadsOf(args),
      contextSize: integerOf(args, "ctx-size", 0, 0, MOST),
    };
    const signal = catchInterrupts();
    const engine = await loadEngine(args, load, signal);
    try {
      const session = await engine.createSession();
      warnOfLongContext(engine, session);
      const result = await writeText(session, prompt, args, { ...options, signal });
      printTimings(engine, result, args.switches.has("json"));
      if (result.reason === "aborted") throw new Interrupted();
    } finally {
      await engine.close();
    }
  },
};

// A file's last newline belongs to the file, not to the text.
function readPrompt(args: Arguments): string {
  const text = readText(args);
  return isFromFile(args) ? text.replace(/\n$/, "") : text;
}

function generateOptions(args: Arguments): GenerateOptions {
  return {
    ...samplingOptions(args),
    maxTokens: integerOf(args, "predict", -1, -1, MOST),
    special: args.switches.has("special"),
    parseSpecial: args.switches.has("parse-special"),
    ignoreEos: args.switches.has("ignore-eos"),
  };
}

/** The text as it grows, on stdout. */
class TextWriter {
  private last = "\n";

  write(text: string): void {
    if (!text) return;
    process.stdout.write(text);
    this.last = text.at(-1) ?? "";
  }

  endLine(): void {
    if (this.last !== "\n") this.write("\n");
  }
}

// Shows the prompt, once it is read, and then the text that follows it.
async function writeText(
  session: Session,
  prompt: string,
  args: Arguments,
  options: GenerateOptions,
): Promise<GenerateResult> {
  const writer = new TextWriter();
  const bar = new ProgressBar("reading");
  const onPrefill = (done: number, total: number) => {
    bar.update(done, total);
    if (done < total) return;
    bar.clear();
    if (!args.switches.has("no-display-prompt")) writer.write(prompt);
  };
  const text = session.generate(prompt, { ...options, onPrefill });
  for await (const piece of text) writer.write(piece);
  writer.endLine();
  const result = session.lastResult as GenerateResult;
  if (result.reason === "context-full")
    notice(
      `stopped: the context is full (${session.contextSize} positions); ` +
        "-c N makes it larger",
    );
  return result;
}

function warnOfLongContext({ report }: Engine, { contextSize }: Session): void {
  const trained = report.model.contextSize;
  if (contextSize > trained)
    notice(
      `the model was trained for ${trained} positions; the context has ${contextSize}`,
    );
}

function rate(tokens: number, seconds: number): number {
  return seconds > 0 ? tokens / seconds : 0;
}

// The first token needs no step of its own: the prompt's gives it.
function generationRate(result: GenerateResult): number {
  const steps =
    result.reason === "end"
      ? result.generatedTokens
      : Math.max(result.generatedTokens - 1, 0);
  return rate(steps, result.decodeSeconds + result.sampleSeconds);
}

function printTimings(
  { report }: Engine,
  result: GenerateResult,
  json: boolean,
): void {
  const promptRate = rate(result.promptTokens, result.prefillSeconds);
  const line = json
    ? JSON.stringify({
        prompt_tokens: result.promptTokens,
        prompt_tokens_per_second: promptRate,
        generated_tokens: result.generatedTokens,
        generated_tokens_per_second: generationRate(result),
        load_seconds: report.loadSeconds,
        prefill_seconds: result.prefillSeconds,
        decode_seconds: result.decodeSeconds,
        sample_seconds: result.sampleSeconds,
        peak_memory_bytes: peakMemory(),
        memory_bytes: report.memory.totalBytes,
        module: report.module,
        threads: report.threads,
        seed: result.seed,
      })
    : `tenon: prompt ${result.promptTokens} tokens, ${promptRate.toFixed(1)} t/s` +
      ` | generated ${result.generatedTokens} tokens, ` +
      `${generationRate(result).toFixed(1)} t/s | ` +
      `load ${report.loadSeconds.toFixed(2)} s | ` +
      `peak memory ${formatBytes(peakMemory())} | seed ${result.seed}`;
  process.stderr.write(`${line}\n`);
}
