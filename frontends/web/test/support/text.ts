// What sessions write.
import type { Session } from "../../src/session.ts";
import type { GenerateOptions } from "../../src/types.ts";

export const PROMPT = "Once upon a time";

export async function textOf(
  session: Session,
  prompt: string | number[],
  options: GenerateOptions,
): Promise<string> {
  let text = "";
  for await (const piece of session.generate(prompt, options)) text += piece;
  return text;
}
