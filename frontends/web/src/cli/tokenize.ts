// tenon tokenize: text to token ids.
import type { Engine } from "../engine.ts";
import type { Command } from "./command.ts";
import { engineOptions, loadEngine, MODEL_FLAG } from "./engine_flags.ts";
import { quoted, textOrBytes } from "./format.ts";
import { readText, TEXT_FLAGS } from "./text.ts";

/** The bytes of one token, control tokens included. */
export function pieceOf(engine: Engine, id: number): Promise<Uint8Array> {
  return engine.decodeBytes([id], { special: true });
}

export const tokenize: Command = {
  summary: "Print the tokens of a text",
  takesText: true,
  flags: {
    ...TEXT_FLAGS,
    ...MODEL_FLAG,
    "parse-special": {
      isSwitch: true,
      help: "Turn the text of control tokens into tokens",
    },
    special: { isSwitch: true, alias: "parse-special", help: "" },
    "no-bos": {
      isSwitch: true,
      help: "Leave out the tokens that the model's settings put around a text",
    },
    ids: { isSwitch: true, help: "Print [id, id, ...] only" },
    json: { isSwitch: true, help: "Print JSON" },
  },

  async run(args) {
    const text = readText(args);
    const load = { ...engineOptions(args), threads: 1, contextSize: 1 };
    const engine = await loadEngine(args, load);
    const ids = await engine.encode(text, {
      addSpecial: !args.switches.has("no-bos"),
      parseSpecial: args.switches.has("parse-special"),
    });
    if (args.switches.has("json")) await printJson(engine, ids);
    else if (args.switches.has("ids")) print(`[${ids.join(", ")}]`);
    else await printTable(engine, ids);
    await engine.close();
  },
};

async function printJson(engine: Engine, ids: Int32Array): Promise<void> {
  const pieces: (string | number[])[] = [];
  for (const id of ids) pieces.push(textOrBytes(await pieceOf(engine, id)));
  print(JSON.stringify({ count: ids.length, ids: Array.from(ids), pieces }));
}

async function printTable(engine: Engine, ids: Int32Array): Promise<void> {
  for (const id of ids)
    print(`${String(id).padStart(6)} -> ${quoted(await pieceOf(engine, id))}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
