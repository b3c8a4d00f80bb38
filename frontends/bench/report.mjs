// The report, as Markdown.
import { DEEP, LONG_PROMPT, SHALLOW } from "./cases.mjs";
import * as figures from "./figures.mjs";

const NONE = "–";
const PAIRS = [
  ["native", "llama.cpp"],
  ["chromium", "wllama"],
];

/**
 * @typedef {{date: string, commit: string, machine: string, load: number,
 *   options: {threads: number, prompt: number, gen: number, runs: number, quick: boolean},
 *   peers: {name: string, version: string}[], skipped: {name: string, why: string}[],
 *   models: import("./rounds.mjs").ModelResult[]}} Results
 */

/** @param {Results} results */
export function markdown(results) {
  const sections = [
    heading(results),
    ceiling(results),
    ...results.models.flatMap((model) => modelSections(model, results.options)),
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

function heading({ date, commit, machine, load, options, peers, skipped }) {
  const { threads, prompt, gen, runs } = options;
  return [
    "# Benchmark of Tenon",
    "",
    `* ${date}, commit ${commit}`,
    `* ${machine}; load before: ${load.toFixed(1)}`,
    `* threads: ${threads}, prompt: ${prompt}, written: ${gen}, rounds: ${runs}`,
    ...peers.map(({ name, version }) => `* ${name}: ${version}`),
    ...skipped.map(({ name, why }) => `* ${name} was not measured: ${why}`),
    "",
    "Medians of the rounds, with the least and the most in brackets.",
  ].join("\n");
}

function ceiling({ models, options: { threads } }) {
  const { one, all } = figures.bandwidthOf(models);
  const rows = [["1", range(one, gigabytes)]];
  if (threads > 1) rows.push([`${threads}`, range(all, gigabytes)]);
  return [
    "## Memory",
    "",
    "Read in Node's worker threads by a WebAssembly loop of 128-bit loads over 512 MB;",
    "of each round the best of 6 passes.",
    "",
    table(["threads", "GB/s"], rows),
  ].join("\n");
}

function modelSections(model, options) {
  const size = [
    `${megabytes(figures.weightBytes(model))} of weights`,
    figures.parameters(model) && `${(figures.parameters(model) / 1e6).toFixed(1)} M parameters`,
    model.rounds.length < options.runs && `stopped after round ${model.rounds.length}`,
  ];
  return [
    `## ${model.name}\n\n${size.filter(Boolean).join(", ")}`,
    speeds(model),
    comparison(model, options),
    !options.quick && longContext(model),
    memory(model),
    notes(model),
  ];
}

function speeds(model) {
  const rows = figures.measuredNames(model).map((name) => [
    name,
    range(figures.rate(model, name, "prefill"), speed),
    range(figures.rate(model, name, "prefill", figures.cold), speed),
    range(figures.rate(model, name, "decode"), speed),
    range(figures.rate(model, name, "decode", figures.cold), speed),
    orNone(figures.ceilingFraction(model, name), percent),
    orNone(figures.loadSeconds(model, name)?.median, seconds),
    orNone(figures.againSeconds(model, name)?.median, seconds),
  ]);
  const titles = ["prefill t/s", "cold", "decode t/s", "cold", "of ceiling", "load", "again"];
  return table(["", ...titles], rows);
}

function comparison(model, { quick }) {
  const cases = ["prefill", "decode", ...(quick ? [] : ["long prompt"])];
  const rows = PAIRS.map(([ours, theirs]) => [
    `${ours} / ${theirs}`,
    ...cases.map((name) => figures.speedRatio(model, ours, theirs, name)),
  ]).filter(([, ...found]) => found.some(Boolean));
  if (rows.length === 0) return "";
  const written = rows.map(([pair, ...found]) => [pair, ...found.map((r) => range(r, ratio))]);
  const title = "Ratios within a round; above 1 ours is faster.";
  const titles = ["prefill", "decode", `first token after ${LONG_PROMPT}`];
  return `${title}\n\n${table(["", ...titles.slice(0, cases.length)], written)}`;
}

function longContext(model) {
  const firstToken = (name, pick) =>
    range(figures.rate(model, name, "long prompt", (m) => LONG_PROMPT / pick(m)), seconds);
  const names = figures.measuredNames(model);
  const rows = names
    .filter((name) => figures.rate(model, name, "long prompt"))
    .map((name) => [
      name,
      firstToken(name, figures.warm),
      firstToken(name, figures.cold),
      range(figures.rate(model, name, "shallow"), speed),
      range(figures.rate(model, name, "deep"), speed),
      range(figures.depthRatio(model, name), ratio),
    ]);
  const first = [`first token after ${LONG_PROMPT}`, "cold"];
  const decode = [`decode t/s after ${SHALLOW}`, `after ${DEEP}`, `${DEEP} / ${SHALLOW}`];
  return table(["", ...first, ...decode], rows);
}

function memory(model) {
  const rows = figures.measuredNames(model).map((name) => {
    const { bytes, allowed } = figures.memory(model, name);
    return [name, orNone(bytes, megabytes), orNone(allowed, megabytes)];
  });
  return table(["", "peak memory", "file + state + 64 MB"], rows);
}

function notes(model) {
  const remarks = figures
    .measuredNames(model)
    .flatMap((name) => figures.remarks(model, name).map((remark) => `* ${name}: ${remark}`));
  const failures = model.failures.map(({ name, why }) => `* ${name} failed: ${why}`);
  return [...agreement(model.texts), ...remarks, ...failures].join("\n");
}

/** Whether all targets wrote the same. */
function agreement(texts) {
  const hashes = Object.entries(texts);
  const different = new Set(Object.values(texts)).size;
  if (hashes.length === 0) return [];
  if (different === 1) {
    const names = hashes.map(([name]) => name).join(", ");
    return [`* sha256 of the greedy text, the same on ${names}: \`${hashes[0][1]}\``];
  }
  return [
    "* **The targets wrote different texts.** sha256 of the greedy text:",
    ...hashes.map(([name, hash]) => `  * ${name}: \`${hash}\``),
  ];
}

// ---- Markdown and numbers

function table(titles, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const rule = titles.map((_, i) => (i === 0 ? "---" : "---:"));
  return [titles, rule, ...rows].map(line).join("\n");
}

/** "2.0 (1.9..2.1)" */
function range(spread, write) {
  if (!spread) return NONE;
  const { min, median, max, count } = spread;
  return count === 1 ? write(median) : `${write(median)} (${write(min)}..${write(max)})`;
}

function orNone(value, write) {
  return Number.isFinite(value) ? write(value) : NONE;
}

const speed = (x) => (x < 100 ? x.toFixed(2) : x.toFixed(0));
const ratio = (x) => x.toFixed(2);
const percent = (x) => `${(100 * x).toFixed(0)} %`;
const seconds = (x) => `${x < 10 ? x.toPrecision(2) : x.toFixed(0)} s`;
const megabytes = (x) => `${(x / 1e6).toFixed(x < 1e7 ? 1 : 0)} MB`;
const gigabytes = (x) => (x / 1e9).toFixed(1);
