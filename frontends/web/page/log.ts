import { byId, make } from "./dom.ts";
import { TextStream } from "./text-stream.ts";
import type { Mode } from "./conversation.ts";

const SLACK = 16; // px; who is this close to the end is at the end

/** What was written so far. Follows the newest text, until one scrolls away from it. */
export class Log {
  readonly #log = byId("log", HTMLElement);
  readonly #empty = byId("empty", HTMLElement);
  readonly #tail = byId("tail", HTMLElement);
  readonly #foot = byId("foot", HTMLElement);
  #following = false;

  constructor() {
    // The log scrolls where there are two columns, and the page on a phone. Scrolling is told
    // before the text of a frame is added, so the text does not undo it.
    const scrolled = () => (this.#following = this.#endInView());
    addEventListener("scroll", scrolled, { capture: true, passive: true });
    new ResizeObserver(() => this.#follow()).observe(this.#log);
  }

  /** Adds what the user wrote, and a place for the answer. */
  add(mode: Mode, text: string): Answer {
    if (mode === "chat") this.#append(make("article", { class: "question" }, make("span", {}, text)));
    const article = make("article", { class: mode });
    if (mode === "story") article.append(make("span", { class: "given" }, text));
    this.#append(article);
    this.#following = true;
    this.#follow();
    return new Answer(article, () => this.#follow());
  }

  /** A line that says what begins below; none is needed at the top. */
  break(text: string): void {
    const last = this.#tail.previousElementSibling;
    if (last === null || last === this.#empty) return;
    if (last.className === "break") last.textContent = text;
    else this.#append(make("p", { class: "break" }, text));
  }

  clear(): void {
    this.#log.replaceChildren(this.#empty, this.#tail);
    this.#following = false;
  }

  #append(element: HTMLElement): void {
    this.#tail.before(element);
  }

  #follow(): void {
    if (this.#following) this.#tail.scrollIntoView({ block: "nearest" });
  }

  #endInView(): boolean {
    const end = this.#tail.getBoundingClientRect().top;
    return end >= 0 && end <= this.#foot.getBoundingClientRect().top + SLACK;
  }
}

/** One answer, while it is written. */
export class Answer {
  readonly #article: HTMLElement;
  readonly #text: TextStream;
  #empty = true;

  constructor(article: HTMLElement, afterwards: () => void) {
    this.#article = article;
    this.#text = new TextStream(article, afterwards);
    article.ariaBusy = "true"; // screen readers wait for the whole text
  }

  /** Whether nothing was pushed. */
  get empty(): boolean {
    return this.#empty;
  }

  push(piece: string): void {
    this.#empty = false;
    this.#text.push(piece);
  }

  end(): void {
    this.#text.flush();
    this.#article.ariaBusy = "false";
  }

  /** Takes it and its question out of the log again. */
  discard(): void {
    const before = this.#article.previousElementSibling;
    if (before?.className === "question") before.remove();
    this.#article.remove();
  }
}
