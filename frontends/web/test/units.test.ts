// Small parts, each by itself.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { statusError, toWire } from "../src/errors.ts";
import { EventQueue } from "../src/event_queue.ts";
import { samplerText } from "../src/sampling.ts";
import { sourceRef } from "../src/source_ref.ts";
import { TenonError } from "../src/types.ts";
import { chooseModule, type Machine } from "../src/worker/choose.ts";
import { describeTuning, textStore } from "../src/worker/tuning.ts";
import {
  smallMemory,
  tooMuch,
  totalBytes,
  type Needs,
} from "../src/worker/memory.ts";
import { hasSimd128, relaxedSimd } from "../src/worker/probe.ts";
import { TextStream } from "../src/worker/text_stream.ts";
import { throttle } from "../src/worker/throttle.ts";

describe("text stream", () => {
  test("gives whole code points only", () => {
    const text = "aé€😀\u{feff}b";
    const stream = new TextStream();
    const pieces = Array.from(new TextEncoder().encode(text), (byte) =>
      stream.push(Uint8Array.of(byte)),
    );
    assert.deepEqual(pieces.filter(Boolean), Array.from(text));
    assert.equal(stream.flush(), "");
  });

  test("tells of a code point that is cut off", () => {
    const stream = new TextStream();
    assert.equal(stream.push(Uint8Array.of(0x61, 0xf0, 0x9f)), "a");
    assert.equal(stream.flush(), "\ufffd");
  });
});

// The bits of doubles, as Python's struct gives them.
const BITS = {
  "-inf": "18442240474082181120",
  "-2": "13835058055282163712",
  "-1": "13830554455654793216",
  "0": "0",
  "0.05": "4587366580439587226",
  "0.1": "4591870180066957722",
  "0.5": "4602678819172646912",
  "0.8": "4605380978949069210",
  "0.95": "4606732058837280358",
  "1.5": "4609434218613702656",
  "40": "4630826316843712512",
};

describe("sampling options", () => {
  test("have the defaults of the program", () => {
    assert.equal(
      samplerText({}, 7),
      `temp=${BITS["0.8"]};top_k=${BITS["40"]};top_p=${BITS["0.95"]};` +
        `min_p=${BITS["0.05"]};seed=7`,
    );
  });

  test("have the samplers' names", () => {
    const options = {
      temperature: 0,
      typicalP: 0.5,
      repeatLastN: -1,
      logitBias: { 15: 1.5, 7: -2, 9: -Infinity },
      other: { xtc_threshold: 0.1 },
    };
    assert.equal(
      samplerText(options, 1),
      `temp=${BITS["0"]};top_k=${BITS["40"]};top_p=${BITS["0.95"]};` +
        `min_p=${BITS["0.05"]};typical_p=${BITS["0.5"]};` +
        `repeat_last_n=${BITS["-1"]};xtc_threshold=${BITS["0.1"]};seed=1;` +
        `logit_bias=7:${BITS["-2"]},9:${BITS["-inf"]},15:${BITS["1.5"]}`,
    );
  });

  test("leave absent what is undefined", () => {
    const options = { topK: undefined } as unknown as { topK: number };
    assert.match(samplerText(options, 1), RegExp(`top_k=${BITS["40"]}`));
  });

  test("are numbers", () => {
    const wrong: Parameters<typeof samplerText>[] = [
      [{ temperature: NaN }, 1],
      [{ topP: "1;seed=2" as unknown as number }, 1],
      [{ other: { "a=1;b": 1 } }, 1],
      [{ logitBias: { 1: Infinity } }, 1],
      [{}, -1],
      [{}, 0.5],
    ];
    for (const args of wrong)
      assert.throws(() => samplerText(...args), { kind: "bad-argument" });
  });
});

