// Starts the worker that touches memory before the engine's worker writes to it.
// Whatever keeps it from that costs time, nothing else.
import { isNode } from "../platform.ts";
import type { Pages } from "../toucher/touch.ts";

export interface Toucher {
  /** Once. */
  touch(pages: Pages): void;
  stop(): void;
}

const IDLE: Toucher = { touch: () => {}, stop: () => {} };

/**
 * Best before there is something to touch: starting takes time, too. In Node nothing
 * is touched: a thread takes 11 MB there, and saves a tenth of a second.
 */
export function startToucher(shared: boolean): Toucher {
  if (isNode || !shared) return IDLE;
  try {
    return start();
  } catch {
    return IDLE;
  }
}

// Bundlers look for exactly this expression.
function start(): Toucher {
  const worker = new Worker(new URL("./toucher.js", import.meta.url), {
    type: "module",
  });
  worker.onerror = (event) => event.preventDefault();
  return {
    touch: (pages) => worker.postMessage(pages),
    stop: () => worker.terminate(),
  };
}
