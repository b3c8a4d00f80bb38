// What the page and the worker say to each other.
//
// The page posts requests; the worker answers each with any number of events and
// then one result or error.  A cancelled request is answered like any other.
import type { WireError } from "./errors.ts";
import type {
  GenerateResult,
  KernelTime,
  LoadOptions,
  LoadProgress,
  Report,
} from "./types.ts";

interface Call<Params, Result, Event = never> {
  params: Params;
  result: Result;
  event: Event;
}

/** A source in a form that can be posted. */
export type SourceRef =
  | { url: string }
  | { path: string }
  | { blob: Blob }
  | { handle: FileSystemFileHandle };

export interface LoadParams
  extends Omit<LoadOptions, "onProgress" | "signal"> {
  source: SourceRef;
}

export type LoadResult = Omit<Report, "loadSeconds">;

export interface FeedParams {
  session: number;
  tokens: Int32Array;
  /** 0: the engine's own. */
  stepTokens: number;
  rows: boolean;
}

/** After a step. */
export interface FeedEvent {
  done: number;
  position: number;
  /** Rows of logits and of hidden states, if they were asked for. */
  rows?: { count: number; logits: Float32Array; hidden: Float32Array };
}

export interface GenerateParams {
  session: number;
  prompt: string | Int32Array;
  parseSpecial: boolean;
  /** Options of the samplers, as the module reads them. */
  sampler: string;
  /** -1: no limit. */
  maxTokens: number;
  ignoreEos: boolean;
  special: boolean;
}

export interface GenerateEvent {
  position: number;
  /** Text that became complete. */
  text?: string;
  /** Tokens of the prompt. */
  prefill?: { done: number; total: number };
}

export type WorkerResult = Omit<GenerateResult, "seed"> & { position: number };

export interface Calls {
  load: Call<LoadParams, LoadResult, LoadProgress>;
  encode: Call<
    { text: string; addSpecial: boolean; parseSpecial: boolean },
    Int32Array
  >;
  decode: Call<{ tokens: Int32Array; special: boolean }, Uint8Array>;
  openSession: Call<
    { contextSize: number; profile: boolean },
    { session: number; contextSize: number }
  >;
  closeSession: Call<{ session: number }, void>;
  feed: Call<FeedParams, void, FeedEvent>;
  logits: Call<{ session: number }, Float32Array>;
  profile: Call<{ session: number }, KernelTime[]>;
  sample: Call<{ session: number; sampler: string }, number>;
  generate: Call<GenerateParams, WorkerResult, GenerateEvent>;
  checkpoint: Call<{ session: number }, number>;
  restore: Call<{ session: number; checkpoint: number }, number>;
  rewind: Call<{ session: number; position: number }, number>;
  freeCheckpoint: Call<{ session: number; checkpoint: number }, void>;
}

export type CallName = keyof Calls;
export type Params<K extends CallName> = Calls[K]["params"];
export type Result<K extends CallName> = Calls[K]["result"];
export type Event<K extends CallName> = Calls[K]["event"];

/** From the page. What was cancelled before it was posted says so itself. */
export type Request =
  | {
      [K in CallName]: {
        id: number;
        call: K;
        params: Params<K>;
        cancelled: boolean;
      };
    }[CallName]
  | { id: number; call: "cancel" };

/** From the worker. */
export type Reply =
  | { id: number; type: "event"; event: unknown }
  | { id: number; type: "result"; result: unknown }
  | { id: number; type: "error"; error: WireError };
