// The worker's side of the protocol: requests in, events, results and errors
// out.  One engine; its sessions take turns between steps.
import { toWire } from "../errors.ts";
import type {
  CallName,
  Event,
  Params,
  Request,
  Result,
} from "../protocol.ts";
import { TenonError } from "../types.ts";
import { generate } from "./generation.ts";
import { load, type Loaded } from "./loader.ts";
import type { Port } from "./port.ts";
import { feedInSteps } from "./prefill.ts";
import { WorkerSession } from "./session.ts";

interface Context<K extends CallName> {
  emit(event: Event<K>, transfer?: Transferable[]): void;
  isCancelled(): boolean;
}

type Handlers = {
  [K in CallName]: (
    params: Params<K>,
    context: Context<K>,
  ) => Result<K> | Promise<Result<K>>;
};

type AnyHandler = (params: unknown, context: Context<CallName>) => unknown;

export class Server {
  private readonly port: Port;
  private readonly open = new Set<number>(); // requests
  private readonly cancelled = new Set<number>();
  private readonly sessions = new Map<number, WorkerSession>();
  private lastSession = 0;
  private loaded: Loaded | undefined;

  constructor(port: Port) {
    this.port = port;
    port.listen((request) => this.receive(request));
  }

  private receive(request: Request): void {
    if (request.call !== "cancel") void this.answer(request);
    else if (this.open.has(request.id)) this.cancelled.add(request.id);
  }

  private async answer(
    request: Exclude<Request, { call: "cancel" }>,
  ): Promise<void> {
    const { id } = request;
    this.open.add(id);
    if (request.cancelled) this.cancelled.add(id);
    try {
      const handler = this.handlers[request.call] as AnyHandler;
      const result = await handler(request.params, this.context(id));
      this.port.post({ id, type: "result", result }, []);
    } catch (error) {
      this.port.post({ id, type: "error", error: toWire(error) }, []);
    }
    this.open.delete(id);
    this.cancelled.delete(id);
  }

  private context(id: number): Context<CallName> {
    return {
      emit: (event: unknown, transfer = []) =>
        this.port.post({ id, type: "event", event }, transfer),
      isCancelled: () => this.cancelled.has(id),
    };
  }

  private readonly handlers: Handlers = {
    load: async (params, context) => {
      this.loaded = await load(params, (progress) => context.emit(progress));
      return this.loaded.result;
    },

    encode: ({ text, addSpecial, parseSpecial }) =>
      this.engine.native.encode(text, addSpecial, parseSpecial),

    decode: ({ tokens, special }) =>
      this.engine.native.decode(tokens, special),

    openSession: ({ contextSize, profile }) => {
      const session = new WorkerSession(this.engine, contextSize, profile);
      this.sessions.set(++this.lastSession, session);
      return { session: this.lastSession, contextSize: session.contextSize };
    },

    closeSession: async ({ session: id }) => {
      const session = this.find(id);
      this.sessions.delete(id);
      await session.inTurn(() => session.close());
    },

    feed: ({ session: id, tokens, stepTokens, rows }, context) =>
      this.inTurn(id, async (session) => {
        if (tokens.length === 0)
          throw new TenonError("bad-argument", "there are no tokens to feed");
        const complete = await feedInSteps(session, tokens, {
          stepTokens,
          rows,
          onStep: (event) => context.emit(event, buffersOf(event)),
          isCancelled: context.isCancelled,
        });
        if (!complete) throw new TenonError("aborted", "feeding was aborted");
      }),

    logits: ({ session: id }) =>
      this.inTurn(id, (session) => session.logits()),

    profile: ({ session: id }) =>
      this.inTurn(id, (session) => session.profile()),

    sample: ({ session: id, sampler }) =>
      this.inTurn(id, (session) => session.sample(sampler)),

    generate: (params, context) =>
      this.inTurn(params.session, (session) =>
        generate(session, params, context),
      ),

    checkpoint: ({ session: id }) =>
      this.inTurn(id, (session) => session.checkpoint()),

    restore: ({ session: id, checkpoint }) =>
      this.inTurn(id, (session) => {
        session.restore(checkpoint);
        return session.position;
      }),

    rewind: ({ session: id, position }) =>
      this.inTurn(id, (session) => {
        session.rewind(position);
        return session.position;
      }),

    freeCheckpoint: ({ session: id, checkpoint }) =>
      this.inTurn(id, (session) => session.freeCheckpoint(checkpoint)),
  };

  private get engine(): Loaded {
    if (this.loaded) return this.loaded;
    throw new TenonError("bad-argument", "no model is loaded");
  }

  private async inTurn<T>(
    id: number,
    work: (session: WorkerSession) => T | Promise<T>,
  ): Promise<T> {
    const session = this.find(id);
    return session.inTurn(() => work(session));
  }

  private find(id: number): WorkerSession {
    const session = this.sessions.get(id);
    if (session) return session;
    throw new TenonError("bad-argument", "the session is closed");
  }
}

// Rows are handed over, not copied.
function buffersOf({ rows }: Event<"feed">): Transferable[] {
  if (!rows) return [];
  return [rows.logits.buffer, rows.hidden.buffer] as Transferable[];
}
