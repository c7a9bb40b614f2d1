/**
 * Reads what a connection to a destination says when it is made.
 *
 * @module
 */

import { type DirectoryEntry, parseListing } from "./directory_listing.ts";

/** A greeting's first line starts so. */
export const ANNOUNCEMENT = "roundrobinbackup: connected";

/** A greeting's last line. */
export const END_OF_GREETING = "roundrobinbackup: ready";

/** How `ls -l` shows a name that has gone before it could look at it. */
const GONE = / -\?{9} /;

/** What a destination is like at the moment of the connection. */
export interface Greeting {
  /** The destination's clock. */
  readonly clock: Temporal.Instant;
  /** The text of the state file; empty when there is none. */
  readonly state: string;
  /** The text of the mirror's record; empty when there is none. */
  readonly mirror: string;
  /** The compressors that are installed. */
  readonly programs: readonly string[];
  /** What is in the directory; `undefined` when there is no such directory. */
  readonly entries: readonly DirectoryEntry[] | undefined;
}

/**
 * Reads a greeting. A login shell may have written lines of its own before it.
 *
 * @throws {Error} when it is none, or the directory cannot be listed
 */
export function parseGreeting(text: string): Greeting {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`${ANNOUNCEMENT} `));
  const [first = "", state = "", mirror = "", programs = "", ...listing] = lines.slice(start);
  const seconds = Number(first.slice(ANNOUNCEMENT.length));
  if (start < 0 || listing.pop() !== END_OF_GREETING || !Number.isSafeInteger(seconds)) {
    throw new Error(`Cannot read what the destination says: ${JSON.stringify(text.slice(0, 200))}`);
  }
  const end = listing.pop();
  // ls says 1 when a name has gone before it could look at it: a run may be at work there.
  if (end !== "listed 0" && end !== "listed 1" && end !== "missing") {
    throw new Error(`The destination cannot be listed: ${listing.at(-1) ?? end}`);
  }
  const seen = listing.filter((line) => !GONE.test(line));
  return {
    clock: Temporal.Instant.fromEpochMilliseconds(seconds * 1000),
    state: decoded(state),
    mirror: decoded(mirror),
    programs: programs.split(" ").filter((name) => name !== ""),
    entries: end === "missing" ? undefined : parseListing(seen),
  };
}

/** The text behind base64; bytes that are no UTF-8 become U+FFFD. */
function decoded(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)));
}
