// Files that a server sends.
import { describe } from "../errors.ts";
import { TenonError } from "../types.ts";
import type { ByteSource, Reads } from "./byte_source.ts";
import { streamReads } from "./streams.ts";

const PATIENCE_MS = 3000;

/** What tells a file from another that took its place. */
export interface Identity {
  size: number;
  /** ETag, or else Last-Modified; absent: the server tells neither. */
  version?: string | undefined;
}

/** A file on its way, from byte `begin` on. */
export interface Download extends Identity, Reads {
  begin: number;
}

/** @throws TenonError network */
export async function openUrl(url: string): Promise<ByteSource> {
  const { size, read, close } = await download(url);
  return { name: url, size, read, close };
}

// The whole file.
async function download(url: string, init?: RequestInit): Promise<Download> {
  const response = await request(url, init);
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
  return started(url, { size, version: versionOf(response) }, 0, response.body);
}

// What is kept elsewhere, or is being asked after.
const UNCACHED = { cache: "no-store" } as const;

/**
 * From byte `begin` on, if the server has still the file that is `known`, and can;
 * otherwise the whole. @throws TenonError network; so do its reads.
 */
export async function resume(
  url: string,
  known: Identity | undefined,
  begin: number,
): Promise<Download> {
  const isPart = begin > 0 && begin < (known?.size ?? 0);
  if (!isPart || !known?.version) return download(url, UNCACHED);
  const init = { ...UNCACHED, headers: { Range: `bytes=${begin}-` } };
  // Browsers may have to ask a server elsewhere whether it allows ranges.
  const response = await request(url, init).catch(() => undefined);
  if (response?.body && isRest(response, known, begin))
    return started(url, known, begin, response.body);
  await response?.body?.cancel();
  return download(url, UNCACHED);
}

function isRest(response: Response, known: Identity, begin: number): boolean {
  const { size, version } = known;
  const range = `bytes ${begin}-${size - 1}/${size}`;
  return (
    response.headers.get("Content-Range") === range &&
    versionOf(response) === version
  );
}

/**
 * Whether the server has another file by now; false if it does not tell, or not
 * soon.
 */
export async function isReplaced(url: string, known: Identity): Promise<boolean> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const init = { ...UNCACHED, method: "HEAD", signal };
  const response = await request(url, init).catch(() => undefined);
  if (!response?.ok) return false;
  const size = contentLength(response) ?? known.size;
  const version = versionOf(response) ?? known.version;
  return size !== known.size || version !== (known.version ?? version);
}

function started(
  url: string,
  identity: Identity,
  begin: number,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): Download {
  const failed = (error: unknown, done: number) =>
    networkError(`${url} (after ${begin + done} of ${identity.size} bytes)`, error);
  return { ...identity, begin, ...streamReads(body, failed) };
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

function versionOf({ headers }: Response): string | undefined {
  return headers.get("ETag") ?? headers.get("Last-Modified") ?? undefined;
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
