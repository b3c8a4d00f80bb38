// What the user gave as a source, in a form that the worker can open.
import { isNode } from "./platform.ts";
import type { SourceRef } from "./protocol.ts";
import { TenonError, type ModelSource } from "./types.ts";

const SCHEME = /^[a-z][a-z0-9+.-]+:/i; // two letters: "C:" is a drive

/**
 * In Node a string without a scheme is a path; in a browser it is a URL relative
 * to the page.
 * @throws TenonError bad-argument for anything else.
 */
export function sourceRef(source: ModelSource): SourceRef {
  if (typeof source === "string") return stringRef(source);
  if (source instanceof URL) return urlRef(source);
  if (source instanceof Blob) return { blob: source };
  if (typeof (source as FileSystemFileHandle)?.getFile === "function")
    return { handle: source };
  throw new TenonError(
    "bad-argument",
    "a model comes from a URL, a Blob, a file handle or a path",
  );
}

function stringRef(source: string): SourceRef {
  if (isNode && !SCHEME.test(source)) return { path: source };
  try {
    return urlRef(new URL(source, pageUrl()));
  } catch {
    throw new TenonError("bad-argument", `'${source}' is no URL`);
  }
}

/** What addresses are relative to: a page, or a worker of the user's. */
export function pageUrl(): string | undefined {
  return globalThis.document?.baseURI ?? globalThis.location?.href;
}

function urlRef(url: URL): SourceRef {
  return { url: url.href };
}
