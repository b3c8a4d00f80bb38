// roofline.svg: how many operations each target does for a byte of weights, and
// how many a second; above the lines memory does not keep up.
import { bandwidthOf, measuredNames, rooflinePoint } from "./figures.mjs";
import { COLOURS, element, line, round, svg, text, tooltip } from "./svg.mjs";

const WIDTH = 760;
const PLOT = { left: 70, top: 20, right: 500, bottom: 380 };
const HEIGHT = 430;
const LEGEND = PLOT.right + 24;

/** @param {import("./report.mjs").Results} results */
export function roofline(results) {
  const series = seriesOf(results);
  const points = series.flatMap(({ decode, prefill }) => [decode, prefill]).filter(Boolean);
  const x = logScale(points.map((p) => p.intensity), PLOT.left, PLOT.right);
  const y = logScale(points.map((p) => p.gops), PLOT.bottom, PLOT.top);
  const names = [...new Set(series.map(({ name }) => name))];
  return svg(WIDTH, HEIGHT, "Roofline", [
    axes(x, y),
    roofs(results, x, y),
    series.flatMap((one) => marks(one, COLOURS[names.indexOf(one.name)], x, y)),
    legend(names, results.models),
  ]);
}

// Colours tell targets apart, numbers models.
function seriesOf({ models, options: { prompt } }) {
  return models.flatMap((model, i) =>
    measuredNames(model).map((name) => ({
      name,
      number: models.length > 1 ? `${i + 1}` : "",
      decode: rooflinePoint(model, name, "decode", prompt),
      prefill: rooflinePoint(model, name, "prefill", prompt),
    })),
  );
}

/** Whole decades around the values, from pixel `from` to pixel `to`. */
export function logScale(values, from, to) {
  const logs = values.length > 0 ? values.map(Math.log10) : [0];
  const first = Math.floor(Math.min(...logs));
  const last = Math.max(Math.ceil(Math.max(...logs)), first + 1);
  const at = (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from);
  const decades = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  return { at, decades, first: 10 ** first, last: 10 ** last };
}

function axes(x, y) {
  const { left, top, right, bottom } = PLOT;
  const faint = { class: "faint" };
  const middle = { "text-anchor": "middle" };
  return [
    ...x.decades.map((value) => line(x.at(value), top, x.at(value), bottom, faint)),
    ...y.decades.map((value) => line(left, y.at(value), right, y.at(value), faint)),
    ...x.decades.map((value) => text(x.at(value), bottom + 18, decimal(value), middle)),
    ...y.decades.map((value) =>
      text(left - 8, y.at(value) + 4, decimal(value), { "text-anchor": "end" }),
    ),
    text((left + right) / 2, bottom + 40, "operations per byte of weights read", middle),
    text(0, 0, "10⁹ operations per second", {
      ...middle,
      transform: `translate(18 ${(top + bottom) / 2}) rotate(-90)`,
    }),
  ];
}

function roofs({ models, options: { threads } }, x, y) {
  const { one, all } = bandwidthOf(models);
  const lines = [roof(one, x, y, { "stroke-dasharray": "5 4" })];
  if (threads > 1) lines.push(roof(all, x, y, {}));
  return lines;
}

/** The part within the plot of gops = intensity * bandwidth. */
function roof(bandwidth, x, y, style) {
  const slope = (bandwidth?.median ?? NaN) / 1e9;
  const begin = Math.max(x.first, y.first / slope);
  const end = Math.min(x.last, y.last / slope);
  if (!(begin < end)) return "";
  const ends = [x.at(begin), y.at(begin * slope), x.at(end), y.at(end * slope)];
  return line(...ends, { class: "ink", "stroke-width": 1.5, ...style });
}

function marks({ name, number, decode, prefill }, fill, x, y) {
  const mark = (point, draw) => {
    if (!point) return [];
    const [cx, cy] = [round(x.at(point.intensity)), round(y.at(point.gops))];
    const title = tooltip(`${name}: ${point.gops.toPrecision(3)}`);
    return [draw(cx, cy, title), number && text(cx + 9, cy + 4, number)];
  };
  const circle = (cx, cy, title) => element("circle", { cx, cy, r: 6, fill }, title);
  const square = (cx, cy, title) =>
    element("rect", { x: cx - 5, y: cy - 5, width: 10, height: 10, fill }, title);
  return [...mark(decode, circle), ...mark(prefill, square)];
}

function legend(names, models) {
  const row = (i) => PLOT.top + 14 + 20 * i;
  const key = (name, i) => [
    element("circle", { cx: LEGEND, cy: row(i) - 4, r: 6, fill: COLOURS[i] }),
    text(LEGEND + 14, row(i), name),
  ];
  const notes = [
    "● decode   ■ prefill",
    "line: memory bandwidth",
    "dashed: of one thread",
    ...(models.length > 1 ? models.map(({ name }, i) => `${i + 1}: ${name}`) : []),
  ];
  return [
    ...names.flatMap(key),
    ...notes.map((note, i) => text(LEGEND - 6, row(names.length + 1 + i), note)),
  ];
}

function decimal(value) {
  return value >= 1 ? `${value}` : value.toFixed(-Math.log10(value));
}
