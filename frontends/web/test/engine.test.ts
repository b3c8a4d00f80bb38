// The package as it is built: the text of a model, and how an engine ends.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import type { Client } from "../src/client.ts";
import {
  ANY_MODULE,
  Engine,
  modelPath,
  type TestEngine,
} from "./support/setup.ts";
import { PROMPT, textOf } from "./support/text.ts";

// What is private to the package.
function clientOf(engine: object): Client {
  return (engine as { client: Client }).client;
}

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

describe("the end of an engine", () => {
  const path = modelPath("tiny-llama");
  const module = ANY_MODULE;

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
