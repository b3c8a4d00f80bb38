// A server that sends the beginning of a file and then keeps the client waiting.
import { once } from "node:events";
import { createServer } from "node:http";

/** Resolves to its address, and to what tells when the client has gone. */
export async function serveStalling(t, bytes, sent) {
  let left;
  const gone = new Promise((done) => (left = done));
  const server = createServer((request, response) => {
    response.writeHead(200, {
      "Access-Control-Allow-Origin": "*",
      "Content-Type": "application/octet-stream",
      "Content-Length": bytes.length,
    });
    response.write(bytes.subarray(0, sent));
    response.on("close", left);
  });
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { address: `http://127.0.0.1:${server.address().port}/model.gguf`, gone };
}
