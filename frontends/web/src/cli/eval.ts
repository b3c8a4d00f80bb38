// tenon eval: feeds token ids and writes what the model computes.
import { closeSync, openSync, writeSync } from "node:fs";
import type { Engine } from "../engine.ts";
import type { Session } from "../session.ts";
import { TenonError, type Row } from "../types.ts";
import { UsageError, type Arguments, type Command } from "./command.ts";
import {
  ENGINE_FLAGS,
  engineOptions,
  loadEngine,
  THREADS_FLAG,
  threadsOf,
} from "./engine_flags.ts";
import { peakMemory, quoted, textOrBytes } from "./format.ts";
import { catchInterrupts, orInterrupted } from "./interrupt.ts";
import { integerOf, textOf } from "./parse.ts";
import { ProgressBar } from "./progress.ts";
import { parseTokens, readFile } from "./text.ts";
import { pieceOf } from "./tokenize.ts";

const BEST = 5;
const MOST = 2 ** 31 - 1;

export const evaluate: Command = {
  summary: "Feed token ids; write logits and hidden states",
  takesText: false,
  flags: {
    ...ENGINE_FLAGS,
    ...THREADS_FLAG,
    tokens: { value: "IDS", help: "Token ids: 1,2,3" },
    "tokens-file": { value: "FILE", help: "A file of token ids; -: stdin" },
    generate: {
      value: "N",
      help: "Then feed the best token, this many times [0]",
    },
    "ctx-size": {
      short: "c",
      value: "N",
      help: "Positions of the context; 0: as many as are needed [0]",
    },
    "logits-out": {
      value: "FILE",
      help: "Write the logits: little-endian f32, one row per position, generated ones included",
    },
    "hidden-out": {
      value: "FILE",
      help: "Write the hidden states after the output norm, likewise",
    },
    json: { isSwitch: true, help: "Print JSON" },
  },

  async run(args) {
    const tokens = readTokens(args);
    const generate = integerOf(args, "generate", 0, 0, MOST);
    const wanted = integerOf(args, "ctx-size", 0, 0, MOST);
    const load = {
      ...engineOptions(args),
      threads: threadsOf(args),
      contextSize: wanted || tokens.length + generate,
      rows: true,
    };
    const signal = catchInterrupts();
    const engine = await loadEngine(args, load, signal);
    try {
      const evaluation = await feedAll(engine, tokens, generate, args, signal);
      if (args.switches.has("json")) await printJson(engine, tokens, evaluation);
      else await printText(engine, evaluation);
    } catch (error) {
      throw orInterrupted(error, signal);
    } finally {
      await engine.close();
    }
  },
};

interface Evaluation {
  generated: number[];
  /** Of the last row. */
  logits: Float32Array;
}

function readTokens(args: Arguments): number[] {
  const list = textOf(args, "tokens");
  const path = textOf(args, "tokens-file");
  if ((list === undefined) === (path === undefined))
    throw new UsageError("give --tokens or --tokens-file");
  const tokens = parseTokens(path === undefined ? list ?? "" : readFile(path));
  if (tokens.length > 0) return tokens;
  throw new TenonError("bad-argument", "--tokens: there are no tokens");
}

/** A file of f32 rows, without a header; without a path rows go nowhere. */
class RowFile {
  private readonly file: number | undefined;

  constructor(path: string | undefined) {
    if (path !== undefined) this.file = openSync(path, "w");
  }

  write(row: Float32Array): void {
    if (this.file === undefined) return;
    writeSync(this.file, row, 0, row.byteLength);
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
  }
}

async function feedAll(
  engine: Engine,
  tokens: number[],
  generate: number,
  args: Arguments,
  signal: AbortSignal,
): Promise<Evaluation> {
  const logitsFile = new RowFile(textOf(args, "logits-out"));
  const hiddenFile = new RowFile(textOf(args, "hidden-out"));
  const session = await engine.createSession();
  const bar = new ProgressBar("evaluating");
  const onRow = ({ position, logits, hidden }: Row) => {
    logitsFile.write(logits);
    hiddenFile.write(hidden);
    bar.update(position, tokens.length + generate);
  };
  const options = { onRow, signal };
  try {
    await session.feed(tokens, options);
    return await generateBest(session, generate, options);
  } finally {
    bar.clear();
    logitsFile.close();
    hiddenFile.close();
  }
}

async function generateBest(
  session: Session,
  count: number,
  options: Parameters<Session["feed"]>[1],
): Promise<Evaluation> {
  const generated: number[] = [];
  while (generated.length < count) {
    const token = await session.sample({ temperature: 0 });
    generated.push(token);
    await session.feed([token], options);
  }
  return { generated, logits: await session.logits() };
}

/** The ids of the largest logits, the lower id first on a tie. */
function best(logits: Float32Array): number[] {
  const at = (id: number) => logits[id] as number;
  const ids = Array.from(logits, (_, id) => id);
  return ids.sort((a, b) => at(b) - at(a) || a - b).slice(0, BEST);
}

async function printJson(
  engine: Engine,
  tokens: number[],
  { generated, logits }: Evaluation,
): Promise<void> {
  const entries: unknown[] = [];
  for (const id of best(logits)) {
    const piece = textOrBytes(await pieceOf(engine, id));
    entries.push({ id, logit: logits[id], piece });
  }
  const { vocabSize, embeddingSize } = engine.report.model;
  const result = {
    rows: tokens.length + generated.length,
    vocab_size: vocabSize,
    embedding_length: embeddingSize,
    tokens,
    generated,
    best: entries,
    peak_memory_bytes: peakMemory(),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

async function printText(
  engine: Engine,
  { generated, logits }: Evaluation,
): Promise<void> {
  if (generated.length > 0)
    process.stdout.write(`generated: ${generated.join(",")}\n`);
  process.stdout.write("best after the last row:\n");
  for (const id of best(logits)) {
    const logit = (logits[id] as number).toFixed(6).padStart(11);
    const piece = quoted(await pieceOf(engine, id));
    process.stdout.write(`${String(id).padStart(8)}  ${logit}  ${piece}\n`);
  }
}
