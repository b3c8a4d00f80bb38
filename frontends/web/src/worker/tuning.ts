// What was measured about this machine, kept from one page load to the next.
import type { Report } from "../types.ts";

/** Keeps texts. It may forget all of them. */
export interface TextStore {
  get(key: string): Promise<string>;
  put(key: string, text: string): Promise<void>;
}

const DATABASE = "tenon";
const STORE = "tuning";

/** Of this browser, or one that keeps nothing, as in Node. */
export function textStore(): TextStore {
  return typeof indexedDB === "undefined" ? forgetful : inBrowser;
}

const forgetful: TextStore = {
  get: async () => "",
  put: async () => {},
};

// Browsers refuse storage for reasons of their own; measuring again is fine.
const inBrowser: TextStore = {
  async get(key) {
    try {
      const text = await request("readonly", (store) => store.get(key));
      return typeof text === "string" ? text : "";
    } catch {
      return "";
    }
  },
  async put(key, text) {
    try {
      await request("readwrite", (store) => store.put(text, key));
    } catch {
      // See above.
    }
  },
};

async function request(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = (await settled(opening)) as IDBDatabase;
  try {
    const store = database.transaction(STORE, mode).objectStore(STORE);
    return await settled(ask(store));
  } finally {
    database.close();
  }
}

function settled(request: IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * What the module's text says: its last line is "2: 1=20500 2=11250; 0: 0=3100
 * 512=3150", the choice and the microseconds of each number of threads, and the same
 * of tiles.
 */
export function describeTuning(
  text: string,
  remembered: boolean,
): Report["tuning"] {
  const line = text.split("\n").at(-1) ?? "";
  const [threads, tiles] = line.split("; ").map(parseChoice);
  if (!threads || !tiles) return undefined;
  return {
    remembered,
    samples: threads.samples.map(([threads, ms]) => ({ threads, milliseconds: ms })),
    tileKib: tiles.value,
    tileSamples: tiles.samples.map(([tileKib, ms]) => ({ tileKib, milliseconds: ms })),
  };
}

interface Choice {
  value: number;
  /** Values, and milliseconds. */
  samples: [number, number][];
}

/** "2: 1=20500 2=11250" */
function parseChoice(text: string): Choice {
  const [value = "", samples = ""] = text.split(": ");
  return {
    value: Number(value),
    samples: samples.split(" ").map((sample) => {
      const [value = 0, microseconds = 0] = sample.split("=").map(Number);
      return [value, microseconds / 1000];
    }),
  };
}
