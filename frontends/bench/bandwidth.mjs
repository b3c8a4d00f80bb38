// How fast this machine reads memory: the ceiling of decoding, which reads all
// weights for each token.
//
//   node bandwidth.mjs THREADS   {"one":bytes/s,"all":bytes/s}
//
// Threads read their part of 512 MB, much more than caches hold, by the loop of
// read_loop.mjs.  The best of several passes counts: a ceiling is what nothing
// disturbed.
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

import { jsonOutput } from "./child.mjs";
import { readLoop } from "./read_loop.mjs";

const FILE = fileURLToPath(import.meta.url);
const PAGES = 8192; // of 64 KiB
const BYTES = PAGES * 65536;
const PASSES = 6;
// V8 replaces its first, slow code between calls, not within one.
const BYTES_PER_CALL = 1 << 20;

/** Bytes per second with one thread and with `threads`, in a process of its own. */
export function measureBandwidth(threads, signal) {
  return jsonOutput([process.execPath, FILE, `${threads}`], signal);
}

async function main(threads) {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  // Pages never written are all the same page of zeros, which a cache holds.
  new Uint8Array(memory.buffer).fill(1);
  const one = await bestOf(memory, 1);
  const all = threads === 1 ? one : await bestOf(memory, threads);
  console.log(JSON.stringify({ one, all }));
}

async function bestOf(memory, threads) {
  const module = new WebAssembly.Module(readLoop(PAGES));
  const data = { module, memory };
  const workers = Array.from({ length: threads }, () => new Worker(FILE, { workerData: data }));
  await Promise.all(workers.map(nextMessage)); // they are ready
  let best = 0;
  for (let pass = 0; pass < PASSES; ++pass) best = Math.max(best, await readAll(workers));
  await Promise.all(workers.map((worker) => worker.terminate()));
  return best;
}

/** Bytes per second. */
async function readAll(workers) {
  const calls = BYTES / BYTES_PER_CALL;
  const share = (i) => Math.floor((i * calls) / workers.length) * BYTES_PER_CALL;
  const started = performance.now();
  const done = workers.map(nextMessage);
  workers.forEach((worker, i) => worker.postMessage([share(i), share(i + 1)]));
  await Promise.all(done);
  return (BYTES * 1000) / (performance.now() - started);
}

function nextMessage(worker) {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

function work({ module, memory }) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  parentPort.on("message", ([begin, end]) => {
    let seen = 0n;
    for (let at = begin; at < end; at += BYTES_PER_CALL)
      seen ^= exports.read(at, at + BYTES_PER_CALL);
    parentPort.postMessage(seen);
  });
  parentPort.postMessage("ready");
}

if (!isMainThread && workerData?.module) work(workerData);
else if (import.meta.main) await main(Number(process.argv[2]));
