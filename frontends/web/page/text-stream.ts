import { oncePerFrame } from "./frame.ts";

/** Appends text to an element: at most one new text node per frame, and none is rendered again. */
export class TextStream {
  readonly #target: HTMLElement;
  readonly #afterwards: () => void;
  readonly #schedule = oncePerFrame(() => this.flush());
  #pending = "";

  constructor(target: HTMLElement, afterwards: () => void) {
    this.#target = target;
    this.#afterwards = afterwards;
  }

  push(piece: string): void {
    this.#pending += piece;
    this.#schedule();
  }

  flush(): void {
    if (this.#pending === "") return;
    this.#target.append(this.#pending);
    this.#pending = "";
    this.#afterwards();
  }
}
