// Requests, events, cancelling and failures, with a worker that the test plays.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "../src/client.ts";
import type { Reply, Request } from "../src/protocol.ts";
import { Session } from "../src/session.ts";
import { TenonError } from "../src/types.ts";
import type { WorkerListener } from "../src/worker_handle.ts";

class FakeWorker {
  readonly requests: Request[] = [];
  terminated = 0;
  listener!: WorkerListener;

  readonly client = new Client((listener) => {
    this.listener = listener;
    return {
      post: (request) => void this.requests.push(request),
      terminate: async () => void ++this.terminated,
    };
  });

  reply(reply: Reply): void {
    this.listener.onMessage(reply);
  }

  fail(id: number, kind: "bad-argument" | "engine", fatal: boolean): void {
    this.reply({ id, type: "error", error: { kind, message: "why", fatal } });
  }
}

test("answers find their requests in any order", async () => {
  const worker = new FakeWorker();
  const first = worker.client.call("logits", { session: 1 });
  const second = worker.client.call("checkpoint", { session: 2 });
  worker.reply({ id: 2, type: "result", result: 22 });
  worker.reply({ id: 1, type: "result", result: new Float32Array(1) });
  assert.equal(await second, 22);
  assert.equal((await first).length, 1);
});

test("an error belongs to its request alone", async () => {
  const worker = new FakeWorker();
  const wrong = worker.client.call("checkpoint", { session: 1 });
  const right = worker.client.call("checkpoint", { session: 2 });
  worker.fail(1, "bad-argument", false);
  worker.reply({ id: 2, type: "result", result: 5 });
  await assert.rejects(wrong, { kind: "bad-argument", message: "why" });
  assert.equal(await right, 5);
  assert.equal(worker.terminated, 0);
});

test("a fatal error ends the worker and every request", async () => {
  const worker = new FakeWorker();
  const calls = [1, 2].map((session) =>
    worker.client.call("checkpoint", { session }),
  );
  worker.fail(1, "engine", true);
  for (const call of calls) await assert.rejects(call, { kind: "engine" });
  await assert.rejects(worker.client.call("checkpoint", { session: 3 }), {
    kind: "engine",
  });
  assert.equal(worker.terminated, 1);
});

test("a lost worker is an engine error", async () => {
  const worker = new FakeWorker();
  const call = worker.client.call("checkpoint", { session: 1 });
  worker.listener.onFailure("it ended");
  await assert.rejects(call, { kind: "engine", message: /it ended/ });
});

test("closing fails what is open, once", async () => {
  const worker = new FakeWorker();
  const call = worker.client.call("checkpoint", { session: 1 });
  const closed = assert.rejects(call, { kind: "aborted" });
  await worker.client.close(new TenonError("aborted", "closed"));
  await worker.client.close(new TenonError("aborted", "closed again"));
  await closed;
  assert.equal(worker.terminated, 1);
});

test("a signal cancels only while its request is open", async () => {
  const worker = new FakeWorker();
  const [open, done] = [new AbortController(), new AbortController()];
  const tokens = new Int32Array(1);
  const params = { session: 1, tokens, stepTokens: 0, rows: false };
  void worker.client.call("feed", params, { signal: open.signal });
  const finished = worker.client.call("feed", params, { signal: done.signal });
  worker.reply({ id: 2, type: "result", result: undefined });
  await finished;
  open.abort();
  done.abort();
  const cancels = worker.requests.filter(({ call }) => call === "cancel");
  assert.deepEqual(cancels, [{ id: 1, call: "cancel" }]);
});

test("what a signal aborted before is cancelled from the start", () => {
  const worker = new FakeWorker();
  const signal = AbortSignal.abort();
  const params = { session: 1, sampler: "" };
  void worker.client.call("sample", params, { signal });
  assert.deepEqual(worker.requests, [
    { id: 1, call: "sample", params, cancelled: true },
  ]);
});

const RESULT = {
  reason: "aborted",
  promptTokens: 1,
  generatedTokens: 2,
  prefillSeconds: 0,
  decodeSeconds: 0,
  sampleSeconds: 0,
  position: 3,
};

test("leaving the loop of generate() cancels, and waits for the worker", async () => {
  const worker = new FakeWorker();
  const session = new Session(worker.client, 1, 100);
  const loop = (async () => {
    for await (const piece of session.generate("Hi", { seed: 7 })) return piece;
    return "nothing";
  })();
  await turn();
  worker.reply({ id: 1, type: "event", event: { position: 2, text: "a" } });
  await turn();
  assert.deepEqual(worker.requests.at(-1), { id: 1, call: "cancel" });
  assert.ok(!session.lastResult);
  worker.reply({ id: 1, type: "result", result: RESULT });
  assert.equal(await loop, "a");
  assert.equal(session.position, 3);
  assert.equal((session.lastResult as { seed: number } | undefined)?.seed, 7);
});

test("generate() throws what the worker answered, after the text", async () => {
  const worker = new FakeWorker();
  const session = new Session(worker.client, 1, 100);
  const pieces: string[] = [];
  const loop = (async () => {
    for await (const piece of session.generate("Hi")) pieces.push(piece);
  })();
  const failed = assert.rejects(loop, { kind: "engine" });
  await turn();
  worker.reply({ id: 1, type: "event", event: { position: 2, text: "a" } });
  worker.fail(1, "engine", true);
  await failed;
  assert.deepEqual(pieces, ["a"]);
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
