// Memory is asked for, and what is in it stays.
import assert from "node:assert/strict";
import { test } from "node:test";
import { touchPages } from "../src/toucher/touch.ts";

const MB = 1024 * 1024;
const PAGE_BYTES = 65536; // of WebAssembly

function memoryOf(bytes: number): WebAssembly.Memory {
  const pages = bytes / PAGE_BYTES;
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

test("touched memory keeps its bytes", () => {
  const memory = memoryOf(MB);
  const bytes = new Uint8Array(memory.buffer);
  bytes.forEach((_, i) => (bytes[i] = i * 7 + (i >> 8)));
  const before = bytes.slice();
  touchPages({ memory, begin: 4, end: MB });
  assert.ok(bytes.every((byte, i) => byte === before[i]));
});

test("the system gives all of it, and no more", () => {
  const memory = memoryOf(192 * MB);
  const before = process.memoryUsage().rss;
  touchPages({ memory, begin: 64 * MB, end: 128 * MB });
  const given = (process.memoryUsage().rss - before) / MB;
  assert.ok(given > 60 && given < 80, `${given} MB`);
});