describe("errors", () => {
  test("of one status have the kind of what was being done", () => {
    assert.equal(statusError("load", -3, "x").kind, "bad-file");
    assert.equal(statusError("feed", -3, "x").kind, "bad-argument");
    assert.equal(statusError("load", -8, "x").kind, "out-of-memory");
    assert.equal(statusError("feed", -8, "x").kind, "context-full");
    assert.equal(statusError("load", -12, "x").kind, "unsupported-model");
    assert.equal(statusError("other", -13, "x").kind, "engine");
  });

  test("that are no status are fatal", () => {
    const trap = new WebAssembly.RuntimeError("memory access out of bounds");
    assert.deepEqual(toWire(trap), {
      kind: "engine",
      message: "memory access out of bounds",
      fatal: true,
    });
    assert.equal(toWire(new Error("Aborted(OOM)")).kind, "out-of-memory");
    assert.equal(toWire(new TenonError("bad-file", "x")).fatal, false);
  });
});

describe("what was measured", () => {
  test("is read from the last line", () => {
    const text = "the key\n2: 1=20500 2=11000; 512: 0=3100 512=2500";
    assert.deepEqual(describeTuning(text, true), {
      remembered: true,
      samples: [
        { threads: 1, milliseconds: 20.5 },
        { threads: 2, milliseconds: 11 },
      ],
      tileKib: 512,
      tileSamples: [
        { tileKib: 0, milliseconds: 3.1 },
        { tileKib: 512, milliseconds: 2.5 },
      ],
    });
    assert.equal(describeTuning("", false), undefined);
  });

  test("is kept by browsers only", async () => {
    const store = textStore();
    await store.put("key", "text");
    assert.equal(await store.get("key"), "");
  });
});

describe("choosing a module", () => {
  const best: Machine = {
    simd128: true,
    relaxed: "right",
    isolated: true,
    cores: 8,
  };

  test("takes the fastest, and a few threads", () => {
    const choice = chooseModule(best, 0);
    assert.equal(choice.name, "relaxed-threads");
    assert.equal(choice.threads, 4);
    assert.deepEqual(choice.fallbacks, []);
  });

  test("never takes more threads than cores, and says so", () => {
    const choice = chooseModule(best, 20);
    assert.equal(choice.threads, 8);
    assert.match(choice.fallbacks.join(), /8 threads.*20.*8 cores/);
    assert.equal(chooseModule({ ...best, cores: 2 }, 0).threads, 2);
    assert.equal(chooseModule({ ...best, cores: 1 }, 0).name, "relaxed");
  });

  test("takes one thread when that is asked for, without excuses", () => {
    const choice = chooseModule({ ...best, isolated: false }, 1);
    assert.equal(choice.name, "relaxed");
    assert.deepEqual(choice.fallbacks, []);
  });

  test("works where memory cannot be shared, and says why", () => {
    const choice = chooseModule({ ...best, isolated: false }, 0);
    assert.equal(choice.name, "relaxed");
    assert.equal(choice.isolated, false);
    assert.match(choice.fallbacks.join(), /One thread.*Embedder-Policy/);
  });

  test("refuses relaxed SIMD that is wrong or missing", () => {
    for (const relaxed of ["wrong", "missing"] as const) {
      const choice = chooseModule({ ...best, relaxed }, 0);
      assert.equal(choice.name, "simd128-threads");
      assert.equal(choice.fallbacks.length, 1);
    }
  });

  test("falls back to scalar code", () => {
    const machine: Machine = { ...best, simd128: false, relaxed: "missing" };
    const choice = chooseModule(machine, 2);
    assert.equal(choice.name, "scalar");
    assert.equal(choice.threads, 1);
    assert.equal(choice.fallbacks.length, 2);
  });

  test("can be forced, if it can run", () => {
    assert.equal(chooseModule(best, 2, "simd128-threads").threads, 2);
    assert.equal(chooseModule(best, 0, "scalar").threads, 1);
    const poor: Machine = { ...best, relaxed: "wrong", isolated: false };
    for (const name of ["relaxed", "simd128-threads"] as const)
      assert.throws(() => chooseModule(poor, 0, name), {
        kind: "bad-argument",
      });
  });
});

