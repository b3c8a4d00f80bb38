// The functions of the module (module/exports.h) with types, texts and errors.
// Knows addresses; nothing outside this file does.
import { statusError, type Doing } from "../errors.ts";
import { TenonError, type KernelTime } from "../types.ts";
import { kernelTimes } from "./kernel_times.ts";

/** Addresses, counts and handles are all numbers. */
export type Functions = Readonly<
  Record<string, (...numbers: number[]) => number>
>;

/** A block of the file that the weights need. */
export interface BlockRequest {
  offset: number;
  bytes: number;
  address: number;
}

export interface Outputs {
  logits: Float32Array;
  hidden: Float32Array;
}

const F32_BYTES = 4;
const I32_BYTES = 4;
const REQUEST_BYTES = 24; // three doubles

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** One instance of the module, and the one engine in it. */
export class Native {
  private readonly functions: Functions;
  private readonly memory: WebAssembly.Memory;
  private requestAddress = 0;
  private headerAddress = 0;

  constructor(functions: Functions, memory: WebAssembly.Memory) {
    this.functions = functions;
    this.memory = memory;
  }

  /** Bytes of its whole memory. */
  get memoryBytes(): number {
    return this.memory.buffer.byteLength;
  }

  // ---- loading

  open(name: string, size: number): void {
    this.withText(name, (text) =>
      this.check("load", this.run("tenon_open", text, size)),
    );
  }

  /**
   * Where to write the first `bytes` bytes of the file, more each time; what was
   * written before is there. Valid until the next call.
   */
  headerRoom(bytes: number): Uint8Array {
    this.headerAddress = this.address("tenon_header_room", Math.max(bytes, 1));
    if (this.headerAddress === 0) throw this.noMemory(bytes);
    return this.bytesAt(this.headerAddress, bytes);
  }

  /** How many bytes the header has at least; 0: the first `bytes` are enough. */
  header(bytes: number): number {
    return this.check("load", this.run("tenon_header", bytes));
  }

  /** Those of the first `bytes` bytes of the file that belong to weights. */
  headerRest(bytes: number): Uint8Array<ArrayBuffer> {
    const offset = Math.min(this.number("data_offset"), bytes);
    return this.copyAt(this.headerAddress + offset, bytes - offset);
  }

  bind(options: string): void {
    this.withText(options, (text) =>
      this.check("load", this.run("tenon_bind", text)),
    );
  }

  /** Grows the memory to `bytes`; false: that cannot be had. */
  reserve(bytes: number): boolean {
    return this.run("tenon_reserve", bytes) === 0;
  }

  /** The next block that the weights need; undefined: they are complete. */
  nextBlock(): BlockRequest | undefined {
    this.requestAddress ||= this.allocate(REQUEST_BYTES);
    const more = this.run("tenon_next", this.requestAddress);
    if (this.check("load", more) === 0) return undefined;
    const [offset = 0, bytes = 0, address = 0] = new Float64Array(
      this.memory.buffer,
      this.requestAddress,
      3,
    );
    return { offset, bytes, address };
  }

  /** Where to write a block; valid while the memory does not grow. */
  block({ address, bytes }: BlockRequest): Uint8Array {
    return this.bytesAt(address, bytes);
  }

  acceptBlock(): void {
    this.check("load", this.run("tenon_accept"));
  }

  /** Start will measure threads, unless `text` is what `text("tuning")` was. */
  tune(text: string): void {
    this.withText(text, (address) =>
      this.check("load", this.run("tenon_tune", address)),
    );
  }

  start(): void {
    this.check("load", this.run("tenon_start"));
  }

  /** @throws TenonError engine if the module does not know the key. */
  number(key: string): number {
    const value = this.withText(key, (text) => this.run("tenon_number", text));
    if (!Number.isNaN(value)) return value;
    throw new TenonError("engine", `the module has no number '${key}'`);
  }

  /** What a session takes besides its state. */
  activationBytes(contextSize: number, threads: number): number {
    return this.run("tenon_activation_bytes", contextSize, threads);
  }

  text(key: string): string {
    return this.withText(key, (text) =>
      this.stringAt(this.address("tenon_text", text)),
    );
  }

  // ---- text and tokens

  encode(text: string, addSpecial: boolean, parseSpecial: boolean): Int32Array {
    const bytes = encoder.encode(text);
    const count = this.withBytes(bytes, (address) =>
      this.call(
        "tenon_encode",
        address,
        bytes.length,
        Number(addSpecial),
        Number(parseSpecial),
      ),
    );
    const ids = this.address("tenon_tokens");
    return new Int32Array(this.memory.buffer, ids, count).slice();
  }

  decode(tokens: Int32Array, special: boolean): Uint8Array {
    const count = this.withTokens(tokens, (ids) =>
      this.call("tenon_decode", ids, tokens.length, Number(special)),
    );
    return this.result(count);
  }

  /** The bytes of one token, which may end inside a code point. */
  tokenBytes(token: number, special: boolean): Uint8Array {
    return this.result(this.call("tenon_token_bytes", token, Number(special)));
  }

  isEnd(token: number): boolean {
    return this.call("tenon_is_end", token) === 1;
  }

