import type { GenerateResult, StopReason } from "tenon";

import { formatRate, formatTokens } from "./format.ts";

const REASONS: Record<StopReason, string> = {
  end: "ended by itself",
  "max-tokens": "stopped at the max tokens of the settings",
  "context-full": "stopped, because the context is full",
  aborted: "stopped",
};

function speed(tokens: number, seconds: number): string {
  const count = formatTokens(tokens);
  return seconds > 0 ? `${count} at ${formatRate(tokens / seconds)} per second` : count;
}

/** How an answer went, in one line. */
export function summaryOf(result: GenerateResult): string {
  const { promptTokens, generatedTokens, prefillSeconds, decodeSeconds, sampleSeconds } = result;
  const read = `Read ${speed(promptTokens, prefillSeconds)}`;
  const wrote = `wrote ${speed(generatedTokens, decodeSeconds + sampleSeconds)}`;
  return `${read}, ${wrote}; ${REASONS[result.reason]}.`;
}
