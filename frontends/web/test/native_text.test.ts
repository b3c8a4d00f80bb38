// Every module writes what the native program writes.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import {
  Engine,
  MODELS,
  modelPath,
  MODULES,
  NO_NATIVE,
  runNative,
  type TestEngine,
} from "./support/setup.ts";
import { PROMPT, textOf } from "./support/text.ts";

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
