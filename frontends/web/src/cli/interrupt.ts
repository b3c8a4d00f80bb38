/** The user pressed Ctrl-C: exit status 130. */
export class Interrupted extends Error {}

/** Aborted by the first Ctrl-C; the second one kills. */
export function catchInterrupts(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

/** What to throw for an error: Interrupted, if that is why. */
export function orInterrupted(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted ? new Interrupted() : error;
}
