// Every kind of source, and what goes wrong with each.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { ErrorKind } from "../src/types.ts";
import { TenonError } from "../src/types.ts";
import { Reader } from "../src/worker/reader.ts";
import { openSource } from "../src/worker/sources.ts";

const BYTES = Uint8Array.from({ length: 10_000_019 }, (_, i) => (i * 7919) >> 5);

async function readAll(ref: Parameters<typeof openSource>[0]) {
  const source = await openSource(ref);
  const reader = new Reader(source);
  const all = new Uint8Array(source.size);
  await reader.fill(all);
  await reader.close();
  return all;
}

function isTenonError(kind: ErrorKind, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof TenonError, String(error));
    assert.equal(error.kind, kind);
    assert.match(error.message, message);
    return true;
  };
}

describe("files", () => {
  const folder = mkdtempSync(join(tmpdir(), "tenon-"));
  const path = join(folder, "model.gguf");
  before(() => writeFileSync(path, BYTES));

  test("are read by path and by URL", async () => {
    assert.deepEqual(await readAll({ path }), BYTES);
    assert.deepEqual(await readAll({ url: pathToFileURL(path).href }), BYTES);
  });

  test("that are missing or no files are named", async () => {
    const missing = join(folder, "missing");
    await assert.rejects(
      openSource({ path: missing }),
      isTenonError("not-found", /missing/),
    );
    await assert.rejects(
      openSource({ path: folder }),
      isTenonError("bad-file", /is not a file/),
    );
  });

  test("of a browser are read in blocks", async () => {
    assert.deepEqual(await readAll({ blob: new Blob([BYTES]) }), BYTES);
    assert.deepEqual(await readAll({ blob: new Blob([]) }), new Uint8Array(0));
  });

  test("of a browser whose streams bring memory of their own are read", async () => {
    const blob = new Blob([BYTES]);
    const stream = () => blob.stream().pipeThrough(new TransformStream());
    const plain = { size: blob.size, stream } as Blob;
    assert.throws(() => plain.stream().getReader({ mode: "byob" }), TypeError);
    assert.deepEqual(await readAll({ blob: plain }), BYTES);
  });

  test("behind handles are read, or named", async () => {
    const handle = (getFile: () => Promise<File>) =>
      ({ name: "opfs.gguf", getFile }) as FileSystemFileHandle;
    const file = new File([BYTES], "opfs.gguf");
    assert.deepEqual(await readAll({ handle: handle(async () => file) }), BYTES);
    const gone = handle(async () => {
      throw new DOMException("it is gone", "NotFoundError");
    });
    await assert.rejects(
      openSource({ handle: gone }),
      isTenonError("not-found", /opfs\.gguf: it is gone/),
    );
  });

  test("of the page's own are read without a stream, and unlocked", async () => {
    const calls: string[] = [];
    let at = 0;
    const access = {
      getSize: () => BYTES.length,
      read(target: Uint8Array) {
        const part = BYTES.subarray(at, at + Math.min(target.length, 4096));
        target.set(part);
        at += part.length;
        return part.length;
      },
      close: () => calls.push("close"),
    };
    const handle = {
      name: "opfs.gguf",
      createSyncAccessHandle: async ({ mode }: { mode: string }) => {
        calls.push(mode);
        return access;
      },
    } as unknown as FileSystemFileHandle;
    assert.deepEqual(await readAll({ handle }), BYTES);
    assert.deepEqual(calls, ["read-only", "close"]);
  });

  test("of the page's own that are locked are read all the same", async () => {
    const handle = {
      name: "opfs.gguf",
      createSyncAccessHandle: async () => {
        throw new DOMException("locked", "NoModificationAllowedError");
      },
      getFile: async () => new File([BYTES], "opfs.gguf"),
    } as unknown as FileSystemFileHandle;
    assert.deepEqual(await readAll({ handle }), BYTES);
  });

  test("that shrink while they are read are truncated", async () => {
    const source = await openSource({ blob: new Blob([BYTES]) });
    const reader = new Reader({ ...source, size: source.size + 11 });
    await assert.rejects(
      reader.fill(new Uint8Array(source.size + 11)),
      isTenonError("bad-file", /ends after 10000019 of 10000030.*11 are missing/),
    );
  });
});

describe("the network", () => {
  let server: Server;
  let base: string;
  let answer: RequestListener;
  before(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/m.gguf`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test("with a length", async () => {
    answer = (_, response) =>
      response.setHeader("Content-Length", BYTES.length).end(BYTES);
    assert.deepEqual(await readAll({ url: base }), BYTES);
  });

  test("without a length, from a server that knows ranges", async () => {
    answer = ({ headers }, response) => {
      if (headers.range !== "bytes=0-0") return void chunked(response, BYTES);
      const range = `bytes 0-0/${BYTES.length}`;
      response.writeHead(206, { "Content-Range": range }).end(BYTES.slice(0, 1));
    };
    assert.deepEqual(await readAll({ url: base }), BYTES);
  });

  test("compressed: the length is not the file's", async () => {
    answer = ({ headers }, response) => {
      if (headers.range) {
        const range = `bytes 0-0/${BYTES.length}`;
        response.writeHead(206, { "Content-Range": range }).end("x");
        return;
      }
      const zipped = gzipSync(BYTES, { level: 1 });
      response.setHeader("Content-Encoding", "gzip");
      response.setHeader("Content-Length", zipped.length).end(zipped);
    };
    assert.deepEqual(await readAll({ url: base }), BYTES);
  });

  test("without any way to tell the length", async () => {
    answer = (_, response) => chunked(response, BYTES);
    await assert.rejects(
      openSource({ url: base }),
      isTenonError("network", /how long the file is/),
    );
  });

  test("an HTTP status", async () => {
    answer = (_, response) => response.writeHead(404).end("no");
    await assert.rejects(
      openSource({ url: base }),
      isTenonError("network", /m\.gguf: HTTP status 404 Not Found/),
    );
  });

  test("nobody answers", async () => {
    await assert.rejects(
      openSource({ url: "http://127.0.0.1:1/m.gguf" }),
      isTenonError("network", /127\.0\.0\.1:1/),
    );
  });

  test("a connection that breaks", async () => {
    answer = (_, response) => {
      response.setHeader("Content-Length", BYTES.length);
      response.write(BYTES.slice(0, 100_000), () => response.destroy());
    };
    await assert.rejects(
      readAll({ url: base }),
      isTenonError("network", /after \d+ of 10000019 bytes/),
    );
  });
});

function chunked(response: Parameters<RequestListener>[1], bytes: Uint8Array) {
  response.write(bytes.slice(0, 1000));
  response.end(bytes.slice(1000));
}
