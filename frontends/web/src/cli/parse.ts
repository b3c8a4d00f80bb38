// Command lines, by the rules of the program `tenon`.
import { parseArgs } from "node:util";
import { describe } from "../errors.ts";
import {
  UsageError,
  type Arguments,
  type Command,
  type Flag,
  type Flags,
} from "./command.ts";

const HELP: Flag = { short: "h", isSwitch: true, help: "Print this help" };

/** @throws UsageError */
export function parse(command: Command, args: string[]): Arguments {
  const flags = { ...command.flags, help: HELP };
  const { values, positionals } = parseStrictly(flags, joinValues(flags, args));
  if (!command.takesText && positionals.length > 0)
    throw new UsageError(`unexpected '${positionals[0]}'`);
  return collect(flags, values, positionals);
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

function parseStrictly(flags: Flags, args: string[]) {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, toOption(flag)]),
  );
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(describe(error).split(". ")[0] ?? "");
  }
}

function toOption(flag: Flag) {
  const type = flag.isSwitch ? ("boolean" as const) : ("string" as const);
  const multiple = true; // told apart below, to complain about repeats
  return flag.short ? { type, multiple, short: flag.short } : { type, multiple };
}

// "-n", "-1" becomes "--predict=-1": a value may begin with a dash.
function joinValues(flags: Flags, args: string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; ++i) {
    const arg = args[i] as string;
    if (arg === "--") return [...joined, ...args.slice(i)];
    const name = takesValue(flags, arg);
    const value = args[i + 1];
    if (name !== undefined && value !== undefined) {
      joined.push(`--${name}=${value}`);
      ++i;
    } else {
      joined.push(arg);
    }
  }
  return joined;
}

function takesValue(flags: Flags, arg: string): string | undefined {
  const found = Object.entries(flags).find(
    ([name, flag]) => arg === `--${name}` || arg === `-${flag.short}`,
  );
  return found && !found[1].isSwitch ? found[0] : undefined;
}

function collect(flags: Flags, given: Values, words: string[]): Arguments {
  const switches = new Set<string>();
  const values = new Map<string, string[]>();
  for (const [name, value] of Object.entries(given)) {
    const flag = flags[name] as Flag;
    const key = flag.alias ?? name;
    if (flag.isSwitch) {
      switches.add(key);
      continue;
    }
    const all = [...(values.get(key) ?? []), ...(value as string[])];
    if (all.length > 1 && !flag.multiple)
      throw new UsageError(`--${name} is given more than once`);
    values.set(key, all);
  }
  return { help: switches.has("help"), switches, values, words };
}

// ---- values

/** The value of a flag that was given once. */
export function textOf(args: Arguments, name: string): string | undefined {
  return args.values.get(name)?.[0];
}

/** A number of any kind. @throws UsageError */
export function numberOf(args: Arguments, name: string): number | undefined {
  const text = textOf(args, name);
  return text === undefined ? undefined : toNumber(name, text);
}

/** An integer in a range. @throws UsageError */
export function integerOf(
  args: Arguments,
  name: string,
  otherwise: number,
  low: number,
  high: number,
): number {
  const text = textOf(args, name);
  return text === undefined ? otherwise : toInteger(name, text, low, high);
}

/** @throws UsageError */
export function toInteger(
  name: string,
  text: string,
  low: number,
  high: number,
): number {
  const value = toNumber(name, text);
  if (Number.isSafeInteger(value) && value >= low && value <= high) return value;
  throw new UsageError(
    `--${name}: ${text} is not an integer from ${low} to ${high}`,
  );
}

function toNumber(name: string, text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new UsageError(`--${name}: '${text}' is not a number`);
}

/** One of a few words. @throws UsageError */
export function choiceOf<T extends string>(
  args: Arguments,
  name: string,
  choices: readonly T[],
): T | undefined {
  const text = textOf(args, name);
  if (text === undefined || choices.includes(text as T)) return text as T;
  throw new UsageError(
    `--${name}: '${text}' is not one of ${choices.join(", ")}`,
  );
}

// ---- help

export function helpOf(name: string, command: Command): string {
  const text = command.takesText ? " [TEXT]" : "";
  const lines = Object.entries({ ...command.flags, help: HELP })
    .filter(([, flag]) => !flag.alias)
    .map(([flagName, flag]) => `  ${usage(flagName, flag).padEnd(26)} ${flag.help}`);
  return `${command.summary}\n\ntenon ${name} [OPTIONS]${text}\n\n${lines.join("\n")}\n`;
}

function usage(name: string, flag: Flag): string {
  const short = flag.short ? `-${flag.short}, ` : "    ";
  return `${short}--${name}${flag.value ? ` ${flag.value}` : ""}`;
}
