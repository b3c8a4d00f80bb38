// Node's modules come from process.getBuiltinModule, so that bundlers for
// browsers see no import.

interface NodeModules {
  "node:fs": typeof import("node:fs");
  "node:url": typeof import("node:url");
  "node:worker_threads": typeof import("node:worker_threads");
}

/** A module of Node. REQUIRES: isNode */
export function nodeModule<K extends keyof NodeModules>(
  name: K,
): NodeModules[K] {
  return process.getBuiltinModule(name) as NodeModules[K];
}
