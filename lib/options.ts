/**
 * The option table: names, defaults, checks and help of every option. Parsing,
 * `--help` and all that is to come from options is made from it.
 *
 * @module
 */

import { COMPRESSORS } from "./compression.ts";
import { CONNECTION_OPTIONS } from "./connection_options.ts";
import { HOOK_OPTIONS } from "./hook_options.ts";
import {
  ARCHIVE,
  BACKUP,
  EVERY,
  flag,
  GENERAL,
  NAMES,
  optional,
  type OptionSpec,
  PRUNE,
  several,
  TRANSFER,
  withDefault,
} from "./option_spec.ts";
import {
  DATE,
  FILE,
  HIGHEST_COUNT,
  MIRROR,
  oneOf,
  PATTERN,
  PREFIX,
  TEXT,
  wholeNumber,
} from "./option_values.ts";
import { RETENTION_OPTIONS } from "./retention_options.ts";

export { type CommandName, COMMANDS, DEFAULT_COMMAND, type OptionSpec } from "./option_spec.ts";

/** How many archives a run removes at most, unless the user says otherwise. */
export const DEFAULT_MAX_PRUNE = 4;

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
  compress: withDefault<string>({
    names: ["compress"],
    value: oneOf("NAME", ["auto", ...Object.keys(COMPRESSORS)]),
    fallback: "auto",
    help: `What packs archives, at the destination: auto (lbzip2 where it is installed, else ` +
      `bzip2), ${Object.keys(COMPRESSORS).join(", ")}.`,
    group: ARCHIVE,
    commands: ["backup"],
  }),
  compressLevel: optional<number>({
    names: ["compress-level"],
    value: wholeNumber(1, 19),
    fallback: undefined,
    help: "How hard it tries: 1 to 9, for zstd to 19. Default: the program's own.",
    group: ARCHIVE,
    commands: ["backup"],
  }),
  alwaysArchive: flag({
    names: ["always-archive"],
    help: "Pack a new archive although nothing changed; otherwise it becomes a hard link to the " +
      "last one.",
    group: ARCHIVE,
    commands: ["backup"],
  }),
  bwlimit: optional<string>({
    names: ["bwlimit"],
    value: {
      ...TEXT,
      label: "RATE",
      accepts: "a rate as rsync takes it, for instance 500 (KiB a second) or 1.5m",
      parse: (text) => /^\d+(\.\d+)?[kKmMgG]?$/.test(text) ? text : undefined,
    },
    fallback: undefined,
    help: "Transfer no faster than this, in KiB a second or with a suffix k, m or g.",
    group: TRANSFER,
    commands: ["backup"],
  }),
  rsyncOption: several({
    names: ["rsync-option"],
    value: {
      ...TEXT,
      label: "OPTION",
      accepts: "an option of rsync, written --rsync-option=OPTION",
    },
    many: "repeat",
    fallback: [],
    help: "A further option for rsync, for instance --rsync-option=--numeric-ids. Repeatable.",
    group: TRANSFER,
    commands: ["backup"],
  }),
  nice: flag({
    names: ["nice"],
    help: "Run rsync and the packing at low priority: nice and, where there is one, ionice.",
    group: TRANSFER,
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
  ...HOOK_OPTIONS,
  ...CONNECTION_OPTIONS,
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
  ...RETENTION_OPTIONS,
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
