/** Bytes of tokens in, whole code points out. */
export class TextStream {
  private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** The text that became complete. */
  push(bytes: Uint8Array): string {
    return this.decoder.decode(bytes, { stream: true });
  }

  /** What is left at the end: U+FFFD for a code point that is cut off. */
  flush(): string {
    return this.decoder.decode();
  }
}
