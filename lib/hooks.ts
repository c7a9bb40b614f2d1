/**
 * The commands that a user wants run around a backup: how they are started, and what
 * they are told.
 *
 * @module
 */

import type { ExitStatus } from "./exit_status.ts";

/** When a command runs. */
export type HookName = "before" | "after" | "on-failure";

/** The commands of one job; those that are absent are not run. */
export interface HookRequest {
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly onFailure: string | undefined;
  /** How long each may take, in seconds. */
  readonly timeout: number;
}

/** What every command is told. */
export interface JobFacts {
  readonly source: string;
  readonly destination: string;
  readonly date: Temporal.PlainDate;
}

/** A backup that was made. */
export interface MadeBackup {
  readonly status: ExitStatus;
  /** The name of its archive. */
  readonly archive: string;
  /** The archive is a hard link to an earlier one. */
  readonly unchanged: boolean;
  /** The size of the source; absent when rsync did not say. */
  readonly size: { readonly files: number; readonly bytes: number } | undefined;
  /** How many archives there are now. */
  readonly kept: number;
  readonly removed: number;
  readonly warnings: readonly string[];
}

/** A run without a new archive. */
export interface FailedBackup {
  readonly status: number;
  readonly message: string;
}

/** The variables of the commands, and what they mean; not every command has each. */
export const HOOK_VARIABLES = {
  RRB_HOOK: "before, after or on-failure",
  RRB_SOURCE: "SOURCE, as it was given",
  RRB_DESTINATION: "DESTINATION",
  RRB_DATE: "the date of the run, YYYY-MM-DD",
  RRB_STATUS: "the exit status so far (after, on-failure)",
  RRB_ARCHIVE: "the archive's name (after)",
  RRB_RESULT: "made or unchanged (after)",
  RRB_FILES: "files of the source (after)",
  RRB_BYTES: "bytes of the source (after)",
  RRB_KEPT: "archives that are there (after)",
  RRB_REMOVED: "archives that were pruned (after)",
  RRB_WARNINGS: "what needs a person, a line each (after)",
  RRB_ERROR: "why there is no archive (on-failure)",
} as const;

type Variables = Partial<Record<keyof typeof HOOK_VARIABLES, string>>;

/** The variables of `--before`. */
export function beforeVariables(job: JobFacts): Variables {
  return jobVariables("before", job);
}

/** The variables of `--after`. */
export function afterVariables(job: JobFacts, made: MadeBackup): Variables {
  return {
    ...jobVariables("after", job),
    RRB_STATUS: String(made.status),
    RRB_ARCHIVE: made.archive,
    RRB_RESULT: made.unchanged ? "unchanged" : "made",
    RRB_FILES: String(made.size?.files ?? ""),
    RRB_BYTES: String(made.size?.bytes ?? ""),
    RRB_KEPT: String(made.kept),
    RRB_REMOVED: String(made.removed),
    RRB_WARNINGS: variableText(made.warnings.join("\n")),
  };
}

/** The variables of `--on-failure`. */
export function failureVariables(job: JobFacts, { status, message }: FailedBackup): Variables {
  return {
    ...jobVariables("on-failure", job),
    RRB_STATUS: String(status),
    RRB_ERROR: variableText(message),
  };
}

function jobVariables(hook: HookName, { source, destination, date }: JobFacts): Variables {
  return {
    RRB_HOOK: hook,
    RRB_SOURCE: source,
    RRB_DESTINATION: destination,
    RRB_DATE: date.toString(),
  };
}

/** A variable cannot hold a zero byte, and one of 128 KiB starts no program (execve(2)). */
function variableText(text: string): string {
  return text.replaceAll("\0", "").slice(0, 16 * 1024);
}

/** What `timeout` ends with when the time was up (coreutils). */
export const TIMED_OUT = 124;

/**
 * A command with its time limit. `timeout` ends the whole group of its processes; we
 * could end the shell alone.
 */
export function hookArgv(command: string, seconds: number): string[] {
  return ["sh", "-c", 'exec timeout -k 10 "$1" sh -c "$2"', "sh", String(seconds), command];
}
