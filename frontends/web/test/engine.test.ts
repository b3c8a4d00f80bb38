// The package as it is built, with real modules and models.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, openAsBlob, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Client } from "../src/client.ts";
import type { Session } from "../src/session.ts";
import type {
  ErrorKind,
  GenerateOptions,
  LoadOptions,
  LoadProgress,
  ModelSource,
} from "../src/types.ts";
import {
  ANY_MODULE,
  Engine,
  MODELS,
  modelPath,
  MODULES,
  NO_NATIVE,
  runNative,
} from "./support/setup.ts";

const PROMPT = "Once upon a time";

async function textOf(
  session: Session,
  prompt: string | number[],
  options: GenerateOptions,
): Promise<string> {
  let text = "";
  for await (const piece of session.generate(prompt, options)) text += piece;
  return text;
}

// What is private to the package.
function clientOf(engine: object): Client {
  return (engine as { client: Client }).client;
}

type TestEngine = Awaited<ReturnType<typeof Engine.load>>;

for (const module of MODULES)
  for (const model of MODELS)
    describe(`${module}, ${model}`, { skip: NO_NATIVE }, () => {
      let engine: TestEngine;
      before(async () => {
        engine = await Engine.load(modelPath(model), { module, rows: true });
      });
      after(() => engine.close());

      test("writes the native text", async () => {
        const args = ["-m", modelPath(model), "-n", "120", "--temp", "0"];
        const expected = runNative("run", ...args, PROMPT);
        const session = await engine.createSession();
        const options = { maxTokens: 120, temperature: 0 };
        const text = PROMPT + (await textOf(session, PROMPT, options));
        assert.equal(text.replace(/\n?$/, "\n"), expected);
        await session.close();
      });

      test("writes the native text of a seed", async () => {
        const args = ["-m", modelPath(model), "-n", "60", "-s", "11"];
        const sampling = ["--temp", "1.1", "--repeat-penalty", "3"];
        const expected = runNative("run", ...args, ...sampling, PROMPT);
        const session = await engine.createSession();
        const chosen = { temperature: 1.1, seed: 11, repeatPenalty: 3 };
        const options = { ...chosen, maxTokens: 60 };
        const text = PROMPT + (await textOf(session, PROMPT, options));
        assert.equal(text.replace(/\n?$/, "\n"), expected);
        await session.close();
      });

      test("computes the native logits and hidden states", async () => {
        const folder = mkdtempSync(join(tmpdir(), "tenon-"));
        const [logits, hidden] = ["l", "h"].map((name) => join(folder, name));
        const text = readFileSync(new URL(import.meta.url), "utf8");
        const ids = Array.from((await engine.encode(text)).slice(0, 150));
        runNative(
          ...["eval", "-m", modelPath(model), "--tokens", ids.join(",")],
          ...["--logits-out", logits as string, "--hidden-out", hidden as string],
        );
        const session = await engine.createSession();
        const rows: { logits: Uint8Array[]; hidden: Uint8Array[] } = {
          logits: [],
          hidden: [],
        };
        await session.feed(ids, {
          onRow: (row) => {
            rows.logits.push(bytesOf(row.logits));
            rows.hidden.push(bytesOf(row.hidden));
          },
        });
        assert.ok(Buffer.concat(rows.logits).equals(readFileSync(logits as string)));
        assert.ok(Buffer.concat(rows.hidden).equals(readFileSync(hidden as string)));
        const last = bytesOf(await session.logits());
        assert.ok(Buffer.from(last).equals(rows.logits.at(-1) as Buffer));
        await session.close();
      });
    });

function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.slice().buffer);
}

