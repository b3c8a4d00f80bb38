/** The public types of the package; the classes that use them are in engine.ts. */

/** Where a model comes from: a URL, a file that the user chose, an OPFS handle, or a path (Node). */
export type ModelSource = string | URL | Blob | FileSystemFileHandle;

export type ErrorKind =
  | "unsupported-model" // no plugin of this build runs it
  | "bad-file" // broken, truncated or not a model
  | "out-of-memory" // the message names the numbers
  | "context-full"
  | "aborted"
  | "network"
  | "not-found"
  | "bad-argument"
  | "engine"; // the engine itself failed: load again

/** Every error of this package. */
export class TenonError extends Error {
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.name = "TenonError";
    this.kind = kind;
  }
}

export interface LoadProgress {
  phase: "header" | "weights";
  /** Bytes of the file that are done, and in total. */
  loaded: number;
  total: number;
}

/** The builds of the module, by instructions and threads. */
export type ModuleName =
  | "scalar"
  | "simd128"
  | "relaxed"
  | "simd128-threads"
  | "relaxed-threads";

export interface LoadOptions {
  /**
   * 0 or absent: as many as are fastest, which the first load measures for 0.4
   * seconds and browsers remember; one where threads are not available.
   */
  threads?: number;
  /** Positions of a session; absent: the model's own, at most 4096. */
  contextSize?: number;
  /** Sessions that memory is set aside for; 1 if absent. */
  sessions?: number;
  /**
   * Checkpoints of each session that memory is set aside for; absent: small ones
   * only. They matter for hybrid models, where each is a copy of their state.
   */
  checkpoints?: number;
  activations?: "int8" | "f32";
  cacheType?: "f16" | "f32";
  /** Names of backends, slow to fast; absent: all of the module. */
  backends?: string[];
  /** Sets memory aside for the rows of `Session.feed`. */
  rows?: boolean;
  /** Takes this build of the module, instead of the fastest that works here. */
  module?: ModuleName;
  /**
   * Keeps what comes from a URL among the private files of the page (OPFS), and
   * takes it from there the next time, unless the server has another file by then;
   * also without a network. A download that was cut goes on where it was, if the
   * server tells an ETag or Last-Modified. Where it cannot be kept,
   * `report.fallbacks` says why.
   */
  keep?: boolean;
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

/** What loads with `keep` have left. */
export interface KeptModel {
  url: string;
  /** Of the file. */
  size: number;
  /** That are here; less than `size`: the next load goes on with the download. */
  bytes: number;
}

export interface EncodeOptions {
  /** Adds the tokens that the model wants around a text; true if absent. */
  addSpecial?: boolean;
  /** Turns the text of control tokens into those tokens; false if absent. */
  parseSpecial?: boolean;
}

export interface DecodeOptions {
  /** Includes the text of control tokens; false if absent. */
  special?: boolean;
}

export interface SessionOptions {
  /** Positions; absent: the `contextSize` that the engine was loaded with. */
  contextSize?: number;
  /** Keeps the time of each kernel for `Session.profile`; that slows it down. */
  profile?: boolean;
}

/** What all calls of one kernel took. */
export interface KernelTime {
  /** "linear_q4_0_a8_simd128" */
  kernel: string;
  /** "Linear" */
  op: string;
  calls: number;
  nanoseconds: number;
}

/** What the model computed after one token. */
export interface Row {
  position: number;
  /** One number for each token of the vocabulary, raw. */
  logits: Float32Array;
  /** The state after the output norm: `embeddingSize` numbers. */
  hidden: Float32Array;
}

export interface FeedOptions {
  /** Most tokens of one step; absent: the engine's own. */
  stepTokens?: number;
  /** Called for every token, in order; load the engine with `rows`. */
  onRow?: (row: Row) => void;
  /** Called after each step with the tokens that are read, and in total. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/** How a token is chosen. Names and defaults are those of the program `tenon`. */
export interface SampleOptions {
  /** 0.8 if absent; 0: always the best token. */
  temperature?: number;
  /** Keeps the N best tokens; 40 if absent; 0: all. */
  topK?: number;
  /** Keeps the best tokens of this total probability; 0.95 if absent; 1: all. */
  topP?: number;
  /** Keeps tokens at least this likely relative to the best; 0.05 if absent. */
  minP?: number;
  typicalP?: number;
  repeatPenalty?: number;
  /** Tokens that penalties look at; 64 if absent; -1: all. */
  repeatLastN?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  /** 2: Mirostat 2.0 decides; 0 if absent. */
  mirostat?: number;
  /** Mirostat's target entropy; 5 if absent. */
  mirostatTau?: number;
  /** Mirostat's learning rate; 0.1 if absent. */
  mirostatEta?: number;
  /** The same seed gives the same text, on every platform. Absent: a random one. */
  seed?: number;
  /** Added to the logits of these tokens. */
  logitBias?: Record<number, number>;
  /** Options of other samplers by their own names, such as `xtc_threshold`. */
  other?: Record<string, number>;
}

export interface GenerateOptions extends SampleOptions {
  /** Absent: until the model ends its text or the context is full. */
  maxTokens?: number;
  /** Turns the text of control tokens in the prompt into those tokens. */
  parseSpecial?: boolean;
  /** Goes on where the model would end its text. */
  ignoreEos?: boolean;
  /** Includes the text of control tokens. */
  special?: boolean;
  /** Tokens of the prompt that are read, and in total. */
  onPrefill?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

export type StopReason = "end" | "max-tokens" | "context-full" | "aborted";

/** Of the last `generate` of a session. */
export interface GenerateResult {
  reason: StopReason;
  promptTokens: number;
  generatedTokens: number;
  prefillSeconds: number;
  decodeSeconds: number;
  sampleSeconds: number;
  /** The one that was used. */
  seed: number;
}

/** What runs, and why it is not faster. */
export interface Report {
  module: "scalar" | "simd128" | "relaxed";
  threads: number;
  /** What decided on the number of threads and on tiles, if that was measured. */
  tuning?: {
    /** By an earlier load. */
    remembered: boolean;
    /** For the same part of a token. */
    samples: { threads: number; milliseconds: number }[];
    /**
     * Of a prompt's numbers, as many KiB stay in a core's own cache while the rows of
     * a matrix pass by; 0: as many as a kernel likes.
     */
    tileKib: number;
    /** For one matrix of a prompt. */
    tileSamples: { tileKib: number; milliseconds: number }[];
  } | undefined;
  /** Whether threads were possible at all: crossOriginIsolated, or Node. */
  isolated: boolean;
  /**
   * Sentences: why a faster module, more threads or a backend was not taken, or the
   * model not kept.
   */
  fallbacks: string[];
  /** What the engine wants to say about this file. */
  warnings: string[];
  backends: string[];
  /** What spreads the work over threads. */
  executor: string;
  /** One line for each kind of node: the kernel that computes it. */
  kernels: string[];
  /** Of the file, those that an earlier load with `keep` had kept. */
  reusedBytes: number;
  model: {
    name: string;
    architecture: string;
    format: string;
    parameters: number;
    vocabSize: number;
    embeddingSize: number;
    /** Positions that it was trained for. */
    contextSize: number;
    chatTemplate: string;
  };
  memory: {
    fileBytes: number;
    weightsBytes: number;
    /** Constant state and activations of one session. */
    sessionBytes: number;
    positionBytes: number;
    /** Of a session of the engine's `contextSize`, without activations. */
    stateBytes: number;
    /** Of the WebAssembly memory, which does not grow. */
    totalBytes: number;
  };
  loadSeconds: number;
}
