// What a page downloads before the model: a module with its JavaScript.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync, constants } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const modules = [
  "scalar",
  "simd128",
  "relaxed",
  "simd128-threads",
  "relaxed-threads",
];
const MOST_BYTES = 700_000;
const MOST_BROTLI_BYTES = 220_000;

interface Size {
  raw: number;
  brotli: number;
}

function sizeOf(files: string[]): Size {
  const size = { raw: 0, brotli: 0 };
  for (const file of files) {
    const bytes = readFileSync(new URL(file, dist));
    size.raw += bytes.length;
    size.brotli += brotli(bytes);
  }
  return size;
}

function brotli(bytes: Uint8Array): number {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).length;
}

const text = ({ raw, brotli }: Size) => `${raw} bytes, ${brotli} with brotli`;

for (const name of modules)
  test(`the module ${name} is small, all its JavaScript included`, (t) => {
    const wasm = sizeOf([`wasm/tenon-${name}.wasm`]);
    const all = [`wasm/tenon-${name}.wasm`, `wasm/tenon-${name}.mjs`];
    const size = sizeOf([...all, "index.js", "worker.js", "toucher.js"]);
    t.diagnostic(`${name}: ${text(size)}; the .wasm alone ${text(wasm)}`);
    assert.ok(size.raw <= MOST_BYTES, `${size.raw} bytes`);
    assert.ok(size.brotli <= MOST_BROTLI_BYTES, `${size.brotli} with brotli`);
  });
