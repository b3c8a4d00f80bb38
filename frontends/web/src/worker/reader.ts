// Takes what is wanted out of a source, from front to back.
import { TenonError } from "../types.ts";
import type { ByteSource } from "./byte_source.ts";

const SKIPPED_BYTES = 64 * 1024; // at once

export class Reader {
  private readonly source: ByteSource;
  /** What is to be read once more. */
  private again = new Uint8Array(0);
  private at = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.at;
  }

  /** @throws TenonError bad-file if the source ends before; as the source. */
  async fill(target: Uint8Array): Promise<void> {
    let rest = target;
    while (rest.length > 0) {
      const bytes = this.repeat(rest) || (await this.source.read(rest));
      if (bytes === 0) throw this.truncated();
      this.at += bytes;
      rest = rest.subarray(bytes);
    }
  }

  /** As fill.  REQUIRES: offset >= position */
  async skipTo(offset: number): Promise<void> {
    const skipped = new Uint8Array(Math.min(offset - this.at, SKIPPED_BYTES));
    while (this.at < offset)
      await this.fill(skipped.subarray(0, offset - this.at));
  }

  /** Reads `bytes`, the ones that were read last, once more. */
  unread(bytes: Uint8Array<ArrayBuffer>): void {
    this.again = bytes;
    this.at -= bytes.length;
  }

  close(): Promise<void> {
    return this.source.close();
  }

  private repeat(target: Uint8Array): number {
    const part = this.again.subarray(0, target.length);
    target.set(part);
    this.again = this.again.subarray(part.length);
    return part.length;
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
