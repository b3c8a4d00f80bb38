// The server gives what belongs to the page, and nothing else.
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import test, { after } from "node:test";
import { fileURLToPath } from "node:url";

import { serve } from "../../server/serve.mjs";
import { bytesOf, pathOf } from "./models.mjs";

const { server, address } = await serve();
after(() => server.close());
const model = bytesOf("tiny-llama");

/** Sends the path as it is; fetch() would tidy it up. */
function get(path, headers = {}, method = "GET") {
  return new Promise((done, fail) => {
    const { hostname, port } = new URL(address);
    request({ hostname, port, path, headers, method }, async (response) => {
      const body = Buffer.concat(await Array.fromAsync(response));
      done({ status: response.statusCode, headers: response.headers, body });
    })
      .on("error", fail)
      .end();
  });
}

test("it says when a model was written", async () => {
  const { headers } = await get("/models/tiny-llama.gguf", {}, "HEAD");
  const { mtimeMs } = await stat(pathOf("tiny-llama"));
  assert.equal(Date.parse(headers["last-modified"]), Math.floor(mtimeMs / 1000) * 1000);
});

const TYPES = {
  "/": "text/html; charset=utf-8",
  "/main.js": "text/javascript; charset=utf-8",
  "/style.css": "text/css; charset=utf-8",
  "/tenon/index.js": "text/javascript; charset=utf-8",
  "/tenon/wasm/tenon-scalar.mjs": "text/javascript; charset=utf-8",
  "/tenon/wasm/tenon-scalar.wasm": "application/wasm",
  "/models/tiny-llama.gguf": "application/octet-stream",
};

for (const [path, type] of Object.entries(TYPES))
  test(`${path} is ${type}`, async () => {
    const { status, headers } = await get(path, {}, "HEAD");
    assert.equal(status, 200);
    assert.equal(headers["content-type"], type);
    assert.equal(headers["cache-control"], "no-cache");
    assert.equal(headers["cross-origin-opener-policy"], "same-origin");
    assert.equal(headers["cross-origin-embedder-policy"], "require-corp");
  });

const OUTSIDE = [
  "/../package.json",
  "/%2e%2e/%2e%2e/package.json",
  "/..%2f..%2fpackage.json",
  "/tenon/..%2f..%2fpackage.json",
  "/tenon//etc/passwd",
  "/models/../README.md",
  "/models/..%2f..%2fREADME.md",
  "/models/README.md",
  "/models/%00.gguf",
  "/models/",
  "/%zz",
  "//",
];

for (const path of OUTSIDE)
  test(`${path} is not there`, async () => assert.equal((await get(path)).status, 404));

const RANGES = {
  "bytes=0-3": [0, 4],
  "bytes=4-4": [4, 5],
  "bytes=2373000-": [2373000, model.length],
  "bytes=2373000-9999999": [2373000, model.length],
  "bytes=-10": [model.length - 10, model.length],
};

for (const [range, [start, end]] of Object.entries(RANGES))
  test(`Range: ${range}`, async () => {
    const { status, headers, body } = await get("/models/tiny-llama.gguf", { range });
    assert.equal(status, 206);
    assert.equal(headers["content-range"], `bytes ${start}-${end - 1}/${model.length}`);
    assert.ok(body.equals(model.subarray(start, end)));
  });

test("a range behind the end is refused", async () => {
  const { status, headers } = await get("/models/tiny-llama.gguf", { range: "bytes=9999999-" });
  assert.equal(status, 416);
  assert.equal(headers["content-range"], `bytes */${model.length}`);
});

for (const range of ["bytes=0-1,4-5", "bytes=5-2", "bytes=-", "lines=1-2"])
  test(`Range: ${range} gives the whole file`, async () => {
    const { status, body } = await get("/models/tiny-llama.gguf", { range });
    assert.equal(status, 200);
    assert.ok(body.equals(model));
  });

test("nothing can be sent to it", async () => {
  assert.equal((await get("/", {}, "POST")).status, 405);
});

test("it serves another page and other models", async (t) => {
  const page = new URL("../consumer/", import.meta.url);
  const site = await serve({ page: fileURLToPath(page), models: tmpdir() });
  t.after(() => site.server.close());
  const index = await fetch(site.address);
  assert.equal(await index.text(), await readFile(new URL("index.html", page), "utf8"));
  assert.equal((await fetch(`${site.address}tenon/index.js`)).status, 200);
  assert.equal((await fetch(`${site.address}models/tiny-llama.gguf`)).status, 404);
});
