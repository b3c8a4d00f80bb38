const END = "<|im_end|>\n";

/** What a chat feeds for the next question: `first`, or after an answer that is still open. */
export function chatTurn(question: string, first: boolean): string {
  const turn = `<|im_start|>user\n${question}${END}<|im_start|>assistant\n`;
  return first ? turn : END + turn;
}

/** Whether the model's own template is of this format. */
export function isChatML(template: string): boolean {
  return template.includes("<|im_start|>");
}
