// Giving way to messages that have arrived, between two steps of the engine.

const immediate = globalThis.setImmediate as typeof setImmediate | undefined;

/** Resolves once every message that has arrived is handled. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (immediate) immediate(resolve);
    else postTurn(resolve);
  });
}

// Timers would wait four milliseconds.
function postTurn(resolve: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(null);
}
