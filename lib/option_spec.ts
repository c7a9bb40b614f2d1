/**
 * What an option is, and short ways to write down the usual kinds.
 *
 * @module
 */

import { HIGHEST_COUNT, type ValueSpec, wholeNumber } from "./option_values.ts";

/** The commands, in the order of the help. */
export const COMMANDS = ["backup", "list", "plan"] as const;

/** A command of the program. */
export type CommandName = typeof COMMANDS[number];

/** What the program does when no command is named. */
export const DEFAULT_COMMAND = "backup" satisfies CommandName;

/** One option. */
export interface OptionSpec<T> {
  /** The long names, without dashes; the first is the one that messages use. */
  readonly names: readonly string[];
  readonly short?: string;
  /** Absent for a flag. */
  readonly value?: ValueSpec<T extends readonly (infer Item)[] ? Item : NonNullable<T>>;
  /** `repeat`: given any number of times; `words`: also several words each time. */
  readonly many?: "repeat" | "words";
  readonly fallback: T;
  /** A sentence for the help; the default is added by itself. */
  readonly help: string;
  readonly group: string;
  readonly commands: readonly CommandName[];
}

/** For options that every command takes. */
export const EVERY: readonly CommandName[] = COMMANDS;
/** The groups of the help. */
export const BACKUP = "Backup";
export const ARCHIVE = "Archive";
export const TRANSFER = "Transfer";
export const PRUNE = "Prune";
export const CONNECTION = "Connection";
export const RETENTION = "Retention";
export const NAMES = "Files at the destination";
export const HOOKS = "Hooks";
export const GENERAL = "General";

/** A count of the policy. */
export function count(name: string, fallback: number): OptionSpec<number> {
  return {
    names: [name],
    value: wholeNumber(0, HIGHEST_COUNT),
    fallback,
    help: `How many ${name} to keep${name === "days" ? ", besides today" : ""}.`,
    group: RETENTION,
    commands: EVERY,
  };
}

/** A part of the anchor. */
export function anchorPart(
  name: string,
  highest: number,
  help: string,
): OptionSpec<number | undefined> {
  return {
    names: [name],
    value: wholeNumber(1, highest),
    fallback: undefined,
    help,
    group: RETENTION,
    commands: EVERY,
  };
}

/** An option without a value. */
export function flag(
  spec: Pick<OptionSpec<boolean>, "names" | "help" | "group" | "commands"> & { short?: string },
): OptionSpec<boolean> {
  return { ...spec, fallback: false };
}

/** An option that has no value unless it is given. */
export function optional<T>(spec: OptionSpec<T | undefined>): OptionSpec<T | undefined> {
  return spec;
}

/** An option that is given any number of times. */
export function several(spec: OptionSpec<readonly string[]>): OptionSpec<readonly string[]> {
  return spec;
}

/** An option with a default. */
export function withDefault<T extends string | number>(spec: OptionSpec<T>): OptionSpec<T> {
  return spec;
}
