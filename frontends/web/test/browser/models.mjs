// The models that ship, and what the native program makes of them.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../../../", import.meta.url);
const PROGRAM = process.env.TENON ?? fileURLToPath(new URL("build/native-release/bin/tenon", ROOT));

export const SHIPPED = ["tiny-llama", "tiny-deltanet"];

export function pathOf(model) {
  return fileURLToPath(new URL(`models/${model}.gguf`, ROOT));
}

export function bytesOf(model) {
  return readFileSync(pathOf(model));
}

/** The same model, said to be of an architecture that nobody knows. */
export function unknownArchitecture(model) {
  const bytes = bytesOf(model);
  const key = bytes.indexOf("general.architecture");
  bytes.write("zz", key + "general.architecture".length + 4 + 8); // the type, the length
  return bytes;
}

/** What the native program writes after `prompt`, always taking the best token. */
export function nativeGreedy(model, prompt, maxTokens) {
  const text = execFileSync(
    PROGRAM,
    ["run", "-m", pathOf(model), "--temp", "0", "-n", `${maxTokens}`, "--no-display-prompt", "-p", prompt],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  return text.replace(/\n$/, ""); // of the terminal, not of the text
}
