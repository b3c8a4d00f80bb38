// The figures of a report, drawn from the rounds of a ModelResult.
import { median, ratios, spread } from "./statistics.mjs";
import { stepOf } from "./targets/targets.mjs";

/** The two ceilings, bytes per second. */
export function bandwidthOf(models) {
  const rounds = models.flatMap((model) => model.rounds);
  const of = (which) => spread(rounds.map(({ bandwidth }) => bandwidth[which]));
  return { one: of("one"), all: of("all") };
}

/** All that were measured at least once, in their order. */
export function measuredNames({ rounds }) {
  return [...new Set(rounds.flatMap(({ measured }) => Object.keys(measured)))];
}

export const warm = ({ samples }) => median(samples);
export const cold = (measurement) => measurement.cold;

/** One number or null for each round. */
export function perRound({ rounds }, name, caseName, pick) {
  return rounds.map(({ measured }) => {
    const measurement = measured[name]?.[caseName];
    return measurement ? (pick(measurement) ?? null) : null;
  });
}

export function rate(model, name, caseName, pick = warm) {
  return spread(perRound(model, name, caseName, pick));
}

/** Ours to theirs; above 1 ours is faster. */
export function speedRatio(model, ours, theirs, caseName) {
  return ratios(
    perRound(model, ours, caseName, warm),
    perRound(model, theirs, caseName, warm),
  );
}

export function loadSeconds(model, name) {
  return spread(perRound(model, name, "prefill", (m) => m.loadSeconds));
}

/** From what an earlier load kept. */
export function againSeconds(model, name) {
  return spread(perRound(model, name, "prefill", (m) => m.againSeconds));
}

/** What a process may take besides the file and the state. */
const SPARE_BYTES = 64e6;

/**
 * Of the measurement that took the most, and what that one may take: undefined
 * if the target did not tell.
 */
export function memory({ rounds, fileBytes }, name) {
  const all = rounds.flatMap(({ measured }) => Object.values(measured[name] ?? {}));
  const most = all.toSorted((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0))[0];
  return { bytes: most?.memoryBytes, allowed: fileBytes + most?.stateBytes + SPARE_BYTES };
}

/** Decoding after many tokens to decoding after few. */
export function depthRatio(model, name) {
  const rates = (caseName) => perRound(model, name, caseName, warm);
  return ratios(rates("deep"), rates("shallow"));
}

export function remarks({ rounds }, name) {
  const all = rounds.flatMap(({ measured }) => Object.values(measured[name] ?? {}));
  return [...new Set(all.flatMap((measurement) => measurement.remarks ?? []))];
}

/** Bytes of all tensors; of the file if no target told them. */
export function weightBytes(model) {
  return firstKnown(model, "weightBytes") ?? model.fileBytes;
}

export function parameters(model) {
  return firstKnown(model, "parameters");
}

function firstKnown({ rounds }, field) {
  return rounds
    .flatMap(({ measured }) => Object.values(measured))
    .flatMap((cases) => Object.values(cases))
    .map((measurement) => measurement[field])
    .find((value) => value !== undefined);
}

/** The part of the memory's bandwidth that decoding takes: median, or null. */
export function ceilingFraction(model, name) {
  const bandwidths = model.rounds.map(({ bandwidth }) => bandwidth.all);
  const read = perRound(model, name, "decode", (m) => warm(m) * weightBytes(model));
  return ratios(read, bandwidths)?.median ?? null;
}

/**
 * Where a target is in the roofline: operations per byte of weights read, and
 * 10^9 operations per second; a parameter takes a product and a sum per token.
 */
export function rooflinePoint(model, name, caseName, prompt) {
  const tokensPerSecond = rate(model, name, caseName)?.median;
  const perToken = 2 * (parameters(model) ?? NaN);
  const tokens = caseName === "decode" ? 1 : Math.min(prompt, stepOf(name));
  const intensity = (tokens * perToken) / weightBytes(model);
  const gops = (tokensPerSecond * perToken) / 1e9;
  return Number.isFinite(intensity * gops) ? { intensity, gops } : null;
}
