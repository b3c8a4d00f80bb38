import { type KeptModel, keptModels, removeKeptModel } from "tenon";

import { type Choice, fromAddress } from "./choices.ts";
import { button, byId, make } from "./dom.ts";
import { formatBytes, formatBytesOf } from "./format.ts";

function sizeOf({ bytes, size }: KeptModel): string {
  return bytes === size ? formatBytes(size) : formatBytesOf(bytes, size);
}

/** The models that this browser keeps, to load them again or to remove them. */
export class KeptPanel {
  readonly #box = byId("kept", HTMLElement);
  readonly #list = byId("kept-list", HTMLElement);
  readonly #choose: (choice: Choice) => void;

  constructor(choose: (choice: Choice) => void) {
    this.#choose = choose;
  }

  async refresh(): Promise<void> {
    const models = await keptModels();
    this.#list.replaceChildren(...models.map((model) => this.#line(model)));
    this.#box.hidden = models.length === 0;
  }

  #line(model: KeptModel): HTMLElement {
    const choice = fromAddress(model.url);
    const load = button(choice.label, () => this.#choose(choice));
    load.append(make("span", { class: "quiet" }, sizeOf(model)));
    load.title = model.url;
    const remove = button("Remove", () => this.#remove(model.url));
    remove.ariaLabel = `Remove ${choice.label}`;
    return make("li", { class: "row" }, load, remove);
  }

  async #remove(url: string): Promise<void> {
    await removeKeptModel(url).catch(() => {}); // it is being loaded: then it stays
    await this.refresh();
  }
}
