import type { ModelSource } from "tenon";

/** A model that can be loaded, and what to call it until its own name is known. */
export interface Choice {
  label: string;
  source: ModelSource;
  /** Whether the browser keeps it for the next visit. */
  keep?: boolean;
}

function shipped(label: string, file: string): Choice {
  return { label, source: new URL(`models/${file}`, document.baseURI) };
}

/** The models that ship with Tenon; the first one is loaded by itself. */
export const SHIPPED = [
  shipped("Tiny Llama", "tiny-llama.gguf"),
  shipped("Tiny DeltaNet", "tiny-deltanet.gguf"),
] as const;

export function fromFile(file: File): Choice {
  return { label: file.name, source: file };
}

export function fromAddress(address: string): Choice {
  const label = new URL(address).pathname.split("/").at(-1) || address;
  return { label, source: address, keep: true };
}
