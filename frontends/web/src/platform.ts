// Where this code runs: a browser or Node.

/** Whether this is Node, in the main thread or in a worker. */
export const isNode: boolean =
  typeof process !== "undefined" &&
  typeof process.versions?.node === "string" &&
  typeof process.getBuiltinModule === "function";

/** Processors that threads can run on at the same time. */
export function coreCount(): number {
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Whether memory can be shared with threads here. */
export function canIsolate(): boolean {
  return (
    typeof SharedArrayBuffer === "function" &&
    (isNode || globalThis.crossOriginIsolated === true)
  );
}
