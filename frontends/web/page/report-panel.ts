import type { Report } from "tenon";

import { byId, make } from "./dom.ts";
import { formatBytes, formatCount } from "./format.ts";

const HEADERS =
  "Cross-Origin-Opener-Policy: same-origin\nCross-Origin-Embedder-Policy: require-corp";

const INSTRUCTIONS = {
  scalar: "plain WebAssembly",
  simd128: "SIMD",
  relaxed: "relaxed SIMD",
} as const;

function facts(rows: Record<string, string>): HTMLElement {
  const entries = Object.entries(rows).filter(([, value]) => value !== "");
  return make(
    "dl",
    {},
    ...entries.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]),
  );
}

function modelFacts({ model }: Report): HTMLElement {
  return facts({
    Model: model.name,
    Architecture: model.architecture,
    Format: model.format,
    Parameters: formatCount(model.parameters),
    Vocabulary: `${model.vocabSize} tokens`,
    "Trained context": `${model.contextSize} tokens`,
  });
}

function engineFacts(report: Report): HTMLElement {
  return facts({
    Module: INSTRUCTIONS[report.module],
    Threads: `${report.threads} of ${navigator.hardwareConcurrency} cores`,
    "Cross-origin isolated": report.isolated ? "yes" : "no",
    Backends: report.backends.join(", "),
    "Load time": `${report.loadSeconds.toFixed(2)} s`,
  });
}

function memoryFacts({ memory }: Report): HTMLElement {
  return facts({
    File: formatBytes(memory.fileBytes),
    "Weights in memory": formatBytes(memory.weightsBytes),
    "Per session": formatBytes(memory.sessionBytes),
    "Per token of context": formatBytes(memory.positionBytes),
    "WebAssembly memory": formatBytes(memory.totalBytes),
  });
}

function isolationHelp(): HTMLElement {
  return make(
    "div",
    { class: "note", id: "isolation-help" },
    make("p", {}, "Browsers give threads only to isolated pages. Let the server send these two headers with every response:"),
    make("pre", { tabindex: "0" }, HEADERS),
    make("p", {}, "Until then everything works, on one thread. Tenon’s own server (./dev web) sends them."),
  );
}

function list(title: string, lines: string[]): HTMLElement[] {
  if (lines.length === 0) return [];
  return [make("div", {}, title, make("ul", {}, ...lines.map((line) => make("li", {}, line))))];
}

/** The part of the page that says what runs, and why it is not faster. */
export class ReportPanel {
  readonly #details = byId("report", HTMLDetailsElement);
  readonly #body = byId("report-body", HTMLElement);
  readonly #oneThread = byId("one-thread", HTMLElement);

  constructor() {
    byId("one-thread-more", HTMLElement).addEventListener("click", () => this.#openHelp());
  }

  show(report: Report): void {
    this.#oneThread.hidden = report.isolated;
    this.#body.replaceChildren(
      ...(report.isolated ? [] : [isolationHelp()]),
      ...list("Not as fast as it could be:", report.fallbacks),
      ...list("About this file:", report.warnings),
      modelFacts(report),
      engineFacts(report),
      memoryFacts(report),
      make("div", {}, "Kernels", make("pre", {}, report.kernels.join("\n"))),
    );
  }

  #openHelp(): void {
    this.#details.open = true;
    this.#details.scrollIntoView({ block: "nearest" });
    this.#details.querySelector("summary")?.focus();
  }
}
