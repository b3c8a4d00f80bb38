// Reads of any size go in, exactly what was asked for comes out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Reader } from "../src/worker/reader.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

/** A source of the first `end` bytes, and at most `most` at once. */
function readerOf(most: number, end = BYTES.length): Reader {
  let at = 0;
  return new Reader({
    name: "model",
    size: BYTES.length,
    async read(target) {
      assert.ok(target.length > 0);
      const part = BYTES.subarray(at, Math.min(at + most, end));
      const taken = part.subarray(0, target.length);
      target.set(taken);
      at += taken.length;
      return taken.length;
    },
    close: async () => {},
  });
}

async function read(reader: Reader, count: number) {
  const bytes = new Uint8Array(count);
  await reader.fill(bytes);
  return bytes;
}

for (const most of [1000, 300, 1])
  test(`${most} bytes at once`, async () => {
    const reader = readerOf(most);
    assert.deepEqual(await read(reader, 299), BYTES.slice(0, 299));
    await reader.skipTo(550);
    assert.equal(reader.position, 550);
    assert.deepEqual(await read(reader, 450), BYTES.slice(550));
  });

test("what was read can be read again", async () => {
  const reader = readerOf(100);
  const header = await read(reader, 150);
  reader.unread(header);
  assert.equal(reader.position, 0);
  assert.deepEqual(await read(reader, 50), BYTES.slice(0, 50));
  assert.deepEqual(await read(reader, 350), BYTES.slice(50, 400));
});

test("skipping stays in place when there is nothing to skip", async () => {
  const reader = readerOf(1000);
  await reader.skipTo(0);
  assert.deepEqual(await read(reader, 3), BYTES.slice(0, 3));
});

test("the end tells what is missing", async () => {
  const reader = readerOf(1000, 600);
  await assert.rejects(read(reader, 601), {
    kind: "bad-file",
    message: "model: ends after 600 of 1000 bytes, 400 are missing",
  });
});
