/**
 * The errors that the entry turns into an exit status. Everything else is a
 * defect of ours or of the machine, and ends with status 1.
 *
 * @module
 */

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
