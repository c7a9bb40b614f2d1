/**
 * The errors that the entry turns into an exit status. Everything else is a
 * defect of ours or of the machine, and ends with status 1.
 *
 * @module
 */

import { EXIT } from "./exit_status.ts";

/** A command line that cannot be meant: exit status 2, before anything runs. */
export class UsageError extends Error {
  /** For messages and stack traces. */
  override name = "UsageError";
}

/** Something that may well work later, as it is: exit status 75. */
export class NotNowError extends Error {
  /** For messages and stack traces. */
  override name = "NotNowError";
}

/** A host that cannot be reached: worth another try, by us first. */
export class UnreachableError extends NotNowError {
  /** For messages and stack traces. */
  override name = "UnreachableError";
}

/** The signals that end a run, and the statuses that a shell gives them. */
export const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The run was told to end by a signal. */
export class Interrupted extends Error {
  /** For messages and stack traces. */
  override name = "Interrupted";

  constructor(readonly signal: keyof typeof SIGNALS) {
    super(`Stopped by ${signal}; the archives of earlier runs are as they were`);
  }
}

/** The exit status of a run that an error ended. */
export function errorStatus(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof NotNowError) return EXIT.notNow;
  if (error instanceof Interrupted) return SIGNALS[error.signal];
  return EXIT.failed;
}

/** What an error says, without its trace. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
