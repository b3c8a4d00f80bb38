// A server of one model, elsewhere, that says what it was asked for and can be made to fail.
import { once } from "node:events";
import { createServer } from "node:http";

import { parseRange } from "../../server/range.mjs";

const EXPOSED = "ETag, Content-Range";

/**
 * Resolves to what tests change: the `bytes`; the `version` that it gives as ETag; after how many
 * bytes it waits (`pausesAfter`), for `breakOff()` or for the client to go (`gone`); and what it
 * hangs up on (`refuses`) or never answers (`ignores`). And to its address and its `requests`,
 * "GET" or "GET bytes=7-".
 */
export async function host(t, bytes, { pausesAfter = Infinity } = {}) {
  const site = { bytes, version: '"1"', pausesAfter, requests: [] };
  site.gone = new Promise((done) => (site.left = done));
  const server = createServer((request, response) => answer(site, request, response));
  site.stop = () => (server.closeAllConnections(), server.close());
  t.after(site.stop);
  await once(server.listen(0, "127.0.0.1"), "listening");
  site.address = `http://127.0.0.1:${server.address().port}/model.gguf`;
  return site;
}

function answer(site, { method, headers }, response) {
  const request = [method, headers.range].filter(Boolean).join(" ");
  site.requests.push(request);
  if (site.refuses?.test(request)) response.destroy();
  else if (!site.ignores?.test(request)) send(site, method, headers.range, response);
}

function send(site, method, wanted, response) {
  const { bytes, version, pausesAfter } = site;
  const range = version && parseRange(wanted, bytes.length);
  const { start, end } = range ?? { start: 0, end: bytes.length - 1 };
  response.setHeader("Access-Control-Allow-Origin", "*");
  response.setHeader("Access-Control-Expose-Headers", EXPOSED);
  response.setHeader("Content-Length", end - start + 1);
  if (version) response.setHeader("ETag", version);
  if (range) response.setHeader("Content-Range", `bytes ${start}-${end}/${bytes.length}`);
  response.writeHead(range ? 206 : 200);
  if (method === "HEAD") return response.end();
  if (pausesAfter > end) return response.end(bytes.subarray(start, end + 1));
  response.write(bytes.subarray(start, pausesAfter));
  response.on("close", site.left);
  site.breakOff = () => response.destroy();
}
