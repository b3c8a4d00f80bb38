// The program: `tenon` with the module for WebAssembly, in Node.  Exit status: 0
// fine, 1 an error, 2 bad usage, 130 stopped by Ctrl-C.
import { bench } from "./bench.ts";
import { evaluate } from "./eval.ts";
import { run } from "./run.ts";
import { tokenize } from "./tokenize.ts";
import { UsageError, type Command } from "./command.ts";
import { Interrupted } from "./interrupt.ts";
import { helpOf, parse } from "./parse.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  run,
  tokenize,
  eval: evaluate,
  bench,
};

const ERROR = 1;
const BAD_USAGE = 2;
const INTERRUPTED = 130;
const BROKEN_PIPE = 141; // as a shell tells of SIGPIPE

/** Returns the exit status. */
export async function main(args: string[]): Promise<number> {
  process.stdout.on("error", onOutputError);
  try {
    await dispatch(args);
    return 0;
  } catch (error) {
    return report(error);
  }
}

async function dispatch([name, ...args]: string[]): Promise<void> {
  const names = Object.keys(COMMANDS).join(", ");
  if (name === "--help" || name === "-h") return printHelp();
  const command = COMMANDS[name ?? ""];
  if (!command)
    throw new UsageError(
      name ? `there is no command '${name}': ${names}` : `give a command: ${names}`,
    );
  const parsed = parse(command, args);
  if (parsed.help) return void process.stdout.write(helpOf(name ?? "", command));
  await command.run(parsed);
}

function printHelp(): void {
  process.stdout.write("Runs language models.\n\ntenon COMMAND --help tells more:\n");
  for (const [name, { summary }] of Object.entries(COMMANDS))
    process.stdout.write(`  ${name.padEnd(10)} ${summary}\n`);
}

function report(error: unknown): number {
  if (error instanceof Interrupted) return INTERRUPTED;
  const { message } = error as Error;
  const usage = error instanceof UsageError;
  process.stderr.write(`tenon: ${message}${usage ? " (see --help)" : ""}\n`);
  return usage ? BAD_USAGE : ERROR;
}

// If the reader goes away (`| head`), the program ends quietly.
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(BROKEN_PIPE);
  process.stderr.write(`tenon: stdout: ${error.message}\n`);
  process.exit(ERROR);
}
