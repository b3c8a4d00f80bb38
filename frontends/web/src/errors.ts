// Errors on their way from the engine to the page.
import { TenonError, type ErrorKind } from "./types.ts";

/** What the engine was doing: the same status means other things elsewhere. */
export type Doing = "load" | "feed" | "other";

// Numbers of absl::StatusCode.
const CANCELLED = 1;
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;
const OUT_OF_RANGE = 11;
const UNIMPLEMENTED = 12;
const DATA_LOSS = 15;

type Kinds = Readonly<Record<number, ErrorKind>>;

const KINDS: Readonly<Record<Doing, Kinds>> = {
  load: {
    [CANCELLED]: "aborted",
    [INVALID_ARGUMENT]: "bad-file",
    [NOT_FOUND]: "bad-file",
    [RESOURCE_EXHAUSTED]: "out-of-memory",
    [FAILED_PRECONDITION]: "bad-file",
    [OUT_OF_RANGE]: "bad-file",
    [UNIMPLEMENTED]: "unsupported-model",
    [DATA_LOSS]: "bad-file",
  },
  feed: {
    [CANCELLED]: "aborted",
    [INVALID_ARGUMENT]: "bad-argument",
    [RESOURCE_EXHAUSTED]: "context-full",
  },
  other: {
    [CANCELLED]: "aborted",
    [INVALID_ARGUMENT]: "bad-argument",
    [NOT_FOUND]: "bad-argument",
    [RESOURCE_EXHAUSTED]: "out-of-memory",
    [OUT_OF_RANGE]: "bad-argument",
    [UNIMPLEMENTED]: "bad-argument",
  },
};

// The one mistake of the caller that loading tells of.
const UNKNOWN_BACKEND = /no backend is called/;

/** The error of a negative result of the module. */
export function statusError(
  doing: Doing,
  result: number,
  message: string,
): TenonError {
  const kind = UNKNOWN_BACKEND.test(message)
    ? "bad-argument"
    : (KINDS[doing][-result] ?? "engine");
  return new TenonError(kind, message || `the engine failed (status ${-result})`);
}

/** An error as it is posted between threads. */
export interface WireError {
  kind: ErrorKind;
  message: string;
  /** The engine cannot go on: traps leave it in any state. */
  fatal: boolean;
}

/** Whatever was thrown in the worker; what is no TenonError is fatal. */
export function toWire(thrown: unknown): WireError {
  if (thrown instanceof TenonError) {
    const { kind, message } = thrown;
    return { kind, message, fatal: kind === "engine" };
  }
  return { kind: trapKind(thrown), message: describe(thrown), fatal: true };
}

export function fromWire(error: WireError): TenonError {
  return new TenonError(error.kind, error.message);
}

function trapKind(thrown: unknown): ErrorKind {
  return /\bOOM\b|memory/i.test(describe(thrown)) &&
    !/out of bounds/.test(describe(thrown))
    ? "out-of-memory"
    : "engine";
}

/** The message of anything that can be thrown. */
export function describe(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
