/**
 * The option table: names, defaults, checks and help of every option. Parsing,
 * `--help` and all that is to come from options is made from it.
 *
 * @module
 */

import {
  DATE,
  FILE,
  HIGHEST_COUNT,
  MIRROR,
  PATTERN,
  PREFIX,
  type ValueSpec,
  wholeNumber,
} from "./option_values.ts";

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

/** How many archives a run removes at most, unless the user says otherwise. */
export const DEFAULT_MAX_PRUNE = 4;

const EVERY: readonly CommandName[] = COMMANDS;
const BACKUP = "Backup";
const PRUNE = "Prune";
const CONNECTION = "Connection";
const RETENTION = "Retention";
const NAMES = "Files at the destination";
const GENERAL = "General";

function count(name: string, fallback: number): OptionSpec<number> {
  return {
    names: [name],
    value: wholeNumber(0, HIGHEST_COUNT),
    fallback,
    help: `How many ${name} to keep${name === "days" ? ", besides today" : ""}.`,
    group: RETENTION,
    commands: EVERY,
  };
}

function anchorPart(name: string, highest: number, help: string): OptionSpec<number | undefined> {
  return {
    names: [name],
    value: wholeNumber(1, highest),
    fallback: undefined,
    help,
    group: RETENTION,
    commands: EVERY,
  };
}

function flag(
  spec: Pick<OptionSpec<boolean>, "names" | "help" | "group" | "commands"> & { short?: string },
): OptionSpec<boolean> {
  return { ...spec, fallback: false };
}

function optional<T>(spec: OptionSpec<T | undefined>): OptionSpec<T | undefined> {
  return spec;
}

function several(spec: OptionSpec<readonly string[]>): OptionSpec<readonly string[]> {
  return spec;
}

function withDefault<T extends string | number>(spec: OptionSpec<T>): OptionSpec<T> {
  return spec;
}

