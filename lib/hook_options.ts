/**
 * The options for what runs around a backup, and when: a part of the option table.
 *
 * @module
 */

import { HOOKS, optional, withDefault } from "./option_spec.ts";
import { DURATION, type ValueSpec, wholeNumber } from "./option_values.ts";

/** A command line for `sh -c`. */
const COMMAND: ValueSpec<string> = {
  label: "COMMAND",
  accepts: "a command for the shell",
  parse: (text) => text.trim() === "" || text.includes("\0") ? undefined : text,
};

/** Commands of the user's own, and the delay before a run. */
export const HOOK_OPTIONS = {
  before: optional<string>({
    names: ["before"],
    value: COMMAND,
    fallback: undefined,
    help: "Run this by sh -c first, for instance to dump a database. If it fails, nothing is " +
      "touched, and the run ends with status 1.",
    group: HOOKS,
    commands: ["backup"],
  }),
  after: optional<string>({
    names: ["after"],
    value: COMMAND,
    fallback: undefined,
    help: "Run this by sh -c when an archive was made. If it fails, the run ends with status 3.",
    group: HOOKS,
    commands: ["backup"],
  }),
  onFailure: optional<string>({
    names: ["on-failure"],
    value: COMMAND,
    fallback: undefined,
    help: "Run this by sh -c when no archive was made, whatever the reason.",
    group: HOOKS,
    commands: ["backup"],
  }),
  hookTimeout: withDefault<number>({
    names: ["hook-timeout"],
    value: { ...wholeNumber(1, 604_800), label: "SECONDS" },
    fallback: 3600,
    help: "How long each of these commands may take; then it is ended, and has failed.",
    group: HOOKS,
    commands: ["backup"],
  }),
  splay: optional<number>({
    names: ["splay"],
    value: DURATION,
    fallback: undefined,
    help: "Wait first, for a part of this time (90s, 30m, 2h) that is always the same for this " +
      "host, SOURCE and DESTINATION, so that a fleet does not start at once.",
    group: HOOKS,
    commands: ["backup"],
  }),
} as const;
