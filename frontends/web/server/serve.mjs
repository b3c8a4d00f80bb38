#!/usr/bin/env node
// A static server for the page, on the loopback interface only.
//
//   node serve.mjs [--port N] [--no-isolation] [--models DIR]
//
//   /           dist/page
//   /tenon/     dist, the package
//   /models/    the *.gguf and *.tnn of DIR, by default the models that ship
//
// --no-isolation leaves out the two headers that browsers want before they give threads.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, STATUS_CODES } from "node:http";
import { extname, resolve, sep } from "node:path";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { parseRange } from "./range.mjs";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const PAGE = resolve(DIST, "page");
const MODELS = fileURLToPath(new URL("../../../models", import.meta.url));

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".gguf": "application/octet-stream",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".tnn": "application/octet-stream",
  ".ts": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

const MODEL_TYPES = [".gguf", ".tnn"];

const BLOCK_BYTES = 1 << 20; // of a file that is sent

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** The file that a path of the site stands for; undefined if it stands for none. */
function locate(path, { page, models }) {
  if (path.startsWith("/models/")) return inside(models, path.slice(8), MODEL_TYPES);
  const types = Object.keys(TYPES);
  if (path.startsWith("/tenon/")) return inside(DIST, path.slice(7), types);
  return inside(page, path === "/" ? "index.html" : path.slice(1), types);
}

function inside(folder, path, types) {
  const file = resolve(folder, path);
  return file.startsWith(folder + sep) && types.includes(extname(file)) ? file : undefined;
}

function pathOf(request) {
  try {
    return decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  } catch {
    return "";
  }
}

/** Its size, and when it was written. */
async function factsOf(file) {
  try {
    const found = await stat(file);
    return found.isFile() ? found : undefined;
  } catch {
    return undefined; // it is not there, or its name cannot be one
  }
}

function refuse(response, status, headers = {}) {
  response.writeHead(status, headers).end(STATUS_CODES[status]);
}

async function answer(request, response, folders) {
  const isRead = ["GET", "HEAD"].includes(request.method);
  if (!isRead) return refuse(response, 405, { Allow: "GET, HEAD" });
  const file = locate(pathOf(request), folders);
  const facts = file && (await factsOf(file));
  if (!facts) return refuse(response, 404);
  response.setHeader("Content-Type", TYPES[extname(file)]);
  response.setHeader("Last-Modified", facts.mtime.toUTCString());
  send(request, response, file, facts.size);
}

function send(request, response, file, size) {
  const range = parseRange(request.headers.range, size);
  if (range === null) return refuse(response, 416, { "Content-Range": `bytes */${size}` });
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const headers = { "Accept-Ranges": "bytes", "Content-Length": end - start + 1 };
  if (range) headers["Content-Range"] = `bytes ${start}-${end}/${size}`;
  response.writeHead(range ? 206 : 200, headers);
  if (request.method === "HEAD" || size === 0) return response.end();
  const bytes = createReadStream(file, { start, end, highWaterMark: BLOCK_BYTES });
  pipeline(bytes, response, () => {}); // who left misses nothing
}

/**
 * Listens; port 0 takes any. `page` is the folder that / stands for. Resolves to
 * the server and its address.
 */
export async function serve({ port = 0, isolation = true, page = PAGE, models = MODELS } = {}) {
  const folders = { page: resolve(page), models: resolve(models) };
  const server = createServer((request, response) => {
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (isolation) response.setHeaders(new Headers(ISOLATION));
    answer(request, response, folders).catch(() => response.destroy());
  });
  await new Promise((done, fail) => server.once("error", fail).listen(port, "127.0.0.1", done));
  return { server, address: `http://127.0.0.1:${server.address().port}/` };
}

async function main() {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      port: { type: "string", default: "8080" },
      isolation: { type: "boolean", default: true },
      models: { type: "string", default: MODELS },
    },
  });
  const { address } = await serve({ ...values, port: Number(values.port) });
  console.log(address);
}

if (import.meta.main) {
  await main().catch((error) => {
    console.error(`serve: ${error.message}`);
    process.exitCode = 1;
  });
}
