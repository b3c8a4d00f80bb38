// The text of tenon_profile().
import type { KernelTime } from "../types.ts";

/** Lines "OP CALLS NANOSECONDS KERNEL"; the slowest comes first. */
export function kernelTimes(lines: string): KernelTime[] {
  const times = lines.split("\n").filter(Boolean).map(kernelTime);
  return times.sort((a, b) => b.nanoseconds - a.nanoseconds);
}

function kernelTime(line: string): KernelTime {
  const [op = "", calls, nanoseconds, ...kernel] = line.split(" ");
  return {
    kernel: kernel.join(" "),
    op,
    calls: Number(calls),
    nanoseconds: Number(nanoseconds),
  };
}
