import type { Native } from "./native.ts";

/** A chain of samplers in the module. */
export class Sampler {
  readonly options: string;
  private readonly native: Native;
  private readonly handle: number;

  /** @throws TenonError bad-argument, naming the option. */
  constructor(native: Native, options: string) {
    this.native = native;
    this.options = options;
    this.handle = native.openSampler(options);
  }

  /** Picks a token by the logits of a session. */
  sample(session: number): number {
    return this.native.sample(this.handle, session);
  }

  /** The token became part of the text. */
  accept(token: number): void {
    this.native.acceptToken(this.handle, token);
  }

  close(): void {
    this.native.freeSampler(this.handle);
  }
}
