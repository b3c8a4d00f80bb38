// A server of one model, elsewhere, that says what it was asked for and can be made to fail.
import { once } from "node:events";
import { createServer } from "node:http";

import { parseRange } from "../../server/range.mjs";

const EXPOSED = "ETag, Content-Range";

/**
 * Resolves to what tests change: the `bytes`, the `version` that it gives as ETag, and after how
 * many bytes it waits for `breakOff()`; and to its address and its `requests`, "GET" or
 * "GET bytes=7-".
 */
export async function host(t, bytes) {
  const site = { bytes, version: '"1"', pausesAfter: Infinity, requests: [] };
  const server = createServer((request, response) => answer(site, request, response));
  site.stop = () => (server.closeAllConnections(), server.close());
  t.after(site.stop);
  await once(server.listen(0, "127.0.0.1"), "listening");
  site.address = `http://127.0.0.1:${server.address().port}/model.gguf`;
  return site;
}

function answer(site, { method, headers }, response) {
  const { bytes, version, pausesAfter, requests } = site;
  requests.push([method, headers.range].filter(Boolean).join(" "));
  const range = version && parseRange(headers.range, bytes.length);
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
  site.breakOff = () => response.destroy();
}
