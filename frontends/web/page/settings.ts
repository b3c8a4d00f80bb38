import type { LoadOptions, SampleOptions } from "tenon";

import { byId } from "./dom.ts";
import { recall, remember } from "./store.ts";

const LOAD_FIELDS = new Set(["threads", "contextSize"]);

type LoadSettings = Pick<LoadOptions, "threads" | "contextSize">;
type WriteSettings = SampleOptions & { maxTokens?: number };

/** The form of the settings, remembered between visits. Defaults are the values in index.html. */
export class Settings {
  readonly #details = byId("settings", HTMLDetailsElement);
  readonly #form = byId("settings-form", HTMLFormElement);
  readonly #reload = byId("settings-reload", HTMLElement);
  /** The fields of LOAD_FIELDS at the last load. */
  #loaded = "";

  constructor(onReload: () => void) {
    this.#restore();
    this.#form.addEventListener("input", () => this.#changed());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    // The fields have their defaults only after the event.
    this.#form.addEventListener("reset", () => setTimeout(() => this.#changed()));
    byId("settings-reload-now", HTMLElement).addEventListener("click", onReload);
  }

  /** For a load that begins now. */
  takeLoad(): LoadSettings {
    const settings = this.#load();
    this.#loaded = JSON.stringify(settings);
    this.#reload.hidden = true;
    return settings;
  }

  get write(): WriteSettings {
    return this.#numbers((name) => !LOAD_FIELDS.has(name));
  }

  /** Whether every field can be used; if not, shows the one that cannot. */
  check(): boolean {
    if (this.#form.checkValidity()) return true;
    this.#details.open = true;
    return this.#form.reportValidity();
  }

  #fields(): HTMLInputElement[] {
    return [...this.#form.querySelectorAll("input")];
  }

  #numbers(wanted: (name: string) => boolean): Record<string, number> {
    const filled = this.#fields().filter((field) => field.validity.valid && field.value !== "");
    return Object.fromEntries(
      filled.filter(({ name }) => wanted(name)).map((field) => [field.name, field.valueAsNumber]),
    );
  }

  #load(): LoadSettings {
    return this.#numbers((name) => LOAD_FIELDS.has(name));
  }

  #changed(): void {
    this.#reload.hidden = JSON.stringify(this.#load()) === this.#loaded;
    const values = this.#fields().map(({ name, value }) => [name, value]);
    remember("settings", JSON.stringify(Object.fromEntries(values)));
  }

  #restore(): void {
    const values = stored();
    for (const field of this.#fields()) {
      const value = values[field.name];
      if (typeof value === "string") field.value = value;
      if (!field.validity.valid) field.value = field.defaultValue;
    }
  }
}

function stored(): Record<string, unknown> {
  try {
    return Object(JSON.parse(recall("settings") ?? "{}"));
  } catch {
    return {};
  }
}
