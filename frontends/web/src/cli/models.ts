// Names of models, and the files that they stand for.
import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TenonError } from "../types.ts";

export const DEFAULT_MODEL = "tiny-llama";

/**
 * The path of a model's file: `model` itself, or MODEL, MODEL.gguf or MODEL.tnn
 * in a folder of models.
 * @throws TenonError not-found, naming the folders.
 */
export function findModel(model: string): string {
  if (isFile(model)) return model;
  if (model.includes("/"))
    throw new TenonError("not-found", `${model}: there is no such file`);
  const folders = modelFolders();
  for (const folder of folders)
    for (const suffix of ["", ".gguf", ".tnn"]) {
      const path = join(folder, model + suffix);
      if (isFile(path)) return path;
    }
  const places = folders.map((folder) => `'${folder}'`).join(", ");
  throw new TenonError(
    "not-found",
    `${model}: there is no such file, and no model of that name in ${places}`,
  );
}

// The last one is in the repository; dist/ is two folders below.
function modelFolders(): string[] {
  const given = process.env["TENON_MODELS"];
  const ours = fileURLToPath(new URL("../../../models", import.meta.url));
  return [...(given ? [given] : []), "models", ours];
}

function isFile(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  return status !== undefined && !status.isDirectory();
}
