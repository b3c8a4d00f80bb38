/** Counts the tokens that are written, and how fast. */
export class Meter {
  #started = 0;
  #first: number | undefined;
  #tokens = 0;

  /** A piece of text has come, and the session is at this position. */
  tick(position: number): void {
    if (this.#first === undefined) {
      this.#first = position;
      this.#started = performance.now();
    }
    this.#tokens = position - this.#first + 1; // the newest is not fed yet
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Tokens per second, since the first; undefined while there is too little to tell. */
  get rate(): number | undefined {
    const seconds = (performance.now() - this.#started) / 1000;
    return this.#tokens > 1 && seconds > 0.2 ? (this.#tokens - 1) / seconds : undefined;
  }
}
