import { type ErrorKind, TenonError } from "tenon";

interface Advice {
  title: string;
  advice: string;
}

const ADVICE: Record<ErrorKind, Advice> = {
  "unsupported-model": {
    title: "This model cannot run here",
    advice:
      "The file is a model, but of a kind or format that this build does not know. " +
      "Llama, Qwen2, Qwen3 and Qwen3.5 work.",
  },
  "bad-file": {
    title: "This is not a whole model file",
    advice: "The file is broken, cut off, or something else. Download it again, or choose another.",
  },
  "out-of-memory": {
    title: "There is not enough memory",
    advice:
      "A smaller context size in the settings, a smaller model, or one with fewer bits per " +
      "weight may fit. Other tabs take memory too.",
  },
  "context-full": {
    title: "The context is full",
    advice:
      "Start over, or write less at once. If the model allows more, raise the context size in " +
      "the settings and load it again.",
  },
  aborted: {
    title: "Cancelled",
    advice: "Nothing is left of it in memory. Load again whenever you like.",
  },
  network: {
    title: "The model could not be fetched",
    advice:
      "Check the connection and the address. Another site has to allow this page to read the " +
      "file (CORS). A file that you downloaded can be opened instead.",
  },
  "not-found": {
    title: "There is no such file",
    advice: "Check the address, or open a file that you downloaded.",
  },
  "bad-argument": {
    title: "A setting does not fit this model",
    advice: "Change it in the settings; the button “Defaults” there sets all of them back.",
  },
  engine: {
    title: "The engine stopped",
    advice: "This should not happen. Load the model again: nothing else is lost.",
  },
};

/** What went wrong in human words, and what to do about it. */
export interface Trouble extends Advice {
  kind: ErrorKind;
  /** The engine's own words, with names and numbers. */
  message: string;
}

export function troubleOf(error: unknown): Trouble {
  const kind = error instanceof TenonError ? error.kind : "engine";
  const message = error instanceof Error ? error.message : String(error);
  return { kind, message, ...ADVICE[kind] };
}
