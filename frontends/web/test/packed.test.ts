// Packed files, as `tenon pack` writes them.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { LoadOptions, ModelSource } from "../src/types.ts";
import {
  Engine,
  MODELS,
  modelPath,
  MODULES,
  NO_NATIVE,
  runNative,
  TenonError,
} from "./support/setup.ts";
import { PROMPT, textOf } from "./support/text.ts";

async function firstText(source: ModelSource, options: LoadOptions): Promise<string> {
  const engine = await Engine.load(source, options);
  try {
    const session = await engine.createSession();
    return await textOf(session, PROMPT, { maxTokens: 60, temperature: 0 });
  } finally {
    await engine.close();
  }
}

function blobOf(bytes: Uint8Array): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
}

for (const model of MODELS)
  describe(`packed ${model}`, { skip: NO_NATIVE }, () => {
    const folder = mkdtempSync(join(tmpdir(), "tenon-packed-"));
    const path = join(folder, `${model}.tnn`);
    before(() => void runNative("pack", modelPath(model), path, "--for", "wasm"));
    after(() => rmSync(folder, { recursive: true }));

    for (const module of MODULES.filter((name) => name !== "scalar"))
      test(`${module} writes the text of the GGUF`, async () => {
        for (const activations of ["int8", "f32"] as const) {
          const options = { module, activations };
          const expected = await firstText(modelPath(model), options);
          assert.equal(await firstText(path, options), expected);
        }
      });

    test("a module without its layouts says so", async (t) => {
      if (!MODULES.includes("scalar")) return t.skip("no such module is built");
      await assert.rejects(Engine.load(path, { module: "scalar" }), (error) => {
        assert.ok(error instanceof TenonError);
        assert.equal(error.kind, "unsupported-model");
        assert.match(error.message, /tensor '.*' is Q\S+ stored as 'q\S+_rows8'/);
        return true;
      });
    });

    test("changed and cut files are bad files", async () => {
      const module = MODULES.find((name) => name !== "scalar");
      if (!module) return;
      const good = Uint8Array.from(readFileSync(path));
      const changed = (at: number) => {
        const copy = good.slice();
        copy[at] = (copy[at] as number) ^ 1;
        return copy;
      };
      const bad: [Uint8Array, RegExp][] = [
        [changed(100), /manifest at byte 0: it was changed/],
        [changed(good.length - 1), /tensor '.*': its bytes were changed/],
        [good.slice(0, good.length - 1), /data_bytes: /],
        [good.slice(0, 1000), /manifest at byte 0: /],
      ];
      for (const [bytes, message] of bad)
        await assert.rejects(Engine.load(blobOf(bytes), { module }), (error) => {
          assert.ok(error instanceof TenonError);
          assert.equal(error.kind, "bad-file");
          assert.match(error.message, message);
          return true;
        });
    });
  });
