// Serves the page of the benchmark on the loopback interface: with the headers
// that give a page threads, and without caching.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, resolve, sep } from "node:path";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";

const PAGE = fileURLToPath(new URL("page", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../web/dist", import.meta.url));

const TYPES = {
  ".gguf": "application/octet-stream",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * @param {string} model  the file that /model.gguf is
 * @returns {Promise<{server: import("node:http").Server, address: string}>}
 */
export async function serve(model) {
  const server = createServer((request, response) => {
    answer(request, response, model).catch(() => response.writeHead(404).end());
  });
  await new Promise((done, fail) => server.once("error", fail).listen(0, "127.0.0.1", done));
  return { server, address: `http://127.0.0.1:${server.address().port}/` };
}

async function answer(request, response, model) {
  const file = locate(new URL(request.url, "http://localhost").pathname, model);
  const { size } = await stat(file);
  const type = TYPES[extname(file)] ?? TYPES[".gguf"];
  response.writeHead(200, { ...HEADERS, "Content-Type": type, "Content-Length": size });
  pipeline(createReadStream(file), response, () => {}); // who left misses nothing
}

function locate(path, model) {
  if (path === "/model.gguf") return model;
  if (path.startsWith("/tenon/")) return inside(PACKAGE, path.slice(7));
  return inside(PAGE, path === "/" ? "index.html" : path.slice(1));
}

function inside(folder, path) {
  const file = resolve(folder, path);
  if (!file.startsWith(folder + sep)) throw new Error(`${path}: is outside`);
  return file;
}
