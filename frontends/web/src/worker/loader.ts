// From a source to a running engine: an instance of the module reads the header,
// grows to what the model takes, and gets the weights as they arrive.
import type { LoadParams, LoadResult } from "../protocol.ts";
import { TenonError, type LoadProgress } from "../types.ts";
import type { ByteSource } from "./byte_source.ts";
import { chooseModule, thisMachine, type Choice } from "./choose.ts";
import { Budget, smallMemory, tooMuch, totalBytes, type Needs } from "./memory.ts";
import { loadProgram, sharesMemory, type Program } from "./module.ts";
import type { Native } from "./native.ts";
import { Reader } from "./reader.ts";
import { openSource } from "./sources.ts";
import { throttle } from "./throttle.ts";
import { startToucher, type Toucher } from "./toucher.ts";
import { describeTuning, textStore } from "./tuning.ts";

const FIRST_HEADER_BYTES = 256 * 1024;
const HEADER_GROWTH = 1.5; // small, as its room is kept
const DEFAULT_CONTEXT = 4096;
const F32_BYTES = 4;

export interface Loaded {
  native: Native;
  /** Positions of a session that asks for no other number. */
  contextSize: number;
  stepTokens: number;
  budget: Budget;
  result: LoadResult;
}

type Emit = (progress: LoadProgress) => void;

/** @throws TenonError */
export async function load(params: LoadParams, emit: Emit): Promise<Loaded> {
  checkParams(params);
  const choice = chooseModule(
    thisMachine(),
    params.threads ?? 0,
    params.module,
  );
  const toucher = startToucher(sharesMemory(choice.name));
  try {
    return await loadChosen(params, choice, toucher, emit);
  } finally {
    toucher.stop();
  }
}

async function loadChosen(
  params: LoadParams,
  choice: Choice,
  toucher: Toucher,
  emit: Emit,
): Promise<Loaded> {
  const [source, program] = await Promise.all([
    openSource(params.source, params.keep),
    loadProgram(choice.name),
  ]);
  const reader = new Reader(source);
  try {
    const loading = new Loading(params, choice, program, source, reader, emit);
    return await loading.run(toucher);
  } catch (error) {
    if ((error as TenonError).kind === "bad-file") source.discard?.();
    throw error;
  } finally {
    await reader.close();
  }
}

class Loading {
  private readonly params: LoadParams;
  private readonly choice: Choice;
  private readonly program: Program;
  private readonly source: ByteSource;
  private readonly reader: Reader;
  private readonly emit: Emit;

  constructor(
    params: LoadParams,
    choice: Choice,
    program: Program,
    source: ByteSource,
    reader: Reader,
    emit: Emit,
  ) {
    this.params = params;
    this.choice = choice;
    this.program = program;
    this.source = source;
    this.reader = reader;
    const isLast = ({ loaded, total }: LoadProgress) => loaded === total;
    this.emit = throttle(emit, isLast);
  }

  async run(toucher: Toucher): Promise<Loaded> {
    const { threads } = this.choice;
    const memory = smallMemory(this.program.shared);
    const native = await this.program.instantiate(memory, threads - 1);
    native.open(this.source.name, this.source.size);
    await this.readHeader(native);
    native.bind(bindOptions(this.params, this.tunes ? 0 : threads, threads));
    const needs = this.needs(native);
    if (!native.reserve(totalBytes(needs))) throw tooMuch(needs);
    const end = needs.used + needs.weights;
    toucher.touch({ memory, begin: needs.used, end });
    await this.readWeights(native);
    await this.source.finish?.();
    const tuning = await this.start(native);
    return {
      native,
      contextSize: needs.contextSize,
      stepTokens: native.number("step_tokens"),
      budget: new Budget(needs),
      result: { ...this.report(native, needs), tuning },
    };
  }

  /** Whether it is still to be seen how many threads are fastest. */
  private get tunes(): boolean {
    return !this.params.threads && this.choice.threads > 1;
  }

  private async start(native: Native): Promise<LoadResult["tuning"]> {
    if (!this.tunes) {
      native.start();
      return undefined;
    }
    const { name, threads } = this.choice;
    const store = textStore();
    const key = `${name} ${threads} ${native.number("weights_bytes")}`;
    const known = await store.get(key);
    native.tune(known);
    native.start();
    const text = native.text("tuning");
    if (text && text !== known) await store.put(key, text);
    return describeTuning(text, text === known);
  }

