/** A flag; in help and messages under its own name. */
export interface Flag {
  /** One letter. */
  short?: string;
  /** Takes no value. */
  isSwitch?: boolean;
  /** May be given several times. */
  multiple?: boolean;
  /** Another name for the flag of this name. */
  alias?: string;
  /** What the value is: "N", "FILE". */
  value?: string;
  help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

export interface Command {
  summary: string;
  flags: Flags;
  /** Whether words without a dash are allowed. */
  takesText: boolean;
  run(args: Arguments): Promise<void>;
}

/** What was given. */
export interface Arguments {
  help: boolean;
  switches: ReadonlySet<string>;
  values: ReadonlyMap<string, readonly string[]>;
  /** Words that belong to no flag. */
  words: readonly string[];
}

/** The command line is wrong: exit status 2. */
export class UsageError extends Error {}
