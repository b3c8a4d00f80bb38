// Takes what is wanted out of chunks of any size, from front to back.
import { TenonError } from "../types.ts";
import type { ByteSource } from "./sources.ts";

export class Reader {
  private readonly source: ByteSource;
  private readonly chunks: AsyncIterator<Uint8Array>;
  /** What was taken from `chunks` and not read, in order. */
  private waiting: Uint8Array[] = [];
  private at = 0;

  constructor(source: ByteSource) {
    this.source = source;
    this.chunks = source.chunks[Symbol.asyncIterator]();
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.at;
  }

  /** @throws TenonError bad-file if the source ends before; as the source. */
  async fill(target: Uint8Array): Promise<void> {
    for (let done = 0; done < target.length; ) {
      const part = await this.take(target.length - done);
      target.set(part, done);
      done += part.length;
    }
  }

  /** As fill.  REQUIRES: offset >= position */
  async skipTo(offset: number): Promise<void> {
    while (this.at < offset) await this.take(offset - this.at);
  }

  /** Reads `bytes`, the ones that were read last, once more. */
  unread(bytes: Uint8Array): void {
    this.waiting.unshift(bytes);
    this.at -= bytes.length;
  }

  async close(): Promise<void> {
    this.waiting = [];
    await this.chunks.return?.();
  }

  /** At least one byte, and at most `most`. */
  private async take(most: number): Promise<Uint8Array> {
    const chunk = this.waiting.shift() ?? (await this.nextChunk());
    const part = chunk.subarray(0, most);
    if (part.length < chunk.length)
      this.waiting.unshift(chunk.subarray(part.length));
    this.at += part.length;
    return part;
  }

  private async nextChunk(): Promise<Uint8Array> {
    for (;;) {
      const next = await this.chunks.next();
      if (next.done) throw this.truncated();
      if (next.value.length > 0) return next.value;
    }
  }

  private truncated(): TenonError {
    const { name, size } = this.source;
    return new TenonError(
      "bad-file",
      `${name}: ends after ${this.at} of ${size} bytes, ` +
        `${size - this.at} are missing`,
    );
  }
}
