// What this engine can run, found out with tiny modules, never by its name.

// (module (func (result v128) i32.const 0  i8x16.splat  i8x16.popcnt))
const SIMD128 = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0,
  10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

// (module (memory (export "m") 1)
//   (func (export "f")
//     (v128.store (i32.const 32)
//       (i16x8.relaxed_dot_i8x16_i7x16_s (v128.load (i32.const 0))
//         (v128.load (i32.const 16))))))
const RELAXED = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1,
  7, 9, 2, 1, 109, 2, 0, 1, 102, 0, 0, 10, 25, 1, 23, 0, 65, 32,
  65, 0, 253, 0, 4, 0, 65, 16, 253, 0, 4, 0, 253, 146, 2, 253, 11, 4, 0, 11,
);

export function hasSimd128(): boolean {
  return WebAssembly.validate(SIMD128);
}

/** "wrong": there are engines that compute other numbers than they should. */
export type RelaxedSimd = "right" | "wrong" | "missing";

export function relaxedSimd(): RelaxedSimd {
  if (!WebAssembly.validate(RELAXED)) return "missing";
  return [3, 58, 121].every(dotIsRight) ? "right" : "wrong";
}

// Sixteen products of a signed byte and of seven bits: eight sums of two.
function dotIsRight(start: number): boolean {
  const bytes = Array.from({ length: 16 }, (_, i) => (start + 83 * i) % 256);
  const signed = bytes.map((x) => Math.max(x - 128, -127));
  const codes = bytes.map((x) => (x * 5) % 128);
  const products = signed.map((x, i) => x * (codes[i] ?? 0));
  return relaxedDot(signed, codes).every((sum, lane) => {
    const [even = 0, odd = 0] = products.slice(2 * lane);
    return sum === even + odd;
  });
}

function relaxedDot(a: number[], b: number[]): number[] {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(RELAXED));
  const { m, f } = instance.exports as { m: WebAssembly.Memory; f: () => void };
  new Int8Array(m.buffer, 0, 16).set(a);
  new Int8Array(m.buffer, 16, 16).set(b);
  f();
  return Array.from(new Int16Array(m.buffer, 32, 8));
}
