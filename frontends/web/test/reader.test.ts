// Chunks of any size go in, exactly what was asked for comes out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Reader } from "../src/worker/reader.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

function readerOf(chunkSizes: number[]): Reader {
  async function* chunks() {
    const block = new Uint8Array(1000); // the same one for each chunk
    let at = 0;
    for (const size of chunkSizes) {
      block.set(BYTES.subarray(at, at + size));
      yield block.subarray(0, size);
      block.fill(0xee);
      at += size;
    }
  }
  return new Reader({ name: "model", size: BYTES.length, chunks: chunks() });
}

async function read(reader: Reader, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  await reader.fill(bytes);
  return bytes;
}

for (const chunks of [[1000], [1, 0, 998, 1], [300, 300, 400]])
  test(`chunks of ${chunks}`, async () => {
    const reader = readerOf(chunks);
    assert.deepEqual(await read(reader, 299), BYTES.slice(0, 299));
    await reader.skipTo(550);
    assert.equal(reader.position, 550);
    assert.deepEqual(await read(reader, 450), BYTES.slice(550));
  });

test("what was read can be read again", async () => {
  const reader = readerOf([100, 900]);
  const header = await read(reader, 150);
  reader.unread(header);
  assert.equal(reader.position, 0);
  assert.deepEqual(await read(reader, 400), BYTES.slice(0, 400));
});

test("skipping stays in place when there is nothing to skip", async () => {
  const reader = readerOf([1000]);
  await reader.skipTo(0);
  assert.deepEqual(await read(reader, 3), BYTES.slice(0, 3));
});

test("the end tells what is missing", async () => {
  const reader = readerOf([600]);
  await assert.rejects(read(reader, 601), {
    kind: "bad-file",
    message: "model: ends after 600 of 1000 bytes, 400 are missing",
  });
});
