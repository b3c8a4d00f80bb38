// A session in the worker: its handle, its text, and its turn.
import { TenonError, type KernelTime } from "../types.ts";
import type { Loaded } from "./loader.ts";
import type { Budget } from "./memory.ts";
import type { Native, Outputs } from "./native.ts";
import { Sampler } from "./sampler.ts";

export class WorkerSession {
  readonly native: Native;
  /** Most tokens of one step. */
  readonly stepTokens: number;
  readonly contextSize: number;
  private readonly handle: number;
  private readonly budget: Budget;
  private readonly bytes: number; // of the budget
  private readonly checkpoints = new Map<number, number>(); // and their bytes
  /** What was fed. */
  private tokens: number[] = [];
  /** Of sample(), as long as its options stay the same. */
  private sampler: Sampler | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  /** `wanted` 0: the engine's. @throws TenonError out-of-memory */
  constructor(
    { native, stepTokens, budget, ...loaded }: Loaded,
    wanted: number,
    profile: boolean,
  ) {
    this.native = native;
    this.stepTokens = stepTokens;
    this.budget = budget;
    this.contextSize = wanted || loaded.contextSize;
    this.bytes = budget.takeSession(this.contextSize);
    try {
      this.handle = native.openSession(this.contextSize, profile);
    } catch (error) {
      budget.giveBack(this.bytes);
      throw error;
    }
  }

  get position(): number {
    return this.tokens.length;
  }

  /** Does one thing after the other, in the order of the calls. */
  inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => {});
    return done;
  }

  /** @throws TenonError context-full; nothing was fed. */
  checkRoom(count: number): void {
    if (this.position + count <= this.contextSize) return;
    throw new TenonError(
      "context-full",
      `the context is full: ${count} tokens do not fit after ` +
        `${this.position} in a context of ${this.contextSize}`,
    );
  }

  feed(tokens: Int32Array): void {
    this.native.feed(this.handle, tokens);
    this.remember(tokens);
  }

  feedRows(tokens: Int32Array): Outputs {
    const rows = this.native.feedRows(this.handle, tokens);
    this.remember(tokens);
    return rows;
  }

  logits(): Float32Array {
    const logits = this.native.logits(this.handle);
    if (logits) return logits;
    throw new TenonError("bad-argument", "there are no logits: feed a token");
  }

  profile(): KernelTime[] {
    const profile = this.native.profile(this.handle);
    if (profile) return profile;
    throw new TenonError("bad-argument", "the session has no profile");
  }

  /** A sampler that knows the text so far; the caller closes it. */
  openSampler(options: string): Sampler {
    const sampler = new Sampler(this.native, options);
    for (const token of this.tokens) sampler.accept(token);
    return sampler;
  }

  /** By a sampler that goes on where the last call with these options ended. */
  sample(options: string): number {
    if (this.position === 0) this.logits();
    if (this.sampler?.options !== options) {
      this.dropSampler();
      this.sampler = this.openSampler(options);
    }
    return this.sampleBy(this.sampler);
  }

  sampleBy(sampler: Sampler): number {
    return sampler.sample(this.handle);
  }

  /** @throws TenonError out-of-memory */
  checkpoint(): number {
    const bytes = this.budget.takeCheckpoint();
    const checkpoint = this.native.checkpoint(this.handle);
    this.checkpoints.set(checkpoint, bytes);
    return checkpoint;
  }

  freeCheckpoint(checkpoint: number): void {
    this.native.freeCheckpoint(this.handle, checkpoint);
    this.budget.giveBack(this.checkpoints.get(checkpoint) ?? 0);
    this.checkpoints.delete(checkpoint);
  }

  restore(checkpoint: number): void {
    this.native.restore(this.handle, checkpoint);
    this.forget();
  }

  rewind(position: number): void {
    this.native.rewind(this.handle, position);
    this.forget();
  }

  close(): void {
    this.dropSampler();
    for (const checkpoint of this.checkpoints.keys())
      this.freeCheckpoint(checkpoint);
    this.native.freeSession(this.handle);
    this.budget.giveBack(this.bytes);
  }

  private remember(tokens: Int32Array): void {
    for (const token of tokens) {
      this.tokens.push(token);
      this.sampler?.accept(token);
    }
  }

  // The module says how much is left.
  private forget(): void {
    this.tokens.length = this.native.position(this.handle);
    this.dropSampler();
  }

  private dropSampler(): void {
    this.sampler?.close();
    this.sampler = undefined;
  }
}
