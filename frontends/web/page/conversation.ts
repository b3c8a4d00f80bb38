import type { Engine, GenerateOptions, GenerateResult, Session } from "tenon";

import { chatTurn } from "./chatml.ts";

export type Mode = "story" | "chat";

interface Prompt {
  text: string;
  parseSpecial: boolean;
}

/** Takes a piece of the answer, and the position of the session after it. */
export type TakePiece = (piece: string, position: number) => void;

/** A session of an engine: a story begins it anew, a chat goes on where it was. */
export class Conversation {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  static async start(engine: Engine): Promise<Conversation> {
    return new Conversation(await engine.createSession());
  }

  /** Answers `text`. If nothing comes of it, the session is as if it had not been said. */
  async write(
    mode: Mode,
    text: string,
    options: GenerateOptions,
    take: TakePiece,
  ): Promise<GenerateResult> {
    if (mode === "story") await this.#session.rewind(0);
    const before = await this.#session.checkpoint();
    let done = false;
    try {
      const result = await this.#generate(this.#prompt(mode, text), options, take);
      done = result.generatedTokens > 0;
      return result;
    } finally {
      if (!done) await this.#session.rewind(before);
      await before.close();
    }
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #prompt(mode: Mode, text: string): Prompt {
    if (mode === "story") return { text, parseSpecial: false };
    return { text: chatTurn(text, this.#session.position === 0), parseSpecial: true };
  }

  async #generate(
    { text, parseSpecial }: Prompt,
    options: GenerateOptions,
    take: TakePiece,
  ): Promise<GenerateResult> {
    const session = this.#session;
    for await (const piece of session.generate(text, { ...options, parseSpecial }))
      take(piece, session.position);
    if (!session.lastResult) throw new Error("generate ended without a result");
    return session.lastResult;
  }
}