test("this engine is probed", () => {
  assert.equal(hasSimd128(), true);
  assert.equal(relaxedSimd(), "right");
});

describe("memory", () => {
  const needs: Needs = {
    used: 9e6,
    weights: 500e6,
    activations: 3e6,
    state: 1e6,
    checkpoints: 1,
    position: 12288,
    contextSize: 4096,
    sessions: 1,
    rows: 0,
    vocabSize: 150_000,
    threads: 4,
  };

  test("is what the model needs and little more", () => {
    const state = 3e6 + 2e6 + 12288 * 4096;
    const extra = totalBytes(needs) - 500e6 - state;
    assert.ok(extra > 9e6 && extra < 64e6, `${extra}`);
    const two = totalBytes({ ...needs, sessions: 2 }) - totalBytes(needs);
    assert.ok(two >= state && two < state + 8e6, `${two}`);
  });

  test("begins with what the modules are linked with, and can grow", () => {
    const memory = smallMemory(true);
    assert.equal(memory.buffer.byteLength, 8 * 2 ** 20);
    assert.equal(memory.grow(16), 128);
    const { buffer } = memory as { buffer: ArrayBufferLike };
    assert.ok(buffer instanceof SharedArrayBuffer);
  });

  test("can grow less where there are not as many addresses", (t) => {
    const { Memory } = WebAssembly;
    const maxima: number[] = [];
    const refuse = function (options: WebAssembly.MemoryDescriptor) {
      maxima.push(options.maximum ?? 0);
      if (maxima.length < 3) throw new RangeError("no");
      return new Memory(options);
    };
    t.mock.method(WebAssembly, "Memory", refuse);
    assert.equal(smallMemory(false).buffer.byteLength, 8 * 2 ** 20);
    assert.deepEqual(maxima, [65536, 32768, 16384]);
  });

  test("that does not exist is refused with the numbers", () => {
    const { kind, message } = tooMuch({ ...needs, weights: 5 * 2 ** 30 });
    assert.equal(kind, "out-of-memory");
    assert.match(
      message,
      /needs 5\d\d\d MiB.*weights 5120 MiB.*4096 positions 5\d MiB.*4096 MiB at most/,
    );
    assert.match(tooMuch(needs).message, /this machine or browser/);
  });
});

test("progress is passed on twenty times a second, and at the end", () => {
  const seen: number[] = [];
  let time = 0;
  const emit = throttle<number>(
    (value) => seen.push(value),
    (value) => value === 103,
    () => time,
  );
  for (let i = 0; i <= 103; ++i, time += 10) emit(i);
  assert.equal(seen[0], 0);
  assert.deepEqual(seen.slice(-2), [100, 103]);
  assert.equal(seen.length, 22);
});

test("events wait for their reader", async () => {
  const queue = new EventQueue<number>();
  queue.push(1);
  setImmediate(() => {
    queue.push(2);
    queue.push(3);
    queue.end();
  });
  const read: number[] = [];
  for await (const item of queue.read()) read.push(item);
  assert.deepEqual(read, [1, 2, 3]);
});

describe("sources that a user gives", () => {
  test("are paths or URLs", () => {
    assert.deepEqual(sourceRef("a/b.gguf"), { path: "a/b.gguf" });
    assert.deepEqual(sourceRef("C:\\b.gguf"), { path: "C:\\b.gguf" });
    const url = "https://example.com/b.gguf";
    assert.deepEqual(sourceRef(url), { url });
    assert.deepEqual(sourceRef(new URL(url)), { url });
  });

  test("are nothing else", () => {
    for (const wrong of [7, null, {}])
      assert.throws(() => sourceRef(wrong as unknown as string), {
        kind: "bad-argument",
      });
  });
});
