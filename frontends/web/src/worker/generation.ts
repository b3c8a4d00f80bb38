// The loop that writes text: the same as tenon::Generate, in steps that let
// messages through.
import type {
  GenerateEvent,
  GenerateParams,
  WorkerResult,
} from "../protocol.ts";
import { TenonError, type StopReason } from "../types.ts";
import { feedInSteps } from "./prefill.ts";
import type { Sampler } from "./sampler.ts";
import type { WorkerSession } from "./session.ts";
import { TextStream } from "./text_stream.ts";
import { nextTurn } from "./turn.ts";

export interface GenerationHooks {
  emit(event: GenerateEvent): void;
  isCancelled(): boolean;
}

/** @throws TenonError context-full if the prompt does not fit, bad-argument. */
export async function generate(
  session: WorkerSession,
  params: GenerateParams,
  hooks: GenerationHooks,
): Promise<WorkerResult> {
  const prompt = promptTokens(session, params);
  session.checkRoom(prompt.length);
  const generation = new Generation(session, params, hooks);
  try {
    return await generation.run(prompt);
  } finally {
    generation.close();
  }
}

// Special tokens belong around a text only where it begins.
function promptTokens(
  session: WorkerSession,
  { prompt, parseSpecial }: GenerateParams,
): Int32Array {
  if (typeof prompt !== "string") return prompt;
  const atStart = session.position === 0;
  return session.native.encode(prompt, atStart, parseSpecial);
}

class Generation {
  private readonly session: WorkerSession;
  private readonly params: GenerateParams;
  private readonly hooks: GenerationHooks;
  private readonly sampler: Sampler;
  private readonly text = new TextStream();
  private readonly seconds = { prefill: 0, decode: 0, sample: 0 };
  private generated = 0;
  /** Sampled, and not fed yet. */
  private pending: number | undefined;

  constructor(
    session: WorkerSession,
    params: GenerateParams,
    hooks: GenerationHooks,
  ) {
    this.session = session;
    this.params = params;
    this.hooks = hooks;
    this.sampler = session.openSampler(params.sampler);
  }

  close(): void {
    this.sampler.close();
  }

  async run(prompt: Int32Array): Promise<WorkerResult> {
    if (!(await this.prefill(prompt))) return this.result("aborted", 0);
    for (;;) {
      const reason = this.next();
      if (reason) return this.finish(reason, prompt.length);
      await nextTurn();
    }
  }

  private async prefill(prompt: Int32Array): Promise<boolean> {
    const started = performance.now();
    const total = prompt.length;
    if (total === 0 && this.session.position === 0)
      throw new TenonError("bad-argument", "the prompt is empty");
    const complete = await feedInSteps(this.session, prompt, {
      stepTokens: 0,
      rows: false,
      onStep: ({ done, position }) =>
        this.hooks.emit({ position, prefill: { done, total } }),
      isCancelled: () => this.hooks.isCancelled(),
    });
    for (const token of prompt) this.sampler.accept(token);
    this.seconds.prefill = (performance.now() - started) / 1000;
    return complete;
  }

  /** One more token, or the reason to stop. */
  private next(): StopReason | undefined {
    if (this.hooks.isCancelled()) return "aborted";
    if (this.generated === this.params.maxTokens) return "max-tokens";
    if (this.isFull()) return "context-full";
    this.feedPending();
    const token = this.timed("sample", () => this.sample());
    if (!this.params.ignoreEos && this.session.native.isEnd(token)) {
      this.print(token);
      return "end";
    }
    this.pending = token;
    this.generated += 1;
    this.print(token);
    return undefined;
  }

  private isFull(): boolean {
    const { position, contextSize } = this.session;
    return this.pending !== undefined && position === contextSize;
  }

  private feedPending(): void {
    const { pending } = this;
    if (pending === undefined) return;
    this.pending = undefined;
    this.timed("decode", () => this.session.feed(Int32Array.of(pending)));
  }

  private sample(): number {
    const token = this.session.sampleBy(this.sampler);
    this.sampler.accept(token);
    return token;
  }

  private print(token: number): void {
    const { native } = this.session;
    this.emitText(this.text.push(native.tokenBytes(token, this.params.special)));
  }

  private emitText(text: string): void {
    if (text) this.hooks.emit({ position: this.session.position, text });
  }

  /** Leaves the session with all of the text, ready to go on. */
  private finish(reason: StopReason, promptTokens: number): WorkerResult {
    this.emitText(this.text.flush());
    const result = this.result(reason, promptTokens);
    if (!this.isFull()) this.feedPending();
    return { ...result, position: this.session.position };
  }

  private result(reason: StopReason, promptTokens: number): WorkerResult {
    return {
      reason,
      promptTokens,
      generatedTokens: this.generated,
      prefillSeconds: this.seconds.prefill,
      decodeSeconds: this.seconds.decode,
      sampleSeconds: this.seconds.sample,
      position: this.session.position,
    };
  }

  private timed<T>(what: keyof typeof this.seconds, work: () => T): T {
    const started = performance.now();
    const value = work();
    this.seconds[what] += (performance.now() - started) / 1000;
    return value;
  }
}
