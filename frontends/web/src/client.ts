// The page's side of the protocol: requests, and the promises of their results.
import { describe, fromWire } from "./errors.ts";
import type {
  CallName,
  Event,
  Params,
  Reply,
  Request,
  Result,
} from "./protocol.ts";
import { TenonError } from "./types.ts";
import {
  startWorker,
  type WorkerHandle,
  type WorkerListener,
} from "./worker_handle.ts";

export interface CallOptions<K extends CallName> {
  onEvent?: ((event: Event<K>) => void) | undefined;
  /** Asks the worker to stop; it still answers. */
  signal?: AbortSignal | undefined;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: TenonError): void;
  onEvent(event: unknown): void;
}

type Start = (listener: WorkerListener) => WorkerHandle;

/** One worker and the requests that it works on. */
export class Client {
  private readonly pending = new Map<number, Pending>();
  private readonly worker: WorkerHandle;
  private lastId = 0;
  private closedBy: TenonError | undefined;

  /** `start` is for tests. */
  constructor(start: Start = startWorker) {
    this.worker = start({
      onMessage: (message) => this.receive(message as Reply),
      onFailure: (why) =>
        void this.close(new TenonError("engine", `the worker failed: ${why}`)),
    });
  }

  /** @throws TenonError what the worker answered, or why it is closed. */
  async call<K extends CallName>(
    call: K,
    params: Params<K>,
    options: CallOptions<K> = {},
  ): Promise<Result<K>> {
    if (this.closedBy) throw this.closedBy;
    const id = ++this.lastId;
    const cancelled = options.signal?.aborted ?? false;
    this.post({ id, call, params, cancelled } as Request);
    const answer = this.expect(id, options);
    const cancel = () => this.cancel(id);
    options.signal?.addEventListener("abort", cancel);
    return answer.finally(() =>
      options.signal?.removeEventListener("abort", cancel),
    );
  }

  /** Ends the worker; every request, open or to come, fails with `why`. */
  async close(why: TenonError): Promise<void> {
    if (this.closedBy) return;
    this.closedBy = why;
    for (const { reject } of this.pending.values()) reject(why);
    this.pending.clear();
    await this.worker.terminate();
  }

  // There are Blobs that cannot be posted: Node's of files on disk.
  private post(request: Request): void {
    try {
      this.worker.post(request);
    } catch (error) {
      throw new TenonError(
        "bad-argument",
        `the worker cannot be given this: ${describe(error)}`,
      );
    }
  }

  private expect<K extends CallName>(
    id: number,
    { onEvent }: CallOptions<K>,
  ): Promise<Result<K>> {
    return new Promise((resolve, reject) => {
      this.pending.set(id, {
        resolve: resolve as (result: unknown) => void,
        reject,
        onEvent: (event) => onEvent?.(event as Event<K>),
      });
    });
  }

  private cancel(id: number): void {
    if (this.pending.has(id)) this.worker.post({ id, call: "cancel" });
  }

  private receive(reply: Reply): void {
    const pending = this.pending.get(reply.id);
    if (reply.type === "event") return pending?.onEvent(reply.event);
    this.pending.delete(reply.id);
    if (reply.type === "result") return pending?.resolve(reply.result);
    const error = fromWire(reply.error);
    pending?.reject(error);
    if (reply.error.fatal) void this.close(error);
  }
}
