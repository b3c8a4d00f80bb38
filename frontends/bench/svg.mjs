// What the drawings have in common.

/** Readable on white and on dark: the ground and the ink follow the reader. */
const STYLE = `
  svg { --ground: #fff; --ink: #1f2328; --faint: #d0d7de; font: 13px sans-serif; }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --ink: #e6edf3; --faint: #30363d; }
  }
  text { fill: var(--ink); }
  .ground { fill: var(--ground); }
  .faint { stroke: var(--faint); }
  .ink { stroke: var(--ink); fill: none; }
`;

/** Told apart by people who see colours differently, on both grounds. */
export const COLOURS = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#8f7ee7",
];
export const GREY = "#8b949e";

/** @param {(string | string[])[]} content */
export function svg(width, height, title, content) {
  const size = { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" };
  return element("svg", { xmlns: "http://www.w3.org/2000/svg", ...size }, [
    tooltip(title),
    element("style", {}, STYLE),
    element("rect", { class: "ground", width, height }),
    ...content.flat(),
  ]);
}

/** @param {string | string[]} content  elements */
export function element(name, attributes, content = []) {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
  const inside = [content].flat().join("\n");
  return inside ? `<${name}${words.join("")}>${inside}</${name}>` : `<${name}${words.join("")}/>`;
}

export function text(x, y, words, attributes = {}) {
  return element("text", { x: round(x), y: round(y), ...attributes }, escape(words));
}

export function tooltip(words) {
  return element("title", {}, escape(words));
}

export function line(x1, y1, x2, y2, attributes) {
  const ends = { x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2) };
  return element("line", { ...ends, ...attributes });
}

/** Two decimals are more than a screen shows. */
export function round(x) {
  return Math.round(x * 100) / 100;
}

function escape(value) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return `${value}`.replace(/[&<>"]/g, (c) => names[c]);
}
