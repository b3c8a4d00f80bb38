// Sessions of the package as it is built, in Node.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Session } from "../src/session.ts";
import {
  ANY_MODULE,
  Engine,
  MODELS,
  modelPath,
  type TestEngine,
} from "./support/setup.ts";
import { PROMPT, textOf } from "./support/text.ts";

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

    test("read nothing when they were stopped before", async () => {
      const session = await engine.createSession();
      const signal = AbortSignal.abort();
      assert.equal(await textOf(session, PROMPT, { ...greedy, signal }), "");
      assert.equal(session.lastResult?.reason, "aborted");
      assert.equal(session.position, 0);
      await assert.rejects(session.feed([1, 2], { signal }), {
        kind: "aborted",
      });
      assert.equal(session.position, 0);
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
