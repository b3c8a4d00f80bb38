// Numbers and pieces of text as the program `tenon` prints them.

/** "1.50 MiB" */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 1024, [" B", " KiB", " MiB", " GiB", " TiB"]);
}

/** "1.10 M" */
export function formatCount(count: number): string {
  return scaled(count, 1000, ["", " K", " M", " B", " T"]);
}

function scaled(value: number, step: number, units: string[]): string {
  let unit = 0;
  let rest = value;
  for (; rest >= step && unit + 1 < units.length; ++unit) rest /= step;
  return unit === 0 ? `${value}${units[0]}` : rest.toFixed(2) + units[unit];
}

/** Most memory that this process had resident, in bytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A string, or its bytes if they are no well-formed UTF-8. */
export function textOrBytes(bytes: Uint8Array): string | number[] {
  return wellFormed(bytes) ?? Array.from(bytes);
}

function wellFormed(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

const FIRST_PRINTABLE = 0xa0; // beyond ASCII

/** In quotes, with escapes for what cannot be seen. */
export function quoted(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] as number;
    const size = sequenceSize(lead);
    const character = wellFormed(bytes.subarray(i, i + size));
    const isShown = (character?.codePointAt(0) ?? 0) >= FIRST_PRINTABLE;
    text += isShown ? character : escaped(lead);
    i += isShown ? size : 1;
  }
  return `'${text}'`;
}

// Of the UTF-8 sequence that begins with this byte.
function sequenceSize(lead: number): number {
  if (lead < 0x80) return 1;
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

const LETTERS: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\\": "\\\\",
  "'": "\\'",
};

function escaped(byte: number): string {
  const letter = String.fromCharCode(byte);
  if (LETTERS[letter]) return LETTERS[letter];
  if (byte >= 0x20 && byte < 0x7f) return letter;
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
