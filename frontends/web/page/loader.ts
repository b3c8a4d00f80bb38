import { Engine, type LoadOptions, type LoadProgress } from "tenon";

import type { Choice } from "./choices.ts";

/** What the page is told about loading. */
export interface LoaderEvents {
  onStart(choice: Choice): void;
  onProgress(progress: LoadProgress): void;
  onLoaded(engine: Engine, choice: Choice): void;
  onFailed(error: unknown, choice: Choice): void;
  onDropped(): void;
}

/** Holds the one engine of the page. */
export class Loader {
  readonly #events: LoaderEvents;
  #choice: Choice | undefined;
  #abort = new AbortController();
  #engine: Promise<Engine | undefined> = Promise.resolve(undefined);

  constructor(events: LoaderEvents) {
    this.#events = events;
  }

  /** The engine, when the load under way is done; undefined if there is none. */
  get engine(): Promise<Engine | undefined> {
    return this.#engine;
  }

  /** What was loaded last, or was to be. */
  get choice(): Choice | undefined {
    return this.#choice;
  }

  /** Takes the place of the engine or of the load that there is. */
  load(choice: Choice, options: LoadOptions): void {
    this.cancel();
    this.#abort = new AbortController();
    this.#choice = choice;
    const { signal } = this.#abort;
    const { keep = false } = choice;
    this.#engine = this.#replace(this.#engine, choice, { ...options, keep, signal });
  }

  cancel(): void {
    this.#abort.abort();
  }

  /** Forgets an engine that is no more. */
  drop(): void {
    this.#engine = Promise.resolve(undefined);
    this.#events.onDropped();
  }

  /** Two models may not fit: the old one goes before the new one comes. */
  async #replace(old: Promise<Engine | undefined>, choice: Choice, options: LoadOptions) {
    this.#events.onStart(choice);
    (await old)?.close();
    try {
      const engine = await Engine.load(choice.source, {
        ...options,
        onProgress: (progress) => this.#events.onProgress(progress),
      });
      this.#events.onLoaded(engine, choice);
      return engine;
    } catch (error) {
      // Who cancels by another load hears of that one only.
      if (choice === this.#choice) this.#events.onFailed(error, choice);
      return undefined;
    }
  }
}
