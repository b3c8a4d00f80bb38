// A loop that does nothing but read memory, 128 bytes a turn, as WebAssembly:
// written as bytes, because no tool of this project assembles text.
//
//   (func (export "read") (param $at i32) (param $end i32) (result i64)
//     (local $a v128) (local $b v128) (local $c v128) (local $d v128)
//     (loop
//       $a ^= load(at), $b ^= load(at + 16), ... $d ^= load(at + 112)
//       at += 128
//       br_if 0 (at < end))
//     lane 0 of $a ^ $b ^ $c ^ $d)

export const BYTES_PER_TURN = 128;

const I32 = 0x7f;
const I64 = 0x7e;
const V128 = 0x7b;
const FUNCTION = 0x60;
const NO_RESULT = 0x40;

const SIMD = 0xfd;
const local = { get: (i) => [0x20, i], set: (i) => [0x21, i], tee: (i) => [0x22, i] };
const i32 = { const: (n) => [0x41, ...signed(n)], add: [0x6a], lessUnsigned: [0x49] };
const v128 = {
  load: (offset) => [SIMD, 0x00, 4 /* aligned to 2^4 */, ...unsigned(offset)],
  xor: [SIMD, 0x51],
  firstHalf: [SIMD, 0x1d, 0],
};
const loop = (...body) => [0x03, NO_RESULT, ...body.flat(), END];
const brIf = (depth) => [0x0d, depth];
const END = 0x0b;

const AT = 0;
const LAST = 1;
const SUMS = [2, 3, 4, 5];

/**
 * Imports the shared memory env.memory of so many pages; exports
 * read(begin, end), where both are multiples of BYTES_PER_TURN.
 * @param {number} pages  of 64 KiB
 */
export function readLoop(pages) {
  const sections = [
    section(1, vector([[FUNCTION, ...vector([[I32], [I32]]), ...vector([[I64]])]])),
    section(2, vector([[...name("env"), ...name("memory"), ...sharedMemory(pages)]])),
    section(3, vector([[0]])),
    section(7, vector([[...name("read"), 0x00, 0]])),
    section(10, vector([sized([...vector([[SUMS.length, V128]]), ...body(), END])])),
  ];
  return new Uint8Array([0, ...ascii("asm"), 1, 0, 0, 0, ...sections.flat()]);
}

function body() {
  const reads = Array.from({ length: BYTES_PER_TURN / 16 }, (_, i) => read(i));
  const step = [local.get(AT), i32.const(BYTES_PER_TURN), i32.add, local.tee(AT)];
  const more = [local.get(LAST), i32.lessUnsigned, brIf(0)];
  // The result keeps the compiler from leaving the loads out.
  const result = [...SUMS.map(local.get), v128.xor, v128.xor, v128.xor, v128.firstHalf];
  return [loop(...reads, ...step, ...more), ...result].flat();
}

// Sums take turns, so that no load waits for the one before.
function read(i) {
  const sum = SUMS[i % SUMS.length];
  return [local.get(sum), local.get(AT), v128.load(16 * i), v128.xor, local.set(sum)].flat();
}

function sharedMemory(pages) {
  return [0x02, 0x03, ...unsigned(pages), ...unsigned(pages)];
}

function section(id, content) {
  return [id, ...sized(content)];
}

function sized(bytes) {
  return [...unsigned(bytes.length), ...bytes];
}

function vector(items) {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text) {
  return sized(ascii(text));
}

function ascii(text) {
  return [...text].map((c) => c.charCodeAt(0));
}

/** LEB128. */
function unsigned(n) {
  return n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)];
}

/** LEB128 whose bit 6 is the sign. REQUIRES: n >= 0 */
function signed(n) {
  return n < 64 ? [n] : [(n & 127) | 128, ...signed(n >>> 7)];
}
