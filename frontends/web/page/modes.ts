import { button, byId } from "./dom.ts";
import type { Mode } from "./conversation.ts";
import { recall, remember } from "./store.ts";

interface Start {
  text: string;
  examples: string[];
}

const STARTS: Record<Mode, Start> = {
  story: {
    text: "Begin a story, and the model goes on with it.",
    examples: [
      "Once upon a time",
      "Once upon a time, there was a shy fox named",
      "Once upon a time, a brave little robot",
    ],
  },
  chat: {
    text: "Ask something. The tiny models know a few animals, opposites and stories.",
    examples: [
      "Who are you?",
      "Where does a bear live?",
      "What is the opposite of hot?",
      "Tell me a story about a fox.",
    ],
  },
};

/** The switch between story and chat, and what the empty page offers in each. */
export class Modes {
  readonly #radios = [...document.querySelectorAll<HTMLInputElement>("[name=mode]")];
  readonly #start: (text: string) => void;

  constructor(onChange: () => void, start: (text: string) => void) {
    this.#start = start;
    for (const radio of this.#radios) {
      radio.checked = radio.value === (recall("mode") ?? "story");
      radio.addEventListener("change", () => {
        remember("mode", this.mode);
        this.#offer();
        onChange();
      });
    }
    this.#offer();
  }

  get mode(): Mode {
    return this.#radios.some((radio) => radio.checked && radio.value === "chat") ? "chat" : "story";
  }

  #offer(): void {
    const { text, examples } = STARTS[this.mode];
    byId("empty-text", HTMLElement).textContent = text;
    const buttons = examples.map((example) => button(example, () => this.#start(example)));
    byId("examples", HTMLElement).replaceChildren(...buttons);
  }
}
