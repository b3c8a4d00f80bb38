// All that is known about Emscripten: the files of a build, its factory, and
// how an instance with given memory is made.
import { describe } from "../errors.ts";
import { nodeModule } from "../node_module.ts";
import { isNode } from "../platform.ts";
import { TenonError, type ModuleName } from "../types.ts";
import { Native, type Functions } from "./native.ts";

/** A compiled build, from which instances are made. */
export interface Program {
  /** Whether its memory has to be shared. */
  shared: boolean;
  /** `poolSize`: threads to start before the instance is used. */
  instantiate(memory: WebAssembly.Memory, poolSize: number): Promise<Native>;
}

interface Files {
  glue: URL;
  wasm: URL;
}

type Factory = (options: FactoryOptions) => Promise<Record<string, unknown>>;

interface FactoryOptions {
  wasmMemory: WebAssembly.Memory;
  poolSize: number;
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (i: WebAssembly.Instance, m: WebAssembly.Module) => void,
  ): object;
  print(line: string): void;
  printErr(line: string): void;
}

// Bundlers look for exactly these expressions.
const FILES: Readonly<Record<ModuleName, () => Files>> = {
  scalar: () => ({
    glue: new URL("./wasm/tenon-scalar.mjs", import.meta.url),
    wasm: new URL("./wasm/tenon-scalar.wasm", import.meta.url),
  }),
  simd128: () => ({
    glue: new URL("./wasm/tenon-simd128.mjs", import.meta.url),
    wasm: new URL("./wasm/tenon-simd128.wasm", import.meta.url),
  }),
  relaxed: () => ({
    glue: new URL("./wasm/tenon-relaxed.mjs", import.meta.url),
    wasm: new URL("./wasm/tenon-relaxed.wasm", import.meta.url),
  }),
  "simd128-threads": () => ({
    glue: new URL("./wasm/tenon-simd128-threads.mjs", import.meta.url),
    wasm: new URL("./wasm/tenon-simd128-threads.wasm", import.meta.url),
  }),
  "relaxed-threads": () => ({
    glue: new URL("./wasm/tenon-relaxed-threads.mjs", import.meta.url),
    wasm: new URL("./wasm/tenon-relaxed-threads.wasm", import.meta.url),
  }),
};

/** Whether several threads use the memory of that build. */
export function sharesMemory(name: ModuleName): boolean {
  return name.endsWith("-threads");
}

/** @throws TenonError network if its files cannot be fetched. */
export async function loadProgram(name: ModuleName): Promise<Program> {
  const { glue, wasm } = FILES[name]();
  const [factory, compiled] = await Promise.all([
    importFactory(glue),
    compile(wasm),
  ]);
  const shared = sharesMemory(name);
  const make: Factory =
    shared && !isNode
      ? (options) => withWorkersFrom(glue, () => factory(options))
      : factory;
  return {
    shared,
    instantiate: (memory, poolSize) =>
      makeInstance(make, compiled, memory, poolSize),
  };
}

async function importFactory(glue: URL): Promise<Factory> {
  try {
    const script = await import(/* @vite-ignore */ glue.href);
    return script.default as Factory;
  } catch (error) {
    throw notFetched(glue, error);
  }
}

async function compile(url: URL): Promise<WebAssembly.Module> {
  try {
    return await (isNode ? compileFile(url) : compileStream(url));
  } catch (error) {
    throw notFetched(url, error);
  }
}

async function compileFile(url: URL): Promise<WebAssembly.Module> {
  const bytes = await nodeModule("node:fs").promises.readFile(url);
  return WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
}

// Servers that do not know the type of .wasm files cost a copy, no more.
async function compileStream(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  const type = response.headers.get("Content-Type") ?? "";
  return type.startsWith("application/wasm")
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

function notFetched(url: URL, error: unknown): TenonError {
  return new TenonError("network", `${url.href}: ${describe(error)}`);
}

async function makeInstance(
  factory: Factory,
  compiled: WebAssembly.Module,
  memory: WebAssembly.Memory,
  poolSize: number,
): Promise<Native> {
  const module = await new Promise<Record<string, unknown>>((done, fail) => {
    factory({
      wasmMemory: memory,
      poolSize,
      instantiateWasm(imports, receive) {
        WebAssembly.instantiate(compiled, imports).then(
          (instance) => receive(instance, compiled),
          fail,
        );
        return {};
      },
      print: () => {},
      printErr: () => {},
    }).then(done, fail);
  });
  return new Native(functionsOf(module), memory);
}

function functionsOf(module: Record<string, unknown>): Functions {
  const ours = Object.keys(module).filter((key) => key.startsWith("_tenon_"));
  return Object.fromEntries(
    ours.map((key) => [key.slice(1), module[key]]),
  ) as Functions;
}

// The glue starts its threads from a script of the name that it was built with.
// Bundlers rename files: while an instance is made, workers come from the file
// that the glue itself was loaded from.
async function withWorkersFrom<T>(
  glue: URL,
  make: () => Promise<T>,
): Promise<T> {
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(_: string | URL, options?: WorkerOptions) {
      super(glue, options);
    }
  };
  try {
    return await make();
  } finally {
    globalThis.Worker = Worker;
  }
}
