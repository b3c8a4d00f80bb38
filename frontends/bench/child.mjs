// Processes that are waited for, and end with us.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const MOST_OUTPUT = 64 * 1024 * 1024;
const start = promisify(execFile);

/**
 * What a program writes to stdout.
 * @param {string[]} command
 * @param {AbortSignal} signal  kills it
 * @throws Error with the last line that it wrote to stderr
 */
export async function output([program, ...args], signal) {
  try {
    return (await start(program, args, { signal, maxBuffer: MOST_OUTPUT })).stdout;
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(lastLine(error.stderr) || error.message, { cause: error });
  }
}

/** The JSON that a program writes as its last line, or as all of its lines. */
export async function jsonOutput(command, signal) {
  const text = await output(command, signal);
  return JSON.parse(text.startsWith("{\n") ? text : lastLine(text));
}

function lastLine(text = "") {
  return text.trimEnd().split("\n").at(-1);
}
