import type { Client } from "./client.ts";
import { EventQueue } from "./event_queue.ts";
import type { FeedEvent, GenerateEvent, GenerateParams } from "./protocol.ts";
import { randomSeed, samplerText } from "./sampling.ts";
import {
  TenonError,
  type FeedOptions,
  type GenerateOptions,
  type GenerateResult,
  type KernelTime,
  type Row,
  type SampleOptions,
} from "./types.ts";

/** A place in the text of a session to come back to. Holds memory. */
export interface Checkpoint {
  /** Tokens before it. */
  readonly position: number;
  /** Frees its memory; the session frees all of its own. */
  close(): Promise<void>;
}

/** One conversation: the tokens so far and the state that they left. */
export class Session {
  /** Most tokens that it can hold. */
  readonly contextSize: number;
  private readonly client: Client;
  private readonly id: number;
  private readonly handles = new WeakMap<Checkpoint, number>();
  private at = 0;
  private last: GenerateResult | undefined;
  // Drawn once, so that sample() without a seed does not start again each time.
  private readonly ownSeed = randomSeed();

  /** @internal Engine.createSession makes sessions. */
  constructor(client: Client, id: number, contextSize: number) {
    this.client = client;
    this.id = id;
    this.contextSize = contextSize;
  }

  /** Tokens that were fed. */
  get position(): number {
    return this.at;
  }

  /** How the last `generate` went; undefined before the end of the first. */
  get lastResult(): GenerateResult | undefined {
    return this.last;
  }

  /**
   * Reads tokens after those already read.
   * @throws TenonError context-full, bad-argument: nothing was read; aborted:
   *   see `position`.
   */
  async feed(
    tokens: ArrayLike<number>,
    options: FeedOptions = {},
  ): Promise<void> {
    const { signal, stepTokens = 0 } = options;
    const onEvent = (event: FeedEvent) => {
      this.at = event.position;
      if (options.onRow) splitRows(event, options.onRow);
      options.onProgress?.(event.done, tokens.length);
    };
    const ids = Int32Array.from(tokens);
    const rows = options.onRow !== undefined;
    const params = { session: this.id, tokens: ids, stepTokens, rows };
    await this.client.call("feed", params, { onEvent, signal });
  }

  /**
   * What follows the last token: one number for each token of the vocabulary.
   * @throws TenonError bad-argument before the first token.
   */
  logits(): Promise<Float32Array> {
    return this.client.call("logits", { session: this.id });
  }

  /**
   * Picks a token to follow, without feeding it. Calls with the same options go
   * on with the same random numbers; other options, or a rewind, start again.
   * @throws TenonError bad-argument, naming the option.
   */
  sample(options: SampleOptions = {}): Promise<number> {
    const sampler = samplerText(options, options.seed ?? this.ownSeed);
    return this.client.call("sample", { session: this.id, sampler });
  }

  /**
   * Continues a prompt; yields the text as it grows, whole code points only.
   * A text is encoded, with the model's special tokens around it at position 0.
   * Afterwards the session holds the prompt and what was yielded, and
   * `lastResult` tells how it went. Leaving the loop, or `options.signal`, stops
   * it, also while the prompt is read; that is no error.
   * @throws TenonError context-full if the prompt does not fit, bad-argument.
   */
  async *generate(
    prompt: string | Int32Array | number[],
    options: GenerateOptions = {},
  ): AsyncGenerator<string, void, void> {
    const seed = options.seed ?? randomSeed();
    const params = this.generateParams(prompt, options, seed);
    const queue = new EventQueue<string>();
    const stop = new AbortController();
    const signals = options.signal
      ? [options.signal, stop.signal]
      : [stop.signal];
    const onEvent = (event: GenerateEvent) => {
      this.at = event.position;
      if (event.text) queue.push(event.text);
      const { prefill } = event;
      if (prefill) options.onPrefill?.(prefill.done, prefill.total);
    };
    const call = this.client
      .call("generate", params, { onEvent, signal: AbortSignal.any(signals) })
      .finally(() => queue.end());
    call.catch(() => {}); // it is awaited below
    try {
      yield* queue.read();
    } finally {
      stop.abort();
      const { position, ...result } = await call;
      this.at = position;
      this.last = { ...result, seed };
    }
  }

  /**
   * The time of each kernel since the last call, the slowest first. Sums of many
   * calls: clocks of browsers are coarse.
   * @throws TenonError bad-argument if the session was made without `profile`.
   */
  profile(): Promise<KernelTime[]> {
    return this.client.call("profile", { session: this.id });
  }

  /** Remembers this place. */
  async checkpoint(): Promise<Checkpoint> {
    const { client, id } = this;
    const position = this.at;
    const checkpoint = await client.call("checkpoint", { session: id });
    const close = () => client.call("freeCheckpoint", { session: id, checkpoint });
    const place = Object.freeze({ position, close });
    this.handles.set(place, checkpoint);
    return place;
  }

  /**
   * Forgets what came after a checkpoint of this session, or all but the first
   * tokens.
   * @throws TenonError bad-argument if there is no such place, or if it is a
   *   number other than 0 and the model's state cannot forget (hybrids): such
   *   models go back to checkpoints.
   */
  async rewind(to: Checkpoint | number): Promise<void> {
    const session = this.id;
    if (typeof to === "number") {
      this.at = await this.client.call("rewind", { session, position: to });
      return;
    }
    const checkpoint = this.handles.get(to);
    if (checkpoint === undefined)
      throw new TenonError("bad-argument", "a checkpoint of another session");
    this.at = await this.client.call("restore", { session, checkpoint });
  }

  /** Frees its memory. */
  close(): Promise<void> {
    return this.client.call("closeSession", { session: this.id });
  }

  private generateParams(
    prompt: string | ArrayLike<number>,
    options: GenerateOptions,
    seed: number,
  ): GenerateParams {
    return {
      session: this.id,
      prompt: typeof prompt === "string" ? prompt : Int32Array.from(prompt),
      sampler: samplerText(options, seed),
      maxTokens: options.maxTokens ?? -1,
      parseSpecial: options.parseSpecial ?? false,
      ignoreEos: options.ignoreEos ?? false,
      special: options.special ?? false,
    };
  }
}

function splitRows({ position, rows }: FeedEvent, onRow: (row: Row) => void) {
  if (!rows) return;
  const count = rows.count;
  const width = (all: Float32Array) => all.length / count;
  for (let i = 0; i < count; ++i)
    onRow({
      position: position - count + i,
      logits: row(rows.logits, i, width(rows.logits)),
      hidden: row(rows.hidden, i, width(rows.hidden)),
    });
}

function row(all: Float32Array, index: number, width: number): Float32Array {
  return all.subarray(index * width, (index + 1) * width);
}
