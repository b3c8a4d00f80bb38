// Where the bytes of a model come from: one interface for the network, files
// that a user chose, private files of a page, and files of Node.
import { describe } from "../errors.ts";
import { nodeModule } from "../node_module.ts";
import { isNode } from "../platform.ts";
import type { SourceRef } from "../protocol.ts";
import { TenonError, type ErrorKind } from "../types.ts";

const CHUNK_BYTES = 1024 * 1024; // of a stream, at most

export interface ByteSource {
  /** For errors. */
  name: string;
  size: number;
  /**
   * Writes the next bytes, one or more, to the front of `target`, which is not
   * empty. Returns how many; 0: the end.
   */
  read(target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** @throws TenonError network, not-found, bad-file. */
export async function openSource(ref: SourceRef): Promise<ByteSource> {
  if ("path" in ref) return openPath(ref.path);
  if ("blob" in ref) return openBlob(ref.blob);
  if ("handle" in ref) return openHandle(ref.handle);
  const isFile = isNode && ref.url.startsWith("file:");
  return isFile
    ? openPath(nodeModule("node:url").fileURLToPath(ref.url))
    : openUrl(ref.url);
}

// ---- blobs, and files of a browser

function openBlob(blob: Blob): ByteSource {
  const name = blob instanceof File ? blob.name : "the file";
  const failed = (error: unknown) => fileError(name, error);
  return { name, size: blob.size, ...streamReads(blob.stream(), failed) };
}

async function openHandle(handle: FileSystemFileHandle): Promise<ByteSource> {
  try {
    return (await openPrivate(handle)) ?? openBlob(await handle.getFile());
  } catch (error) {
    throw fileError(handle.name, error);
  }
}

// Reads straight into the memory of the module, where that is possible: a file
// of the page's own (OPFS), and nobody writes to it.
async function openPrivate(
  handle: FileSystemFileHandle,
): Promise<ByteSource | undefined> {
  const access = await lock(handle);
  if (!access) return undefined;
  const { name } = handle;
  const read = fileReads(name, async (target) => access.read(target));
  const close = async () => access.close();
  return { name, size: access.getSize(), read, close };
}

/** What a worker has of FileSystemSyncAccessHandle. */
interface SyncAccess {
  read(target: Uint8Array): number;
  getSize(): number;
  close(): void;
}

interface LockableHandle extends FileSystemFileHandle {
  createSyncAccessHandle?(options: { mode: string }): Promise<SyncAccess>;
}

async function lock(handle: LockableHandle): Promise<SyncAccess | undefined> {
  try {
    return await handle.createSyncAccessHandle?.({ mode: "read-only" });
  } catch {
    return undefined;
  }
}

/** `read`, with the file's name in its errors. */
function fileReads(name: string, read: ByteSource["read"]): ByteSource["read"] {
  return (target) =>
    read(target).catch((error: unknown) => {
      throw fileError(name, error);
    });
}

type StreamError = (error: unknown, done: number) => TenonError;

function streamReads(
  stream: ReadableStream<Uint8Array>,
  failed: StreamError,
): Pick<ByteSource, "read" | "close"> {
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

const FILE_ERRORS: Readonly<Record<string, ErrorKind>> = {
  NotFoundError: "not-found",
  ENOENT: "not-found",
  ENOTDIR: "not-found",
};

function fileError(name: string, error: unknown): TenonError {
  const { code, name: type } = error as NodeJS.ErrnoException;
  const kind = FILE_ERRORS[code ?? ""] ?? FILE_ERRORS[type] ?? "bad-file";
  return new TenonError(kind, `${name}: ${describe(error)}`);
}

// ---- files of Node

async function openPath(path: string): Promise<ByteSource> {
  const { open } = nodeModule("node:fs").promises;
  try {
    const file = await open(path);
    const status = await file.stat();
    if (status.isFile()) return fileSource(path, status.size, file);
    await file.close();
  } catch (error) {
    throw fileError(path, error);
  }
  throw new TenonError("bad-file", `${path}: is not a file`);
}

type NodeFile = import("node:fs/promises").FileHandle;

function fileSource(name: string, size: number, file: NodeFile): ByteSource {
  const bytesRead = async (target: Uint8Array) =>
    (await file.read(target)).bytesRead;
  const read = fileReads(name, bytesRead);
  return { name, size, read, close: () => file.close() };
}

// ---- the network

async function openUrl(url: string): Promise<ByteSource> {
  const response = await request(url);
  if (!response.ok || !response.body) {
    const status = `${response.status} ${response.statusText}`.trim();
    throw new TenonError("network", `${url}: HTTP status ${status}`);
  }
  const size = contentLength(response) ?? (await sizeByRange(url));
  if (size === undefined) {
    await response.body.cancel();
    throw new TenonError(
      "network",
      `${url}: the server does not tell how long the file is ` +
        "(Content-Length); download it and open it as a file",
    );
  }
  const failed = (error: unknown, done: number) =>
    networkError(`${url} (after ${done} of ${size} bytes)`, error);
  return { name: url, size, ...streamReads(response.body, failed) };
}

async function request(url: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw networkError(url, error);
  }
}

// That of a compressed answer is not the file's.
function contentLength({ headers }: Response): number | undefined {
  if (headers.has("Content-Encoding")) return undefined;
  const length = headers.get("Content-Length");
  return length === null ? undefined : Number(length);
}

// "bytes 0-0/1234": for servers that stream without a length.
async function sizeByRange(url: string): Promise<number | undefined> {
  const response = await request(url, { headers: { Range: "bytes=0-0" } });
  await response.body?.cancel();
  const total = response.headers.get("Content-Range")?.match(/\/(\d+)$/)?.[1];
  return total === undefined ? undefined : Number(total);
}

function networkError(where: string, error: unknown): TenonError {
  const { cause } = error as { cause?: unknown };
  const why = cause ? `: ${describe(cause)}` : "";
  return new TenonError("network", `${where}: ${describe(error)}${why}`);
}