/** Every option. Adding one is one entry here. */
export const OPTIONS = {
  dryRun: flag({
    names: ["noop", "debug", "dry-run"],
    short: "n",
    help: "Change nothing: print each command that would run, and what prune would do.",
    group: BACKUP,
    commands: ["backup"],
  }),
  exclude: several({
    names: ["exclude"],
    short: "E",
    value: PATTERN,
    many: "words",
    fallback: [],
    help: "Leave out what matches an rsync pattern. Repeatable, and takes several words: all up " +
      "to the next option, but for SOURCE and DESTINATION.",
    group: BACKUP,
    commands: ["backup"],
  }),
  allowEmpty: flag({
    names: ["allow-empty"],
    help: "Back up a SOURCE that is empty; otherwise that stops the run.",
    group: BACKUP,
    commands: ["backup"],
  }),
  requireMount: optional<string>({
    names: ["require-mount"],
    value: { ...FILE, label: "PATH", accepts: "a directory" },
    fallback: undefined,
    help: "Stop unless PATH is a mount point: for a SOURCE on a file system of its own.",
    group: BACKUP,
    commands: ["backup"],
  }),
  lockWait: optional<number>({
    names: ["lock-wait"],
    value: { ...wholeNumber(0, 86_400), label: "SECONDS" },
    fallback: undefined,
    help: "Wait so long for another run on the same destination, instead of ending at once.",
    group: BACKUP,
    commands: ["backup"],
  }),
  noPrune: flag({
    names: ["no-prune"],
    help: "Remove no archive.",
    group: PRUNE,
    commands: ["backup"],
  }),
  maxPrune: optional<number>({
    names: ["max-prune"],
    value: wholeNumber(0, HIGHEST_COUNT),
    fallback: undefined,
    help: `Remove at most N archives in a run; the rest waits for the next runs. Given, it also ` +
      `passes over clocks that disagree. Default: ${DEFAULT_MAX_PRUNE}.`,
    group: PRUNE,
    commands: ["backup"],
  }),
  acceptShrink: flag({
    names: ["accept-shrink"],
    help: "Prune although SOURCE has less than half of the files of the last good run.",
    group: PRUNE,
    commands: ["backup"],
  }),
  sshPort: optional<number>({
    names: ["ssh-port"],
    short: "p",
    value: { ...wholeNumber(1, 65535), label: "PORT" },
    fallback: undefined,
    help: "The port of the ssh server. Default: 22, or what ssh's configuration says.",
    group: CONNECTION,
    commands: EVERY,
  }),
  sshIdentityFile: optional<string>({
    names: ["ssh-identity-file"],
    short: "i",
    value: FILE,
    fallback: undefined,
    help: "The private key to log in with.",
    group: CONNECTION,
    commands: EVERY,
  }),
  retries: withDefault<number>({
    names: ["retries"],
    value: wholeNumber(0, 100),
    fallback: 2,
    help: "How often to try again when the host cannot be reached.",
    group: CONNECTION,
    commands: EVERY,
  }),
  timeout: withDefault<number>({
    names: ["timeout"],
    value: { ...wholeNumber(4, 86_400), label: "SECONDS" },
    fallback: 60,
    help: "How long the host may be silent before the connection counts as dead.",
    group: CONNECTION,
    commands: EVERY,
  }),
  rsyncDir: withDefault<string>({
    names: ["rsync-dir"],
    value: MIRROR,
    fallback: "latest",
    help: "The directory of the mirror, inside DESTINATION.",
    group: NAMES,
    commands: EVERY,
  }),
  backupPrefix: withDefault<string>({
    names: ["backup-prefix"],
    value: PREFIX,
    fallback: "automated-backup-",
    help: "What the names of archives start with.",
    group: NAMES,
    commands: EVERY,
  }),
  days: count("days", 6),
  weeks: count("weeks", 5),
  months: count("months", 6),
  years: count("years", 10),
  anchorDate: optional<Temporal.PlainDate>({
    names: ["anchor-date"],
    value: DATE,
    fallback: undefined,
    help: "The date that gives weekday, day of month and month of the slots. Default: the date " +
      "of the oldest archive, else today.",
    group: RETENTION,
    commands: EVERY,
  }),
  dayOfWeek: anchorPart(
    "day-of-week",
    7,
    "Instead of an anchor date: the weekday of weeks, 1 for Monday. Default: 1, once " +
      "one of these three is given.",
  ),
  dayOfMonth: anchorPart(
    "day-of-month",
    31,
    "Likewise the day of months; 29 to 31 become day 1 of the next month.",
  ),
  monthOfYear: anchorPart("month-of-year", 12, "Likewise the month of years."),
  today: optional<Temporal.PlainDate>({
    names: ["today"],
    value: DATE,
    fallback: undefined,
    help: "Plan as of this date. Default: today.",
    group: "Plan",
    commands: ["plan"],
  }),
  archives: optional<string>({
    names: ["archives"],
    value: FILE,
    fallback: undefined,
    help: "Plan for the names in FILE, one a line, instead of a DESTINATION; - reads them from " +
      "standard input.",
    group: "Plan",
    commands: ["plan"],
  }),
  json: flag({
    names: ["json"],
    help: "Print JSON.",
    group: GENERAL,
    commands: ["list", "plan"],
  }),
  verbose: flag({
    names: ["verbose"],
    help: "Show the full trace of an error.",
    group: GENERAL,
    commands: EVERY,
  }),
  help: flag({
    names: ["help"],
    short: "h",
    help: "Print this help.",
    group: GENERAL,
    commands: EVERY,
  }),
  version: flag({
    names: ["version"],
    help: "Print the version.",
    group: GENERAL,
    commands: EVERY,
  }),
} as const;

/** The key of an option in {@linkcode OPTIONS}. */
export type OptionKey = keyof typeof OPTIONS;

/** The value of each option, defaults filled in. */
export type OptionValues = {
  readonly [Key in OptionKey]: typeof OPTIONS[Key] extends OptionSpec<infer T> ? T : never;
};

/** Every option with its key, in the order of the help. */
export function optionEntries(): [OptionKey, OptionSpec<unknown>][] {
  return Object.entries(OPTIONS) as [OptionKey, OptionSpec<unknown>][];
}
