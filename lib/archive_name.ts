/**
 * The names of archives, both ways: `<prefix>YYYY-MM-DD[.tar[.EXT]]`.
 *
 * @module
 */

import { parseDate } from "./calendar.ts";

/** What may follow `.tar.` in the name of an archive. */
export const ARCHIVE_EXTENSIONS = ["bzip2", "bz2", "gz", "xz", "zst"] as const;

/** How an archive of 0.8.4 ends, and therefore one of ours. */
export const DEFAULT_ENDING = ".tar.bzip2";

const ENDINGS = new Set([
  "",
  ".tar",
  ...ARCHIVE_EXTENSIONS.map((extension) => `.tar.${extension}`),
]);
const DATE_LENGTH = "YYYY-MM-DD".length;

/** A file name that is an archive's. */
export interface ArchiveName {
  /** The whole name, without a directory. */
  readonly name: string;
  readonly date: Temporal.PlainDate;
  /** What follows the date: empty, `.tar` or `.tar.EXT`. */
  readonly ending: string;
}

/**
 * What `name` says, or `undefined` when it is not exactly the prefix, a real
 * date and a known ending. Nothing that merely resembles an archive is one: a
 * name that is not understood here is never listed and never removed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseArchiveName } from "./archive_name.ts";
 *
 * const archive = parseArchiveName("nightly-2026-11-22.tar.bzip2", "nightly-");
 * assertEquals(archive?.date.toString(), "2026-11-22");
 * assertEquals(parseArchiveName("nightly-2026-11-22-notes.txt", "nightly-"), undefined);
 * ```
 */
export function parseArchiveName(name: string, prefix: string): ArchiveName | undefined {
  if (!name.startsWith(prefix)) return undefined;
  const rest = name.slice(prefix.length);
  const ending = rest.slice(DATE_LENGTH);
  if (!ENDINGS.has(ending)) return undefined;
  const date = parseDate(rest.slice(0, DATE_LENGTH));
  return date && { name, date, ending };
}

/** The name of the archive of `date`. */
export function archiveName(
  prefix: string,
  date: Temporal.PlainDate,
  ending: string = DEFAULT_ENDING,
): string {
  return `${prefix}${date.toString()}${ending}`;
}