for (const model of MODELS)
  describe(`sessions of ${model}`, () => {
    let engine: TestEngine;
    const greedy = { maxTokens: 40, temperature: 0 };
    before(async () => {
      engine = await Engine.load(modelPath(model), { module: ANY_MODULE });
    });
    after(() => engine.close());

    test("write side by side what they write alone", async () => {
      const prompts = [PROMPT, "The little dog"];
      const alone: string[] = [];
      for (const prompt of prompts) {
        const session = await engine.createSession();
        alone.push(await textOf(session, prompt, greedy));
        await session.close();
      }
      const order: number[] = [];
      const together = await Promise.all(
        prompts.map(async (prompt, index) => {
          const session = await engine.createSession();
          const onPrefill = () => order.push(index);
          let text = "";
          for await (const piece of session.generate(prompt, {
            ...greedy,
            onPrefill,
          })) {
            text += piece;
            order.push(index);
          }
          await session.close();
          return text;
        }),
      );
      assert.deepEqual(together, alone);
      const firstEnd = order.lastIndexOf(0);
      assert.ok(order.indexOf(1) < firstEnd, "one after the other");
    });

    test("do one thing after the other", async () => {
      const session = await engine.createSession();
      const text = textOf(session, PROMPT, greedy);
      const logits = session.logits();
      const position = session.rewind(0);
      assert.notEqual(await text, "");
      assert.equal((await logits).length, engine.report.model.vocabSize);
      await position;
      assert.equal(session.position, 0);
      assert.equal(await textOf(session, PROMPT, greedy), await text);
      await session.close();
    });

    test("come back to a checkpoint", async () => {
      const session = await engine.createSession();
      await textOf(session, PROMPT, greedy);
      const place = await session.checkpoint();
      assert.equal(place.position, session.position);
      const next = await textOf(session, " and then", greedy);
      await session.rewind(place);
      assert.equal(session.position, place.position);
      assert.equal(await textOf(session, " and then", greedy), next);
      await place.close();
      await assert.rejects(session.rewind(place), { kind: "bad-argument" });
      await session.close();
    });

    test("tell the time of kernels since they were last asked", async () => {
      const session = await engine.createSession({ profile: true });
      await session.feed([1, 2, 3], { stepTokens: 1 });
      const [slowest, ...others] = await session.profile();
      assert.ok(slowest && slowest.nanoseconds > 0);
      for (const { nanoseconds } of others)
        assert.ok(nanoseconds <= slowest.nanoseconds);
      const head = [slowest, ...others].find(({ op }) => op === "Head");
      assert.match(head?.kernel ?? "", /^head_/);
      assert.equal(head?.calls, 3);
      assert.deepEqual(await session.profile(), []);
      await session.close();
    });

    test("have no profile that nobody asked for", async () => {
      const session = await engine.createSession();
      await session.feed([1]);
      await assert.rejects(session.profile(), { kind: "bad-argument" });
      await session.close();
    });

    test("hold the prompt and the text, and go on from there", async () => {
      const session = await engine.createSession();
      const text = await textOf(session, PROMPT, greedy);
      const held = (await engine.encode(PROMPT)).length + 40;
      assert.equal(session.position, held);
      assert.equal(session.lastResult?.reason, "max-tokens");
      const more = await textOf(session, [], greedy);
      await session.rewind(0);
      const whole = await textOf(session, PROMPT, { ...greedy, maxTokens: 80 });
      assert.equal(text + more, whole);
      await session.close();
    });

    test("stop at once in both phases, and stay usable", async () => {
      const session = await engine.createSession();
      const stop = new AbortController();
      const long = Array.from({ length: 300 }, (_, i) => i % 100);
      const onPrefill = () => stop.abort();
      const none = await textOf(session, long, {
        ...greedy,
        signal: stop.signal,
        onPrefill,
      });
      assert.equal(none, "");
      assert.equal(session.lastResult?.reason, "aborted");
      assert.ok(session.position < long.length, `${session.position}`);
      await session.rewind(0);
      let pieces = 0;
      for await (const piece of session.generate(PROMPT, { temperature: 0 }))
        if (piece && ++pieces === 3) break;
      assert.equal(session.lastResult?.reason, "aborted");
      assert.ok((session.lastResult?.generatedTokens ?? 0) < 40);
      await session.rewind(0);
      assert.notEqual(await textOf(session, PROMPT, greedy), "");
      await session.close();
    });

    test("sample by token as generate() does by text", async () => {
      const sampling = { temperature: 1.2, seed: 5, repeatPenalty: 3 };
      const session = await engine.createSession();
      const expected = await textOf(session, PROMPT, {
        ...sampling,
        maxTokens: 30,
      });
      await session.rewind(0);
      await session.feed(await engine.encode(PROMPT));
      const ids: number[] = [];
      while (ids.length < 30) {
        ids.push(await session.sample(sampling));
        await session.feed(ids.slice(-1));
      }
      assert.equal(await engine.decode(ids), expected);
      await session.close();
    });

    test("tell when they are full, and feed nothing then", async () => {
      const session = await engine.createSession({ contextSize: 16 });
      assert.equal(session.contextSize, 16);
      await assert.rejects(session.feed(new Int32Array(17)), {
        kind: "context-full",
        message: /17 tokens do not fit after 0 in a context of 16/,
      });
      await assert.rejects(textOf(session, Array(17).fill(1), greedy), {
        kind: "context-full",
      });
      assert.equal(session.position, 0);
      await textOf(session, PROMPT, { ...greedy, maxTokens: 100 });
      assert.equal(session.lastResult?.reason, "context-full");
      assert.equal(session.position, 16);
      await session.close();
    });

    test("refuse wrong arguments and go on", async () => {
      const session = await engine.createSession();
      const wrong = { kind: "bad-argument" };
      await assert.rejects(session.feed([]), wrong);
      await assert.rejects(session.feed([-1]), wrong);
      await assert.rejects(session.feed([1e9]), wrong);
      await assert.rejects(session.logits(), wrong);
      await assert.rejects(session.sample(), wrong);
      await assert.rejects(session.rewind(5), wrong);
      await assert.rejects(textOf(session, "", { topP: 7 }), wrong);
      await assert.rejects(textOf(session, PROMPT, { other: { x: 1 } }), wrong);
      await session.feed([1]);
      assert.equal(session.position, 1);
      await session.close();
      await assert.rejects(session.feed([1]), wrong);
    });

    test("take the memory that was set aside, and no more", async () => {
      const sessions: Session[] = [];
      await assert.rejects(
        async () => {
          for (;;) sessions.push(await engine.createSession());
        },
        { kind: "out-of-memory", message: /a session of .*'sessions'/ },
      );
      assert.ok(sessions.length > 1);
      for (const session of sessions) await session.close();
      const session = await engine.createSession();
      assert.notEqual(await textOf(session, PROMPT, greedy), "");
      await session.close();
    });
  });

