// Sampling options as the module reads them: "temp=4605380978949069210;seed=1",
// the bits of 0.8 and the seed.
import { TenonError, type SampleOptions } from "./types.ts";

type NumberOption = Exclude<
  keyof SampleOptions,
  "seed" | "logitBias" | "other"
>;

// The samplers' own names.
const NAMES: Readonly<Record<NumberOption, string>> = {
  temperature: "temp",
  topK: "top_k",
  topP: "top_p",
  minP: "min_p",
  typicalP: "typical_p",
  repeatPenalty: "repeat_penalty",
  repeatLastN: "repeat_last_n",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  mirostat: "mirostat",
  mirostatTau: "mirostat_tau",
  mirostatEta: "mirostat_eta",
};

// Of `tenon run`.  The other options have no effect unless they are given.
const DEFAULTS = { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05 };

/**
 * The options, and defaults for those that are absent.
 * @throws TenonError bad-argument for what is no number.
 */
export function samplerText(options: SampleOptions, seed: number): string {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as SampleOptions;
  const all: SampleOptions = { ...DEFAULTS, ...given };
  const parts = [...numbers(all), ...others(all)];
  parts.push(`seed=${checkedSeed(seed)}`);
  const biases = biasText(all.logitBias ?? {});
  if (biases) parts.push(`logit_bias=${biases}`);
  return parts.join(";");
}

/** A seed for those who gave none. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

function numbers(options: SampleOptions): string[] {
  return (Object.keys(NAMES) as NumberOption[])
    .filter((key) => options[key] !== undefined)
    .map((key) => `${NAMES[key]}=${bitsOf(checked(key, options[key]))}`);
}

function others(options: SampleOptions): string[] {
  return Object.entries(options.other ?? {}).map(([name, value]) => {
    if (!/^\w+$/.test(name))
      throw new TenonError("bad-argument", `'${name}' is no sampler option`);
    return `${name}=${bitsOf(checked(name, value))}`;
  });
}

function checked(name: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TenonError(
    "bad-argument",
    `${name}: ${String(value)} is not a finite number`,
  );
}

function checkedSeed(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new TenonError(
    "bad-argument",
    `seed: ${seed} is not an integer from 0 to 2^53 - 1`,
  );
}

// "15:4609434218613702656,7:...".  Minus infinity forbids a token.
function biasText(biases: Record<number, number>): string {
  return Object.entries(biases)
    .map(([id, bias]) => {
      if (bias !== -Infinity) checked(`logitBias[${id}]`, bias);
      return `${id}:${bitsOf(bias)}`;
    })
    .join(",");
}

// Exact, and the module needs no tables to read it.
function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
}