  // ---- sessions

  openSession(contextSize: number, profile: boolean): number {
    return this.call("tenon_session", contextSize, Number(profile));
  }

  /** Since the last call, the slowest first; undefined: it keeps none. */
  profile(session: number): KernelTime[] | undefined {
    const lines = this.address("tenon_profile", session);
    if (lines === 0) return undefined;
    return kernelTimes(this.stringAt(lines));
  }

  freeSession(session: number): void {
    this.run("tenon_session_free", session);
  }

  position(session: number): number {
    return this.call("tenon_position", session);
  }

  feed(session: number, tokens: Int32Array): void {
    this.withTokens(tokens, (ids) =>
      this.feedAt(session, ids, tokens.length, 0, 0),
    );
  }

  /** Feeds, and returns what was computed after each token, row after row. */
  feedRows(session: number, tokens: Int32Array): Outputs {
    const count = tokens.length;
    const logits = count * this.number("vocab_size");
    const hidden = count * this.number("embedding_size");
    const bytes = (logits + hidden) * F32_BYTES;
    return this.withRoom(bytes, (rows) => {
      const states = rows + logits * F32_BYTES;
      this.withTokens(tokens, (ids) =>
        this.feedAt(session, ids, count, rows, states),
      );
      return {
        logits: this.floats(rows, logits),
        hidden: this.floats(states, hidden),
      };
    });
  }

  /** A copy; undefined before the first token. */
  logits(session: number): Float32Array | undefined {
    const address = this.address("tenon_logits", session);
    if (address === 0) return undefined;
    return this.floats(address, this.number("vocab_size"));
  }

  checkpoint(session: number): number {
    return this.call("tenon_checkpoint", session);
  }

  restore(session: number, checkpoint: number): void {
    this.call("tenon_restore", session, checkpoint);
  }

  freeCheckpoint(session: number, checkpoint: number): void {
    this.run("tenon_checkpoint_free", session, checkpoint);
  }

  rewind(session: number, position: number): void {
    this.call("tenon_rewind", session, position);
  }

  // ---- samplers

  openSampler(options: string): number {
    return this.withText(options, (text) => this.call("tenon_sampler", text));
  }

  freeSampler(sampler: number): void {
    this.run("tenon_sampler_free", sampler);
  }

  sample(sampler: number, session: number): number {
    return this.call("tenon_sample", sampler, session);
  }

  acceptToken(sampler: number, token: number): void {
    this.call("tenon_accept_token", sampler, token);
  }

  // ---- calls

  private run(name: string, ...numbers: number[]): number {
    const f = this.functions[name];
    if (f) return f(...numbers);
    throw new TenonError("engine", `the module has no function ${name}`);
  }

  private call(name: string, ...numbers: number[]): number {
    return this.check("other", this.run(name, ...numbers));
  }

  private check(doing: Doing, result: number): number {
    if (result >= 0) return result;
    throw statusError(doing, result, this.errorText());
  }

  private feedAt(...numbers: number[]): void {
    this.check("feed", this.run("tenon_feed", ...numbers));
  }

  private errorText(): string {
    return this.stringAt(this.address("tenon_error"));
  }

  // ---- memory

  // Addresses above 2 GB come out of the module as negative numbers.
  private address(name: string, ...numbers: number[]): number {
    return this.run(name, ...numbers) >>> 0;
  }

  private allocate(bytes: number): number {
    const address = this.address("tenon_allocate", Math.max(bytes, 1));
    if (address === 0) throw this.noMemory(bytes);
    return address;
  }

  private withRoom<T>(bytes: number, use: (address: number) => T): T {
    const address = this.allocate(bytes);
    try {
      return use(address);
    } finally {
      this.run("tenon_release", address);
    }
  }

  private withBytes<T>(bytes: Uint8Array, use: (address: number) => T): T {
    return this.withRoom(bytes.length, (address) => {
      this.bytesAt(address, bytes.length).set(bytes);
      return use(address);
    });
  }

  private withText<T>(text: string, use: (address: number) => T): T {
    return this.withBytes(encoder.encode(`${text}\0`), use);
  }

  private withTokens<T>(ids: Int32Array, use: (address: number) => T): T {
    return this.withRoom(ids.length * I32_BYTES, (address) => {
      new Int32Array(this.memory.buffer, address, ids.length).set(ids);
      return use(address);
    });
  }

  private bytesAt(address: number, bytes: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, bytes);
  }

  // A copy: neither posts nor decoders take memory that is shared.
  private copyAt(address: number, bytes: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytesAt(address, bytes));
  }

  private floats(address: number, count: number): Float32Array {
    return new Float32Array(this.copyAt(address, count * F32_BYTES).buffer);
  }

  private result(bytes: number): Uint8Array {
    return this.copyAt(this.address("tenon_bytes"), bytes);
  }

  private stringAt(address: number): string {
    const rest = new Uint8Array(this.memory.buffer, address);
    return decoder.decode(this.copyAt(address, rest.indexOf(0)));
  }

  private noMemory(bytes: number): TenonError {
    return new TenonError(
      "out-of-memory",
      `there is no room for ${bytes} more bytes in ${this.memoryBytes}`,
    );
  }
}
