// ops.svg: which operations the time goes to, a bar for each target and test.
import { COLOURS, element, GREY, round, svg, text, tooltip } from "./svg.mjs";

const WIDTH = 760;
const LEFT = 250;
const BAR = { width: WIDTH - LEFT - 20, height: 28, gap: 16 };
const OTHER = "all others";

/** @param {import("./report.mjs").Results} results */
export function operationBars({ models }) {
  const bars = models.flatMap((model) =>
    model.profile.map(({ target, test, kernels }) => ({
      label: `${model.name} ${target} ${test}`,
      shares: shares(kernels),
    })),
  );
  const named = mostOf(bars, COLOURS.length);
  const below = 20 + bars.length * (BAR.height + BAR.gap);
  const height = below + 20 * (named.length + 1) + 10;
  return svg(WIDTH, height, "Time of each operation", [
    bars.length === 0 ? text(20, 20, "No target told the time of its operations.") : "",
    bars.flatMap((bar, i) => drawBar(bar, named, 20 + i * (BAR.height + BAR.gap))),
    bars.length > 0 ? legend([...named, OTHER], below + 10) : "",
  ]);
}

/** The operations with the largest shares of any bar, at most `count`. */
function mostOf(bars, count) {
  const largest = new Map();
  for (const { op, share } of bars.flatMap((bar) => bar.shares))
    largest.set(op, Math.max(share, largest.get(op) ?? 0));
  const sorted = [...largest].toSorted(([, a], [, b]) => b - a);
  return sorted.slice(0, count).map(([op]) => op);
}

/** @returns {{op: string, share: number}[]}  each operation once; they add up to 1 */
export function shares(kernels) {
  const total = kernels.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  const sums = new Map();
  for (const { op, nanoseconds } of kernels) sums.set(op, (sums.get(op) ?? 0) + nanoseconds);
  return [...sums].map(([op, nanoseconds]) => ({ op, share: nanoseconds / total }));
}

function drawBar({ label, shares }, named, y) {
  let x = LEFT;
  const parts = grouped(shares, named).map(([op, share]) => {
    const part = segment(op, share, colourOf(op, named), x, y);
    x += share * BAR.width;
    return part;
  });
  const title = text(LEFT - 10, y + BAR.height / 2 + 4, label, { "text-anchor": "end" });
  return [title, ...parts.flat()];
}

/** Shares in the order of the legend; operations without a colour together. */
function grouped(shares, named) {
  const sums = new Map([...named, OTHER].map((op) => [op, 0]));
  for (const { op, share } of shares) {
    const group = named.includes(op) ? op : OTHER;
    sums.set(group, sums.get(group) + share);
  }
  return [...sums].filter(([, share]) => share > 0);
}

function segment(op, share, fill, x, y) {
  const percent = `${(100 * share).toFixed(0)} %`;
  const width = round(share * BAR.width);
  const box = { x: round(x), y, width, height: BAR.height, fill };
  const parts = [element("rect", box, tooltip(`${op}: ${percent}`))];
  const inside = { "text-anchor": "middle", style: "fill: #000" };
  if (width > 40) parts.push(text(x + width / 2, y + BAR.height / 2 + 4, percent, inside));
  return parts;
}

function legend(names, top) {
  return names.flatMap((name, i) => {
    const y = top + 20 * i;
    const box = { x: LEFT, y: y - 10, width: 12, height: 12, fill: colourOf(name, names) };
    return [element("rect", box), text(LEFT + 20, y, name)];
  });
}

function colourOf(op, named) {
  return op === OTHER ? GREY : COLOURS[named.indexOf(op)];
}
