// The bytes of a stream, as many at a time as are wanted.
import type { TenonError } from "../types.ts";
import type { Reads } from "./byte_source.ts";

const CHUNK_BYTES = 1024 * 1024; // at most

export type StreamError = (error: unknown, done: number) => TenonError;

/** `failed` makes the errors, of what the stream threw after `done` bytes. */
export function streamReads(
  stream: ReadableStream<Uint8Array>,
  failed: StreamError,
): Reads {
  const chunks = chunksOf(stream);
  let chunk: Uint8Array | undefined = new Uint8Array(0);
  let done = 0;
  const nextChunk = async () => {
    try {
      return await chunks.next();
    } catch (error) {
      throw failed(error, done);
    }
  };
  return {
    async read(target) {
      while (chunk?.length === 0) chunk = await nextChunk();
      if (!chunk) return 0;
      const part = chunk.subarray(0, target.length);
      target.set(part);
      chunk = chunk.subarray(part.length);
      done += part.length;
      return part.length;
    },
    close: () => chunks.cancel().catch(() => {}),
  };
}

interface Chunks {
  /** Valid until the next call; undefined: the end. */
  next(): Promise<Uint8Array | undefined>;
  cancel(): Promise<void>;
}

function chunksOf(stream: ReadableStream<Uint8Array>): Chunks {
  try {
    return borrowedChunks(stream.getReader({ mode: "byob" }));
  } catch {
    const reader = stream.getReader();
    const next = async () => (await reader.read()).value;
    return { next, cancel: () => reader.cancel() };
  }
}

// All in the same memory: new memory for each takes longer than the bytes.
function borrowedChunks(reader: ReadableStreamBYOBReader): Chunks {
  let room = new ArrayBuffer(CHUNK_BYTES);
  const next = async () => {
    const { value, done } = await reader.read(new Uint8Array(room));
    if (value) room = value.buffer;
    return done ? undefined : value;
  };
  return { next, cancel: () => reader.cancel() };
}
