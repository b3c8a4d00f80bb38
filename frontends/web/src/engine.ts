import { Client } from "./client.ts";
import { Session } from "./session.ts";
import { sourceRef } from "./source_ref.ts";
import {
  TenonError,
  type DecodeOptions,
  type EncodeOptions,
  type LoadOptions,
  type ModelSource,
  type Report,
  type SessionOptions,
} from "./types.ts";

/**
 * A loaded model in a worker of its own. The calling thread never waits.
 *
 * Errors are TenonErrors. After one of kind `engine`, or `out-of-memory` while
 * running, the engine is closed; load a new one.
 */
export class Engine {
  /** What runs, and why it is not faster. */
  readonly report: Report;
  private readonly client: Client;

  private constructor(client: Client, report: Report) {
    this.client = client;
    this.report = report;
  }

  /**
   * Loads a model. `options.signal` stops it at any point and frees everything.
   * @throws TenonError aborted, bad-argument, bad-file, network, not-found,
   *   out-of-memory, unsupported-model, engine.
   */
  static async load(
    source: ModelSource,
    options: LoadOptions = {},
  ): Promise<Engine> {
    const { onProgress, signal, ...rest } = options;
    const params = { source: sourceRef(source), ...rest };
    if (signal?.aborted) throw loadAborted();
    const started = performance.now();
    const client = new Client();
    const abort = () => void client.close(loadAborted());
    signal?.addEventListener("abort", abort);
    try {
      const report = await client.call("load", params, { onEvent: onProgress });
      const loadSeconds = (performance.now() - started) / 1000;
      return new Engine(client, { ...report, loadSeconds });
    } catch (error) {
      await client.close(error as TenonError);
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** The token ids of a text. */
  encode(text: string, options: EncodeOptions = {}): Promise<Int32Array> {
    const { addSpecial = true, parseSpecial = false } = options;
    return this.client.call("encode", { text, addSpecial, parseSpecial });
  }

  /** The text of token ids; ill-formed UTF-8 becomes U+FFFD. */
  async decode(
    tokens: ArrayLike<number>,
    options: DecodeOptions = {},
  ): Promise<string> {
    const bytes = await this.decodeBytes(tokens, options);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }

  /** The exact bytes of the text of token ids. */
  decodeBytes(
    tokens: ArrayLike<number>,
    { special = false }: DecodeOptions = {},
  ): Promise<Uint8Array> {
    const ids = Int32Array.from(tokens);
    return this.client.call("decode", { tokens: ids, special });
  }

  /**
   * A conversation of its own. Sessions of one engine take turns.
   * @throws TenonError out-of-memory if `sessions` or `contextSize` of the load
   *   left no room for it.
   */
  async createSession(options: SessionOptions = {}): Promise<Session> {
    const { contextSize = 0, profile = false } = options;
    const params = { contextSize, profile };
    const opened = await this.client.call("openSession", params);
    return new Session(this.client, opened.session, opened.contextSize);
  }

  /** Ends the worker and frees everything; open calls fail with `aborted`. */
  close(): Promise<void> {
    return this.client.close(new TenonError("aborted", "the engine is closed"));
  }
}

function loadAborted(): TenonError {
  return new TenonError("aborted", "loading was aborted");
}
