import { byId } from "./dom.ts";
import type { Mode } from "./conversation.ts";

const TEXTS = {
  story: { label: "How the story begins", send: "Write" },
  chat: { label: "Your message", send: "Send" },
} as const;

/** Where the user writes. Enter sends, Shift and Enter begins a line, Escape stops. */
export class Composer {
  readonly #form = byId("composer", HTMLFormElement);
  readonly #prompt = byId("prompt", HTMLTextAreaElement);
  readonly #label = byId("prompt-label", HTMLElement);
  readonly #send = byId("send", HTMLButtonElement);
  readonly #stop = byId("stop", HTMLButtonElement);

  constructor(send: (text: string) => void, stop: () => void) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#prompt.value.trim() !== "") send(this.#prompt.value);
    });
    this.#prompt.addEventListener("keydown", (event) => this.#key(event));
    this.#stop.addEventListener("click", stop);
    addEventListener("keydown", (event) => {
      if (event.key === "Escape") stop();
    });
  }

  get text(): string {
    return this.#prompt.value;
  }

  set text(text: string) {
    this.#prompt.value = text;
  }

  setMode(mode: Mode): void {
    this.#label.textContent = TEXTS[mode].label;
    this.#prompt.placeholder = `${TEXTS[mode].label}…`;
    this.#send.textContent = TEXTS[mode].send;
  }

  /** While an answer is written, there is a button to stop it instead of the one to send. */
  setBusy(busy: boolean): void {
    const writing = document.activeElement === this.#prompt;
    const stopping = document.activeElement === this.#stop;
    this.#send.hidden = busy;
    this.#stop.hidden = !busy;
    // What had the focus, an example or a button, may be gone now.
    if (busy && !writing) this.#stop.focus();
    if (!busy && stopping) this.#send.focus();
  }

  #key(event: KeyboardEvent): void {
    // isComposing: Enter confirms the word of an input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (this.#stop.hidden) this.#form.requestSubmit();
  }
}