  // Reads more and more, until the module has all that it wants.  It throws when
  // it has the whole file and wants more.
  private async readHeader(native: Native): Promise<void> {
    let filled = 0;
    for (let wanted = FIRST_HEADER_BYTES; wanted > 0; ) {
      const more = Math.max(wanted, Math.ceil(filled * HEADER_GROWTH));
      const bytes = Math.min(more, this.source.size);
      await this.reader.fill(native.headerRoom(bytes).subarray(filled));
      filled = bytes;
      this.progress("header", filled);
      wanted = native.header(filled);
    }
    this.reader.unread(native.headerRest(filled));
  }

  private async readWeights(native: Native): Promise<void> {
    for (;;) {
      const block = native.nextBlock();
      if (!block) break;
      await this.reader.skipTo(block.offset);
      await this.reader.fill(native.block(block));
      native.acceptBlock();
      this.progress("weights", this.reader.position);
    }
    this.progress("weights", this.source.size);
  }

  private progress(phase: LoadProgress["phase"], loaded: number): void {
    this.emit({ phase, loaded, total: this.source.size });
  }

  private needs(native: Native): Needs {
    const { sessions, checkpoints, rows } = this.params;
    const { threads } = this.choice;
    const contextSize =
      this.params.contextSize ||
      Math.min(native.number("context_size"), DEFAULT_CONTEXT);
    const vocabSize = native.number("vocab_size");
    const row = (vocabSize + native.number("embedding_size")) * F32_BYTES;
    return {
      used: native.number("used_bytes"),
      weights: native.number("weights_bytes"),
      activations: native.activationBytes(contextSize, threads),
      state: native.number("state_bytes"),
      checkpoints: checkpoints ?? 0,
      position: native.number("position_bytes"),
      contextSize,
      sessions: sessions ?? 1,
      rows: rows ? native.number("step_tokens") * row : 0,
      vocabSize,
      threads,
    };
  }

  private report(native: Native, needs: Needs): LoadResult {
    return {
      module: this.choice.instructions,
      threads: native.number("threads"),
      isolated: this.choice.isolated,
      fallbacks: this.fallbacks(),
      warnings: lines(native.text("warnings")),
      backends: native.text("backends").split(",").filter(Boolean),
      executor: native.text("executor"),
      kernels: lines(native.text("kernels")),
      reusedBytes: this.source.reusedBytes ?? 0,
      model: modelReport(native),
      memory: {
        fileBytes: this.source.size,
        weightsBytes: needs.weights,
        sessionBytes: needs.state + needs.activations,
        positionBytes: needs.position,
        stateBytes: needs.state + needs.position * needs.contextSize,
        totalBytes: native.memoryBytes,
      },
    };
  }

  private fallbacks(): string[] {
    const { fallbacks } = this.choice;
    const problem = this.source.problem?.();
    return problem ? [...fallbacks, `the model is not kept: ${problem}`] : fallbacks;
  }
}

function modelReport(native: Native): LoadResult["model"] {
  return {
    name: native.text("model_name"),
    architecture: native.text("architecture"),
    format: native.text("format"),
    parameters: native.number("parameters"),
    vocabSize: native.number("vocab_size"),
    embeddingSize: native.number("embedding_size"),
    contextSize: native.number("context_size"),
    chatTemplate: native.text("chat_template"),
  };
}

function bindOptions(
  params: LoadParams,
  threads: number,
  mostThreads: number,
): string {
  const { activations = "int8", cacheType = "f16", backends = [] } = params;
  const options = [
    `activations=${activations}`,
    `cache=${cacheType}`,
    `threads=${threads}`,
    `most_threads=${mostThreads}`,
  ];
  if (backends.length > 0) options.push(`backends=${backends.join(",")}`);
  return options.join(";");
}

const COUNTS = ["threads", "contextSize", "sessions", "checkpoints"] as const;

function checkParams(params: LoadParams): void {
  for (const key of COUNTS) {
    const value = params[key] ?? 0;
    if (!Number.isSafeInteger(value) || value < 0)
      throw new TenonError(
        "bad-argument",
        `${key}: ${value} is not a count of anything`,
      );
  }
}

function lines(text: string): string[] {
  return text.split("\n").filter(Boolean);
}
