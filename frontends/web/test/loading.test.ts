// Loading a model with the package as it is built.
import assert from "node:assert/strict";
import { once } from "node:events";
import { openAsBlob, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import type { ErrorKind, LoadOptions, LoadProgress, ModelSource } from "../src/types.ts";
import {
  ANY_MODULE,
  Engine,
  keptModels,
  modelPath,
  MODULES,
  removeKeptModel,
  type TestEngine,
} from "./support/setup.ts";

async function closed(loading: Promise<TestEngine>): Promise<TestEngine> {
  const engine = await loading;
  await engine.close();
  return engine;
}

describe("loading", () => {
  const path = modelPath("tiny-llama");
  const module = ANY_MODULE;

  test("reports progress and what runs", async () => {
    const seen: LoadProgress[] = [];
    const onProgress = (progress: LoadProgress) => seen.push(progress);
    const engine = await Engine.load(path, { module, onProgress, threads: 1 });
    const total = readFileSync(path).length;
    assert.deepEqual(seen.at(-1), { phase: "weights", loaded: total, total });
    assert.equal(seen[0]?.phase, "header");
    const { report } = engine;
    assert.equal(report.threads, 1);
    assert.equal(report.model.architecture, "llama");
    assert.ok(report.kernels.length > 5);
    const { weightsBytes, sessionBytes, totalBytes } = report.memory;
    const { positionBytes, stateBytes } = report.memory;
    assert.equal(stateBytes, report.model.contextSize * positionBytes);
    assert.ok(totalBytes < weightsBytes + sessionBytes + 64e6);
    await engine.close();
  });

  const threaded = MODULES.find((name) => name.endsWith("-threads"));
  test("measures how many threads are fastest", { skip: !threaded }, async () => {
    const options = threaded ? { module: threaded } : {};
    const { report } = await closed(Engine.load(path, options));
    if (report.tuning) {
      const tried = report.tuning.samples.map((sample) => sample.threads);
      assert.equal(tried[0], 1);
      assert.ok(tried.includes(report.threads));
      const tiles = report.tuning.tileSamples.map((sample) => sample.tileKib);
      assert.equal(tiles[0], 0);
      assert.ok(tiles.includes(report.tuning.tileKib));
      assert.equal(report.tuning.remembered, false); // Node keeps nothing
    } else {
      assert.equal(report.threads, 1); // one core
    }
    const given = await closed(Engine.load(path, { ...options, threads: 1 }));
    assert.equal(given.report.tuning, undefined);
    assert.equal(given.report.threads, 1);
  });

  test("from a Blob", async () => {
    const blob = new Blob([readFileSync(path)]);
    const engine = await Engine.load(blob, { module });
    assert.equal(engine.report.memory.fileBytes, blob.size);
    await engine.close();
  });

  test("to be kept, where there is no place for that", async () => {
    const server = createServer((_, response) => response.end(readFileSync(path)));
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/m.gguf`;
    const { report } = await closed(Engine.load(url, { module, keep: true }));
    server.close();
    assert.equal(report.reusedBytes, 0);
    assert.match(report.fallbacks.join(), /the model is not kept: only pages/);
    assert.deepEqual(await keptModels(), []);
    await removeKeptModel(url);
  });

  test("can be aborted at every point", async () => {
    await assert.rejects(
      Engine.load(path, { module, signal: AbortSignal.abort() }),
      { kind: "aborted" },
    );
    for (const ms of [0, 10, 30, 60, 100, 150]) {
      const signal = AbortSignal.timeout(ms);
      const loading = Engine.load(path, { module, signal });
      const outcome = await loading.catch((error) => error);
      if (outcome instanceof Engine) await outcome.close();
      else assert.equal(outcome.kind, "aborted");
    }
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    await assert.rejects(
      Engine.load(path, { module, signal: stop.signal, onProgress }),
      { kind: "aborted" },
    );
  });

  test("what is wrong has a kind", async () => {
    const wrong: [ModelSource, LoadOptions, ErrorKind][] = [
      ["/nowhere/x.gguf", {}, "not-found"],
      [new Blob(["GGUF but no more"]), {}, "bad-file"],
      [new Blob([]), {}, "bad-file"],
      ["http://127.0.0.1:1/", {}, "network"],
      [path, { contextSize: -1 }, "bad-argument"],
      [path, { backends: ["abacus"] }, "bad-argument"],
      [path, { contextSize: 10_000_000 }, "out-of-memory"],
      [7 as unknown as string, {}, "bad-argument"],
      [await openAsBlob(path), {}, "bad-argument"], // Node cannot post it
    ];
    for (const [source, options, kind] of wrong)
      await assert.rejects(
        Engine.load(source, { module, ...options }).then((engine) =>
          engine.close(),
        ),
        (error: { kind: string; message: string }) => {
          assert.equal(error.kind, kind, error.message);
          return true;
        },
      );
  });
});
