import { button, make } from "./dom.ts";
import type { Trouble } from "./advice.ts";

export interface Remedy {
  text: string;
  apply: () => void;
}

/** A place in the page where an error is told and a way out is offered. */
export class ErrorBox {
  readonly #place: HTMLElement;

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  show(trouble: Trouble, remedy: Remedy): void {
    this.#place.className = "error";
    this.#place.dataset["kind"] = trouble.kind;
    this.#place.replaceChildren(
      make("strong", {}, trouble.title),
      make("p", {}, trouble.advice),
      make("p", { class: "quiet" }, trouble.message),
      button(remedy.text, remedy.apply),
    );
  }

  clear(): void {
    this.#place.replaceChildren();
  }
}
