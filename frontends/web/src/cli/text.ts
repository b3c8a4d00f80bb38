// The text that a command works on: its words, -p TEXT, or -f FILE.
import { readFileSync } from "node:fs";
import { TenonError } from "../types.ts";
import { UsageError, type Arguments, type Flags } from "./command.ts";
import { textOf } from "./parse.ts";

export const TEXT_FLAGS: Flags = {
  prompt: { short: "p", value: "TEXT", help: "The text" },
  file: {
    short: "f",
    value: "FILE",
    help: "A file that holds the text; -: stdin",
  },
  escape: {
    short: "e",
    isSwitch: true,
    help: "In the text \\n, \\t, \\r, \\\\, \\', \\\" and \\xNN stand for what they do in C",
  },
};

/** Whether the text comes from a file. */
export function isFromFile(args: Arguments): boolean {
  return args.values.has("file");
}

/** @throws UsageError unless there is exactly one text; TenonError not-found. */
export function readText(args: Arguments): string {
  const prompt = textOf(args, "prompt");
  const path = textOf(args, "file");
  const given = [...args.words, prompt, path].filter((x) => x !== undefined);
  if (given.length !== 1)
    throw new UsageError("give one text: TEXT, -p TEXT or -f FILE");
  const text = path === undefined ? given[0] ?? "" : readFile(path);
  return args.switches.has("escape") ? unescape(text) : text;
}

/** All of a file; "-" is stdin. @throws TenonError not-found, bad-file. */
export function readFile(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const kind = code === "ENOENT" ? "not-found" : "bad-file";
    throw new TenonError(kind, `${path}: ${message}`);
  }
}

const MEANINGS: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

// Bytes that \xNN makes may form one character together.
function unescape(text: string): string {
  const bytes = Buffer.from(text).toString("latin1");
  const plain = bytes.replace(
    /\\(?:x([0-9a-fA-F]{2})|([ntr\\'"]))/g,
    (_, hex?: string, letter?: string) =>
      hex ? String.fromCharCode(parseInt(hex, 16)) : MEANINGS[letter ?? ""] ?? "",
  );
  return Buffer.from(plain, "latin1").toString("utf8");
}

/** Ids between commas, spaces or brackets. @throws TenonError bad-argument. */
export function parseTokens(text: string): number[] {
  const words = text.split(/[, \t\r\n[\]]+/).filter(Boolean);
  return words.map((word) => {
    if (/^[+-]?\d+$/.test(word)) return Number(word);
    throw new TenonError("bad-argument", `'${word}' is no token id`);
  });
}
