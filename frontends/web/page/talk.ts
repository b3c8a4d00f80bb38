import type { Engine, GenerateOptions, GenerateResult } from "tenon";

import { troubleOf } from "./advice.ts";
import { isChatML } from "./chatml.ts";
import { Composer } from "./composer.ts";
import { Conversation } from "./conversation.ts";
import { byId } from "./dom.ts";
import { ErrorBox, type Remedy } from "./error-box.ts";
import { formatRate, formatTokens } from "./format.ts";
import type { Loader } from "./loader.ts";
import { type Answer, Log } from "./log.ts";
import { Meter } from "./meter.ts";
import { Modes } from "./modes.ts";
import type { Settings } from "./settings.ts";
import { StatusLine } from "./status-line.ts";
import { summaryOf } from "./summary.ts";

const NEW = { story: "Stories", chat: "A new chat" } as const;

/** The part of the page that writes: what is asked, what is answered, and how it goes. */
export class Talk {
  readonly #loader: Loader;
  readonly #settings: Settings;
  readonly #reload: () => void;
  readonly #log = new Log();
  readonly #status = new StatusLine();
  readonly #error = new ErrorBox(byId("talk-error", HTMLElement));
  readonly #otherFormat = byId("other-format", HTMLElement);
  readonly #composer: Composer;
  readonly #modes: Modes;
  #conversation: Conversation | undefined;
  /** Of the answer that is being written. */
  #abort: AbortController | undefined;
  #chatML = true;

  constructor(loader: Loader, settings: Settings, reload: () => void) {
    this.#loader = loader;
    this.#settings = settings;
    this.#reload = reload;
    const write = (text: string) => void this.#write(text);
    this.#composer = new Composer(write, () => this.stop());
    this.#modes = new Modes(() => this.#modeChanged(), write);
    this.#showMode();
    byId("clear", HTMLElement).addEventListener("click", () => this.#startOver());
  }

  stop(): void {
    this.#abort?.abort();
  }

  /** Another engine is there: its sessions know nothing of what was written before. */
  engineChanged({ report }: Engine): void {
    this.#conversation = undefined;
    this.#chatML = isChatML(report.model.chatTemplate);
    this.#error.clear();
    this.#log.break(`${NEW[this.#modes.mode]} with ${report.model.name || "another model"}`);
    this.#showMode();
  }

  async #write(text: string): Promise<void> {
    if (this.#abort || !this.#settings.check()) return;
    const abort = this.#begin();
    const answer = this.#log.add(this.#modes.mode, text);
    let result: GenerateResult | undefined;
    try {
      result = await this.#answer(text, answer, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) this.#fail(error);
    }
    if (answer.empty && abort.signal.aborted) this.#status.announce("Stopped.");
    else if (result) this.#status.announce(summaryOf(result));
    this.#end(text, answer);
  }

  #begin(): AbortController {
    this.#abort = new AbortController();
    this.#error.clear();
    this.#composer.text = "";
    this.#composer.setBusy(true);
    return this.#abort;
  }

  #end(text: string, answer: Answer): void {
    this.#abort = undefined;
    this.#composer.setBusy(false);
    answer.end();
    if (!answer.empty) return;
    answer.discard();
    this.#composer.text ||= text;
  }

  async #answer(
    text: string,
    answer: Answer,
    signal: AbortSignal,
  ): Promise<GenerateResult | undefined> {
    this.#status.announce("Waiting for the model…");
    const engine = await Promise.race([this.#loader.engine, aborted(signal)]);
    if (!engine) return this.#lackModel();
    this.#status.announce("Thinking…");
    this.#conversation ??= await Conversation.start(engine);
    const options = this.#options(signal);
    const meter = new Meter();
    return this.#conversation.write(this.#modes.mode, text, options, (piece, position) => {
      if (meter.tokens === 0) this.#status.announce("Writing…");
      meter.tick(position);
      answer.push(piece);
      this.#status.show(() => writing(meter));
    });
  }

  #lackModel(): undefined {
    this.#status.announce("Load a model first.");
  }

  #options(signal: AbortSignal): GenerateOptions {
    const onPrefill = (done: number, total: number) =>
      this.#status.show(() => `Thinking… ${done}/${total} tokens`);
    return { ...this.#settings.write, onPrefill, signal };
  }

  #fail(error: unknown): void {
    const trouble = troubleOf(error);
    const gone = trouble.kind === "engine" || trouble.kind === "out-of-memory";
    if (gone) this.#lose();
    this.#status.announce("");
    const reload: Remedy = { text: "Load the model again", apply: this.#reload };
    const restart: Remedy = { text: "Start over", apply: () => this.#startOver() };
    this.#error.show(trouble, gone ? reload : restart);
  }

  #lose(): void {
    this.#conversation = undefined;
    this.#loader.drop();
  }

  #modeChanged(): void {
    this.#forget();
    this.#log.break(NEW[this.#modes.mode]);
    this.#showMode();
  }

  #showMode(): void {
    const { mode } = this.#modes;
    this.#composer.setMode(mode);
    this.#otherFormat.hidden = mode !== "chat" || this.#chatML;
  }

  #startOver(): void {
    this.#forget();
    this.#error.clear();
    this.#status.announce("");
    this.#log.clear();
  }

  /** The next text begins a conversation of its own. */
  #forget(): void {
    this.stop();
    this.#conversation?.close().catch(() => {}); // of an engine that is gone, it is closed
    this.#conversation = undefined;
  }
}

function writing(meter: Meter): string {
  const { rate, tokens } = meter;
  const speed = rate === undefined ? "" : ` at ${formatRate(rate)} per second`;
  return `Writing… ${formatTokens(tokens)}${speed}`;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
}
