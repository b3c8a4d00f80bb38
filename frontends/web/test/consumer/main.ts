import { Engine, TenonError, type GenerateOptions } from "tenon";

const options: GenerateOptions = { temperature: 0, maxTokens: 40 };

async function write(prompt: string): Promise<string> {
  const engine = await Engine.load("tiny-llama.gguf");
  const session = await engine.createSession();
  let text = "";
  for await (const piece of session.generate(prompt, options)) text += piece;
  document.body.dataset["module"] = engine.report.module;
  await engine.close();
  return text;
}

try {
  document.body.textContent = await write("Once upon a time");
} catch (error) {
  document.body.textContent = error instanceof TenonError ? error.kind : String(error);
}
document.body.dataset["done"] = "";
