// Flags of the samplers, with llama.cpp's names and defaults.
import type { SampleOptions } from "../types.ts";
import { UsageError, type Arguments, type Flags } from "./command.ts";
import { integerOf, numberOf } from "./parse.ts";

type NumberOption = Exclude<keyof SampleOptions, "seed" | "logitBias" | "other">;

const OPTIONS: Readonly<Record<string, NumberOption>> = {
  temp: "temperature",
  "top-k": "topK",
  "top-p": "topP",
  "min-p": "minP",
  typical: "typicalP",
  "repeat-penalty": "repeatPenalty",
  "repeat-last-n": "repeatLastN",
  "presence-penalty": "presencePenalty",
  "frequency-penalty": "frequencyPenalty",
  mirostat: "mirostat",
  "mirostat-ent": "mirostatTau",
  "mirostat-lr": "mirostatEta",
};

export const SAMPLING_FLAGS: Flags = {
  seed: { short: "s", value: "N", help: "Seed; -1: a new one each time [-1]" },
  temp: { value: "N", help: "Temperature; 0: always the best token [0.8]" },
  "top-k": { value: "N", help: "Keep the N best tokens; 0: all [40]" },
  "top-p": {
    value: "N",
    help: "Keep the best tokens of this total; 1: all [0.95]",
  },
  "min-p": {
    value: "N",
    help: "Keep tokens at least this likely, relative to the best; 0: all [0.05]",
  },
  typical: { value: "N", help: "Locally typical sampling; 1: off [1]" },
  "typical-p": { alias: "typical", help: "" },
  "repeat-penalty": {
    value: "N",
    help: "Penalty of repeated tokens; 1: none [1]",
  },
  "repeat-last-n": {
    value: "N",
    help: "Tokens that penalties look at; 0: none, -1: all [64]",
  },
  "presence-penalty": {
    value: "N",
    help: "Penalty of tokens that occurred; 0: none [0]",
  },
  "frequency-penalty": {
    value: "N",
    help: "Penalty for each time that a token occurred; 0: none [0]",
  },
  mirostat: { value: "N", help: "2: Mirostat 2.0 decides; 0: off [0]" },
  "mirostat-ent": { value: "N", help: "Mirostat's target entropy [5]" },
  "mirostat-lr": { value: "N", help: "Mirostat's learning rate [0.1]" },
  "logit-bias": {
    value: "ID+N",
    multiple: true,
    help: "ID+N or ID-N: add N to the logit of token ID",
  },
  sampling: {
    value: "NAME=N",
    multiple: true,
    help: "An option of a sampler that has no flag here",
  },
};

/** @throws UsageError */
export function samplingOptions(args: Arguments): SampleOptions {
  const options: SampleOptions = {};
  for (const [flag, option] of Object.entries(OPTIONS)) {
    const value = numberOf(args, flag);
    if (value !== undefined) options[option] = value;
  }
  const seed = integerOf(args, "seed", -1, -1, Number.MAX_SAFE_INTEGER);
  if (seed >= 0) options.seed = seed;
  options.logitBias = pairs(args, "logit-bias", /^(\d+)([+-].+)$/, "ID+N or ID-N");
  options.other = pairs(args, "sampling", /^(\w+)=(.+)$/, "NAME=N");
  return options;
}

function pairs(
  args: Arguments,
  flag: string,
  form: RegExp,
  shown: string,
): Record<string, number> {
  const given = args.values.get(flag) ?? [];
  return Object.fromEntries(
    given.map((text) => {
      const [, key = "", value = ""] = form.exec(text) ?? [];
      const number = Number(value || NaN);
      if (key && !Number.isNaN(number)) return [key, number];
      throw new UsageError(`--${flag}: '${text}' is not of the form ${shown}`);
    }),
  );
}
