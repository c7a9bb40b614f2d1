/**
 * What every command is given of the outside: the date, the console, the signal
 * that ends it.
 *
 * @module
 */

import type { Terminal } from "./terminal.ts";

/** The surroundings of one run. */
export interface Run {
  /** The local date, read once: a run that crosses midnight keeps its date. */
  readonly today: Temporal.PlainDate;
  readonly terminal: Terminal;
  /** Aborted when the run has to end. */
  readonly signal?: AbortSignal | undefined;
}
