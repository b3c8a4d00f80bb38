/**
 * The bytes that a Range header asks for: {start, end}, both included.
 * undefined: all of them, as for headers of several ranges or of other units;
 * null: there are no such bytes.
 */
export function parseRange(header, size) {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined || (first === "" && last === "")) return undefined;
  if (first === "") return suffix(Number(last), size);
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return undefined; // no range at all: to be ignored
  return start < size ? { start, end } : null;
}

function suffix(length, size) {
  if (length === 0 || size === 0) return null;
  return { start: Math.max(0, size - length), end: size - 1 };
}
