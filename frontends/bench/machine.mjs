// What a report says about where and of what it was made.
import { availableParallelism, cpus, loadavg, totalmem, type } from "node:os";
import { fileURLToPath } from "node:url";

import { output } from "./child.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export function describeMachine() {
  const processor = cpus()[0]?.model ?? "unknown processor";
  const memory = `${(totalmem() / 1e9).toFixed(0)} GB`;
  const cores = `${availableParallelism()} logical cores`;
  return `${processor}, ${cores}, ${memory}, ${type()}, Node ${process.versions.node}`;
}

/** Processes that wanted to run, in the last minute. */
export function loadBefore() {
  return loadavg()[0];
}

/** "1a2b3c4", "-dirty" after it if files were changed. */
export async function commit(signal) {
  const command = ["git", "-C", ROOT, "describe", "--always", "--dirty"];
  return output(command, signal).then((text) => text.trim(), () => "unknown");
}
