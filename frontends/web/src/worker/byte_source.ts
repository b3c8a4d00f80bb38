// Where the bytes of a model come from.
export interface ByteSource {
  /** For errors. */
  name: string;
  size: number;
  /** Of them, those that an earlier load kept; absent: none. */
  reusedBytes?: number;
  /**
   * Writes the next bytes, one or more, to the front of `target`, which is not
   * empty. Returns how many; 0: the end.
   */
  read(target: Uint8Array): Promise<number>;
  /** The model has all that it wants: fetches what is still to be kept. */
  finish?(): Promise<void>;
  /** Why the bytes are not kept, though that was wished; absent: they are. */
  problem?(): string | undefined;
  /** It is broken: close will forget what is kept. */
  discard?(): void;
  close(): Promise<void>;
}

export type Reads = Pick<ByteSource, "read" | "close">;
