/**
 * `--help`, made from the option table, 80 columns wide.
 *
 * @module
 */

import { HOOK_VARIABLES } from "./hooks.ts";
import { type CommandName, optionEntries, OPTIONS, type OptionSpec } from "./options.ts";

const WIDTH = 80;
const INDENT = 6;

const USAGE: Record<CommandName, { synopsis: string; about: string }> = {
  backup: {
    synopsis: "[OPTIONS] SOURCE DESTINATION",
    about: "Mirrors the directory SOURCE into DESTINATION/latest/ with rsync, packs the mirror " +
      "there into a dated archive, and prunes old archives by round-robin dates: so many days, " +
      "weeks, months and years. A trailing slash on SOURCE means what it means in rsync: the " +
      "contents, not the directory itself.",
  },
  list: {
    synopsis: "list [OPTIONS] DESTINATION",
    about: "Lists the archives of DESTINATION, newest first: date, size, name, and why each is " +
      "kept.",
  },
  plan: {
    synopsis: "plan [OPTIONS] [DESTINATION]",
    about:
      "Shows which dates the policy keeps; for a DESTINATION, or for names in a file, what a " +
      "prune would keep, remove and ignore, and why. Changes nothing.",
  },
};

const DESTINATIONS =
  "DESTINATION is [user@]host:/path, [user@]host:relative, [user@][::1]:/path, " +
  "ssh://[user@]host[:port]/path, or a local path; ./a:b is a local path.";

const STATUSES = [
  "0   made",
  "1   failed; no new archive",
  "2   the command line is wrong; nothing was touched",
  "3   made, but something needs a person",
  "75  not now: another run is at work, or the host cannot be reached",
];

/** The help of a command, as lines without a final line break. */
export function helpText(command: CommandName): string {
  const { synopsis, about } = USAGE[command];
  const lines = [`Usage: roundrobinbackup ${synopsis}`];
  if (command === "backup") {
    const others = (Object.keys(USAGE) as CommandName[]).filter((name) => name !== command);
    lines.push(...others.map((name) => `       roundrobinbackup ${USAGE[name].synopsis}`));
  }
  lines.push("", ...wrapped(about, 0), "", ...wrapped(DESTINATIONS, 0));
  for (const [group, specs] of optionGroups(command)) {
    lines.push("", `${group}:`, ...specs.flatMap(optionLines));
  }
  if (command === "backup") {
    const variables = Object.entries(HOOK_VARIABLES).map(([name, meaning]) =>
      `  ${name.padEnd(16)} ${meaning}`
    );
    lines.push(
      "",
      "Variables of the commands of --before, --after and --on-failure:",
      ...variables,
    );
    lines.push("", "Exit status:", ...STATUSES.map((line) => `  ${line}`));
    lines.push("", "Help of a command: roundrobinbackup COMMAND --help");
  }
  return lines.join("\n");
}

function optionGroups(command: CommandName): Map<string, OptionSpec<unknown>[]> {
  const groups = new Map<string, OptionSpec<unknown>[]>();
  for (const [, spec] of optionEntries()) {
    if (!spec.commands.includes(command)) continue;
    groups.set(spec.group, [...groups.get(spec.group) ?? [], spec]);
  }
  return groups;
}

function optionLines(spec: OptionSpec<unknown>): string[] {
  const short = spec.short === undefined ? [] : [`-${spec.short}`];
  const label = spec.value === undefined ? "" : ` ${spec.value.label}`;
  const words = spec.many === "words" ? `${label}...` : label;
  const forms = [...short, ...spec.names.map((name) => `--${name}`)].join(", ");
  return [`  ${forms}${words}`, ...wrapped(`${spec.help}${defaultText(spec)}`, INDENT)];
}

function defaultText({ fallback, value }: OptionSpec<unknown>): string {
  const plain = typeof fallback === "number" || typeof fallback === "string";
  return value !== undefined && plain ? ` Default: ${fallback}.` : "";
}

/** `text` broken at spaces into lines of at most 80 columns. */
function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => " ".repeat(indent) + each);
}

/** Where a usage error sends the user. */
export const HELP_HINT = `See roundrobinbackup --${OPTIONS.help.names[0]}`;
