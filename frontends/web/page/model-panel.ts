import type { Engine, LoadProgress, Report } from "tenon";

import { troubleOf } from "./advice.ts";
import { type Choice, fromAddress, fromFile, SHIPPED } from "./choices.ts";
import { button, byId } from "./dom.ts";
import { ErrorBox } from "./error-box.ts";
import { formatBytes, formatBytesOf, formatCount } from "./format.ts";
import { oncePerFrame } from "./frame.ts";

function factsOf({ model, memory }: Report): string {
  const parameters = `${formatCount(model.parameters)}\u00a0parameters`;
  return [model.architecture, parameters, formatBytes(memory.fileBytes)].join(" · ");
}

/** The part of the page that chooses a model and shows how it loads. */
export class ModelPanel {
  readonly #name = byId("model-name", HTMLElement);
  readonly #facts = byId("model-facts", HTMLElement);
  readonly #load = byId("load", HTMLElement);
  readonly #bar = byId("load-bar", HTMLProgressElement);
  readonly #text = byId("load-text", HTMLElement);
  readonly #error = new ErrorBox(byId("load-error", HTMLElement));
  readonly #buttons = new Map<Choice, HTMLButtonElement>();
  readonly #choose: (choice: Choice) => void;
  readonly #draw = oncePerFrame(() => this.#drawProgress());
  #progress: LoadProgress | undefined;

  constructor(choose: (choice: Choice) => void, cancel: () => void) {
    this.#choose = choose;
    for (const choice of SHIPPED) this.#buttons.set(choice, button(choice.label, () => choose(choice)));
    byId("choices", HTMLElement).prepend(...this.#buttons.values());
    byId("load-cancel", HTMLElement).addEventListener("click", cancel);
    this.#watchFile();
    this.#watchAddress();
  }

  started(choice: Choice): void {
    this.#error.clear();
    this.#name.textContent = choice.label;
    this.#facts.textContent = "";
    this.#text.textContent = "Opening…";
    this.#bar.removeAttribute("value");
    this.#load.hidden = false;
    this.#press(choice);
  }

  progress(progress: LoadProgress): void {
    this.#progress = progress;
    this.#draw();
  }

  loaded(engine: Engine, choice: Choice): void {
    this.#load.hidden = true;
    this.#name.textContent = engine.report.model.name || choice.label;
    this.#facts.textContent = factsOf(engine.report);
  }

  unloaded(): void {
    this.#load.hidden = true;
    this.#name.textContent = "No model is loaded";
    this.#facts.textContent = "";
    this.#press(undefined);
  }

  failed(error: unknown, choice: Choice): void {
    this.unloaded();
    const apply = () => this.#choose(choice);
    this.#error.show(troubleOf(error), { text: `Load ${choice.label} again`, apply });
  }

  #drawProgress(): void {
    if (!this.#progress) return;
    const { loaded, total } = this.#progress;
    this.#bar.max = total;
    this.#bar.value = loaded;
    this.#text.textContent = formatBytesOf(loaded, total);
  }

  #press(chosen: Choice | undefined): void {
    for (const [choice, made] of this.#buttons) made.ariaPressed = String(choice === chosen);
  }

  #watchFile(): void {
    const input = byId("file", HTMLInputElement);
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      input.value = ""; // so that choosing the same file again is a change
      if (file) this.#choose(fromFile(file));
    });
  }

  #watchAddress(): void {
    const input = byId("address", HTMLInputElement);
    byId("address-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#choose(fromAddress(input.value));
    });
  }
}
