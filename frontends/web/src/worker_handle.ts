// Starting the worker: a Web Worker, or a thread of Node.
import { nodeModule } from "./node_module.ts";
import { isNode } from "./platform.ts";
import type { Request } from "./protocol.ts";

/** The page's end of a running worker. */
export interface WorkerHandle {
  post(request: Request): void;
  /** Ends it at once; its memory and its threads are freed. */
  terminate(): Promise<void>;
}

export interface WorkerListener {
  onMessage(message: unknown): void;
  /** The worker is lost. */
  onFailure(why: string): void;
}

export function startWorker(listener: WorkerListener): WorkerHandle {
  return isNode ? startNodeWorker(listener) : startWebWorker(listener);
}

// Bundlers look for exactly this expression.
function startWebWorker(listener: WorkerListener): WorkerHandle {
  const worker = new Worker(new URL("./worker.js", import.meta.url), {
    type: "module",
  });
  worker.onmessage = ({ data }) => listener.onMessage(data);
  worker.onerror = (event) => {
    event.preventDefault();
    listener.onFailure(event.message ?? "its script cannot be loaded");
  };
  worker.onmessageerror = () => listener.onFailure("a message was lost");
  return {
    post: (request) => worker.postMessage(request),
    terminate: async () => worker.terminate(),
  };
}

function startNodeWorker(listener: WorkerListener): WorkerHandle {
  const { Worker: Thread } = nodeModule("node:worker_threads");
  const here = import.meta.url;
  // Flags of the program, such as --input-type, are not the worker's.
  const worker = new Thread(new URL("./worker.js", here), { execArgv: [] });
  worker.on("message", (message) => listener.onMessage(message));
  worker.on("error", (error) => listener.onFailure(error.message));
  worker.on("exit", () => listener.onFailure("it ended"));
  return {
    post: (request) => worker.postMessage(request),
    terminate: async () => void (await worker.terminate()),
  };
}
