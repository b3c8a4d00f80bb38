// What cannot be arranged in a browser: that files change between two looks at them.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Reader } from "../src/worker/reader.ts";
import { openSource } from "../src/worker/sources.ts";

const BYTES = Uint8Array.from({ length: 5000 }, (_, i) => i * 7);
const VERSION = '"1"';

/** A private file of `bytes`, of which a first look saw `seen`. */
function privateFile(bytes: Uint8Array, seen = bytes.length) {
  const file = { bytes };
  const access = {
    getSize: () => file.bytes.length,
    truncate: (size: number) => void (file.bytes = file.bytes.slice(0, size)),
    read(target: Uint8Array, { at }: { at: number }) {
      const part = file.bytes.subarray(at, at + target.length);
      target.set(part);
      return part.length;
    },
    write(part: Uint8Array, { at }: { at: number }) {
      const grown = new Uint8Array(Math.max(file.bytes.length, at + part.length));
      grown.set(file.bytes);
      grown.set(part, at);
      file.bytes = grown;
      return part.length;
    },
    close() {},
  };
  const text = async () => new TextDecoder().decode(file.bytes);
  const getFile = async () => ({ size: seen, text });
  return { file, handle: { getFile, createSyncAccessHandle: async () => access } };
}

test("a part that became shorter meanwhile is continued where it ends", async (t) => {
  const server = createServer((request, response) => {
    const [, from] = /bytes=(\d+)-/.exec(request.headers.range ?? "") ?? [];
    const range = `bytes ${from}-${BYTES.length - 1}/${BYTES.length}`;
    response.setHeader("ETag", VERSION);
    if (from) response.setHeader("Content-Range", range);
    response.writeHead(from ? 206 : 200).end(BYTES.subarray(Number(from ?? 0)));
  });
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/m.gguf`;

  const about = JSON.stringify({ url, size: BYTES.length, version: VERSION });
  const files = {
    "about.json": privateFile(new TextEncoder().encode(about)),
    model: privateFile(BYTES.slice(0, 1000), 3000),
  };
  const folder = {
    getDirectoryHandle: async () => folder,
    getFileHandle: async (name: keyof typeof files) => files[name].handle,
  };
  const storage = { getDirectory: async () => folder };
  Object.defineProperty(navigator, "storage", { value: storage, configurable: true });
  t.after(() => Reflect.deleteProperty(navigator, "storage"));

  const source = await openSource({ url }, true);
  const all = new Uint8Array(source.size);
  await new Reader(source).fill(all);
  assert.deepEqual(all, BYTES);
  assert.equal(source.reusedBytes, 1000);
  assert.deepEqual(files.model.file.bytes, BYTES);
});
