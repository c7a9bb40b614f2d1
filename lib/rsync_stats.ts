/**
 * Reads what `rsync --stats` prints, in the C locale.
 *
 * @module
 */

/** The size of a source, as rsync saw it. */
export interface SyncStats {
  /** Files, directories, links and all else. */
  readonly files: number;
  /** Bytes of the files. */
  readonly bytes: number;
}

const FILES = /^Number of files: ([\d,.]+)/m;
const BYTES = /^Total file size: ([\d,.]+) bytes/m;

/**
 * The numbers of a sync, or `undefined` when rsync did not get so far as to
 * print them.
 */
export function parseSyncStats(stdout: string): SyncStats | undefined {
  const files = FILES.exec(stdout)?.[1];
  const bytes = BYTES.exec(stdout)?.[1];
  if (files === undefined || bytes === undefined) return undefined;
  return { files: count(files), bytes: count(bytes) };
}

/** rsync groups digits since 3.1.0; some builds group them by dots. */
function count(text: string): number {
  return Number(text.replace(/[,.]/g, ""));
}