describe("text", () => {
  let engine: TestEngine;
  before(async () => {
    engine = await Engine.load(modelPath("tiny-llama"), { module: ANY_MODULE });
  });
  after(() => engine.close());

  test("is encoded and decoded", async () => {
    for (const text of ["", "Hello, world", "a\nb", "é€😀", "\ufeffx\0y"]) {
      const ids = await engine.encode(text, { addSpecial: false });
      assert.equal(await engine.decode(ids), text);
    }
  });

  test("comes in whole code points", async () => {
    // Byte tokens: the pieces of this text are never whole characters.
    const ids = await engine.encode("😀€", { addSpecial: false });
    const session = await engine.createSession();
    const pieces: string[] = [];
    for (const [index, id] of ids.entries()) {
      const logitBias = { [id]: 1000 };
      const options = { temperature: 0, maxTokens: 1, logitBias };
      const prompt = index === 0 ? "a" : [];
      for await (const piece of session.generate(prompt, options))
        pieces.push(piece);
    }
    // Each text ends inside of a character, and says so.
    assert.equal(pieces.join("").replaceAll("\ufffd", ""), "");
    await session.close();
  });
});

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
        Engine.load(source, { module, ...options }),
        (error: { kind: string; message: string }) => {
          assert.equal(error.kind, kind, error.message);
          return true;
        },
      );
  });

  test("a failure in the worker closes the engine, and no other", async () => {
    const [broken, other] = await Promise.all([
      Engine.load(path, { module }),
      Engine.load(path, { module }),
    ]);
    const session = await broken.createSession();
    const text = textOf(session, PROMPT, {});
    const failed = assert.rejects(text, { kind: "engine" });
    // No number: it surprises the worker as a trap would.
    const tokens = null as unknown as Int32Array;
    await assert.rejects(clientOf(broken).call("decode", { tokens, special: false }), {
      kind: "engine",
    });
    await failed;
    await assert.rejects(broken.encode("x"), { kind: "engine" });
    assert.notEqual((await other.encode(PROMPT)).length, 0);
    await other.close();
    const next = await Engine.load(path, { module });
    assert.notEqual((await next.encode(PROMPT)).length, 0);
    await next.close();
  });

  test("an engine that is closed answers everything with an error", async () => {
    const engine = await Engine.load(path, { module });
    const session = await engine.createSession();
    const text = textOf(session, PROMPT, {});
    const failed = assert.rejects(text, { kind: "aborted" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await engine.close();
    await failed;
    await assert.rejects(engine.encode("x"), { kind: "aborted" });
  });

  test("a program ends when its engines are closed", () => {
    const index = new URL("../dist/index.js", import.meta.url);
    const script =
      `import { Engine } from "${index}"; ` +
      `const e = await Engine.load("${path}", { module: "${module}" }); ` +
      "await e.close(); console.log('end');";
    const args = ["--input-type=module", "-e", script];
    const options = { encoding: "utf8", timeout: 20_000 } as const;
    assert.equal(execFileSync(process.execPath, args, options), "end\n");
  });
});
