const UNITS = ["bytes", "kB", "MB", "GB"];

function unitOf(bytes: number): number {
  return Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
}

function inUnit(bytes: number, unit: number): string {
  return (bytes / 1000 ** unit).toFixed(unit > 0 ? 1 : 0);
}

/** "2.4 MB" */
export function formatBytes(bytes: number): string {
  const unit = unitOf(bytes);
  return `${inUnit(bytes, unit)}\u00a0${UNITS[unit]}`;
}

/** "1.2 of 2.4 MB" */
export function formatBytesOf(done: number, total: number): string {
  const unit = unitOf(total);
  return `${inUnit(done, unit)} of ${inUnit(total, unit)} ${UNITS[unit]}`;
}

/** "2.2M" */
export function formatCount(count: number): string {
  const format = { notation: "compact", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat("en", format).format(count);
}

/** "8.3", "113": three digits say enough about a speed. */
export function formatRate(tokensPerSecond: number): string {
  return tokensPerSecond < 100 ? tokensPerSecond.toFixed(1) : tokensPerSecond.toFixed(0);
}

/** "1 token", "2 tokens" */
export function formatTokens(count: number): string {
  return `${count} ${count === 1 ? "token" : "tokens"}`;
}
