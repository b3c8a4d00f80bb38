// Medians and spreads.  What was not measured is null and left out.

/** The middle; of an even number, the mean of the middle two. NaN of none. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/**
 * @param {(number | null | undefined)[]} values
 * @returns {{min: number, median: number, max: number, count: number} | null}
 */
export function spread(values) {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length === 0) return null;
  return {
    min: Math.min(...known),
    median: median(known),
    max: Math.max(...known),
    count: known.length,
  };
}

/**
 * The spread of ours[i] / theirs[i]: what one round did to both cancels out.
 * A round that misses one of the two does not count.
 */
export function ratios(ours, theirs) {
  return spread(ours.map((value, i) => divide(value, theirs[i])));
}

function divide(a, b) {
  return Number.isFinite(a) && Number.isFinite(b) ? a / b : null;
}
