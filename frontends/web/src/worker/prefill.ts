// Feeding in steps, with a look at the messages after each.
import type { FeedEvent } from "../protocol.ts";
import type { WorkerSession } from "./session.ts";
import { nextTurn } from "./turn.ts";

export interface FeedSteps {
  /** Most tokens of one step; 0: the engine's own. */
  stepTokens: number;
  rows: boolean;
  onStep(event: FeedEvent): void;
  isCancelled(): boolean;
}

/**
 * Returns whether all were fed, false if it was cancelled between two steps.
 * @throws TenonError context-full before the first.
 */
export async function feedInSteps(
  session: WorkerSession,
  tokens: Int32Array,
  steps: FeedSteps,
): Promise<boolean> {
  session.checkRoom(tokens.length);
  const most = steps.stepTokens || session.stepTokens;
  const step = Math.min(most, session.stepTokens);
  for (let done = 0; done < tokens.length; ) {
    if (steps.isCancelled()) return false;
    const part = tokens.subarray(done, done + step);
    const rows = feedPart(session, part, steps.rows);
    done += part.length;
    steps.onStep({ done, position: session.position, ...rows });
    await nextTurn();
  }
  return true;
}

function feedPart(
  session: WorkerSession,
  part: Int32Array,
  wanted: boolean,
): Pick<FeedEvent, "rows"> {
  if (!wanted) {
    session.feed(part);
    return {};
  }
  return { rows: { count: part.length, ...session.feedRows(part) } };
}
