import { byId } from "./dom.ts";
import { oncePerFrame } from "./frame.ts";

/** The line under the text; what matters of it is announced to screen readers too. */
export class StatusLine {
  readonly #line = byId("status", HTMLElement);
  readonly #announce = byId("announce", HTMLElement);
  readonly #draw = oncePerFrame(() => (this.#line.textContent = this.#text()));
  #text: () => string = () => "";

  /** `text` is called once, in the next frame; then the newest counts. */
  show(text: () => string): void {
    this.#text = text;
    this.#draw();
  }

  announce(text: string): void {
    this.#announce.textContent = text;
    this.show(() => text);
  }
}
