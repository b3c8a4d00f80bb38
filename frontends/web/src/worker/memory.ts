// How much memory an instance gets: a little to read the header, then all that
// the model takes, so that it need not grow while it runs.
import { describe } from "../errors.ts";
import { TenonError } from "../types.ts";

const PAGE_BYTES = 65536;
const MOST_PAGES = 65536; // of 32-bit WebAssembly: 4 GiB
const FIRST_PAGES = 128; // the modules are linked with it: INITIAL_MEMORY
const MIB = 1024 * 1024;

/** Texts, results, what is packed at the moment, and gaps. */
const WORK_BYTES = 4 * MIB;
/** For sessions and checkpoints that nothing was set aside for. */
const SPARE_BYTES = 4 * MIB;
/** A sampler's candidates, per token of the vocabulary. */
const SAMPLER_BYTES = 12;
/** The stack of one thread. */
const THREAD_BYTES = 0.25 * MIB;

export interface Needs {
  /** The module, the metadata and the tokenizer. */
  used: number;
  weights: number;
  /** Activations and scratch of one session of contextSize positions. */
  activations: number;
  /** Constant state, of one session and of each of its checkpoints. */
  state: number;
  checkpoints: number;
  /** State of one position. */
  position: number;
  contextSize: number;
  sessions: number;
  /** Rows of logits and hidden states of one step; 0: not wanted. */
  rows: number;
  vocabSize: number;
  threads: number;
}

/** Of all sessions. */
export function sessionBytes(needs: Needs): number {
  const states = needs.state * (1 + needs.checkpoints);
  const positions = needs.position * needs.contextSize;
  return needs.sessions * (needs.activations + states + positions);
}

/** In whole pages. */
export function totalBytes(needs: Needs): number {
  const samplers = needs.sessions * needs.vocabSize * SAMPLER_BYTES;
  const threads = THREAD_BYTES * needs.threads;
  const work = WORK_BYTES + SPARE_BYTES + needs.rows + samplers + threads;
  const bytes = needs.used + needs.weights + sessionBytes(needs) + work;
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

/**
 * What sessions and checkpoints may take.  More would leave too little for
 * everything else, where a lack of memory is the end of the engine.
 */
export class Budget {
  private readonly needs: Needs;
  private free: number;

  constructor(needs: Needs) {
    this.needs = needs;
    this.free = sessionBytes(needs) + SPARE_BYTES;
  }

  /** Returns the bytes to give back. @throws TenonError out-of-memory */
  takeSession(contextSize: number): number {
    const { activations, state, position } = this.needs;
    return this.take(
      activations + state + position * contextSize,
      `a session of ${contextSize} positions`,
      "with more 'sessions' or a longer 'contextSize'",
    );
  }

  /** As takeSession. */
  takeCheckpoint(): number {
    return this.take(this.needs.state, "a checkpoint", "with 'checkpoints'");
  }

  giveBack(bytes: number): void {
    this.free += bytes;
  }

  private take(bytes: number, what: string, remedy: string): number {
    if (bytes > this.free)
      throw new TenonError(
        "out-of-memory",
        `${what} takes ${mib(bytes)}, and ${mib(this.free)} are free for it: ` +
          `load the model ${remedy}`,
      );
    this.free -= bytes;
    return bytes;
  }
}

/**
 * Small, and able to grow as far as possible: some phones do not even give
 * addresses for 4 GiB.
 * @throws TenonError out-of-memory
 */
export function smallMemory(
  shared: boolean,
  maximum = MOST_PAGES,
): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: FIRST_PAGES, maximum, shared });
  } catch (error) {
    if (maximum > FIRST_PAGES) return smallMemory(shared, maximum / 2);
    throw new TenonError("out-of-memory", describe(error));
  }
}

/** The error if `needs` cannot be had. */
export function tooMuch(needs: Needs): TenonError {
  const why =
    totalBytes(needs) > MOST_PAGES * PAGE_BYTES
      ? "WebAssembly has 4096 MiB at most"
      : "this machine or browser does not give as much";
  const context =
    needs.sessions === 1
      ? `a context of ${needs.contextSize} positions`
      : `${needs.sessions} contexts of ${needs.contextSize} positions`;
  return new TenonError(
    "out-of-memory",
    `the model needs ${mib(totalBytes(needs))} of memory ` +
      `(weights ${mib(needs.weights)}, ${context} ${mib(sessionBytes(needs))}), ` +
      `and ${why}: take a shorter context or a smaller model`,
  );
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / MIB)} MiB`;
}
