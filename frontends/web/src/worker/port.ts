// The worker's end of the line to the page.
import { nodeModule } from "../node_module.ts";
import { isNode } from "../platform.ts";
import type { Reply, Request } from "../protocol.ts";

export interface Port {
  post(reply: Reply, transfer: Transferable[]): void;
  listen(onRequest: (request: Request) => void): void;
}

/** The part of a Web Worker's global scope that is used here. */
interface WorkerScope {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: { data: Request }) => void) | null;
}

export function openPort(): Port {
  return isNode ? nodePort() : webPort();
}

function webPort(): Port {
  const scope = globalThis as unknown as WorkerScope;
  return {
    post: (reply, transfer) => scope.postMessage(reply, transfer),
    listen: (onRequest) => {
      scope.onmessage = ({ data }) => onRequest(data);
    },
  };
}

function nodePort(): Port {
  const port = nodeModule("node:worker_threads").parentPort;
  if (!port) throw new Error("worker.js is to be started as a worker");
  return {
    post: (reply, transfer) => port.postMessage(reply, transfer as []),
    listen: (onRequest) => void port.on("message", onRequest),
  };
}
