// Opens what a model is in: the network, files that a user chose, private files
// of a page, and files of Node.
import { describe } from "../errors.ts";
import { nodeModule } from "../node_module.ts";
import { isNode } from "../platform.ts";
import type { SourceRef } from "../protocol.ts";
import { TenonError, type ErrorKind } from "../types.ts";
import type { ByteSource } from "./byte_source.ts";
import { openKept } from "./kept.ts";
import { openUrl } from "./network.ts";
import { lock } from "./private_files.ts";
import { streamReads } from "./streams.ts";

/**
 * `keep`: what is downloaded is there the next time.
 * @throws TenonError network, not-found, bad-file.
 */
export async function openSource(
  ref: SourceRef,
  keep = false,
): Promise<ByteSource> {
  if ("path" in ref) return openPath(ref.path);
  if ("blob" in ref) return openBlob(ref.blob);
  if ("handle" in ref) return openHandle(ref.handle);
  const { url } = ref;
  if (isNode && url.startsWith("file:"))
    return openPath(nodeModule("node:url").fileURLToPath(url));
  if (keep && url.startsWith("http")) return openKept(url, openHandle);
  return openUrl(url);
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
  const access = await lock(handle, "read-only");
  if (!access) return undefined;
  const { name } = handle;
  const read = fileReads(name, async (target) => access.read(target));
  const close = async () => access.close();
  return { name, size: access.getSize(), read, close };
}

/** `read`, with the file's name in its errors. */
function fileReads(name: string, read: ByteSource["read"]): ByteSource["read"] {
  return (target) =>
    read(target).catch((error: unknown) => {
      throw fileError(name, error);
    });
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
