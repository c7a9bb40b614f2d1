/**
 * Reads what `rsync --stats --out-format=%i` prints, in the C locale.
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

/** A line of `%i`: what is done to one file, or that it is deleted (rsync(1), `-i`). */
const CHANGE = /^(?:[<>ch.][fdLDS]\S{9}|\*deleting)/;

/**
 * Reads the output of a sync as it comes. It counts what has changed and keeps
 * the statistics at the end, never a list of files.
 */
export class SyncOutput {
  #changes = 0;
  #other = "";
  #line = "";

  /** The next piece of the output. */
  add(text: string): void {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) this.#addLine(line);
  }

  #addLine(line: string): void {
    if (CHANGE.test(line)) this.#changes++;
    else this.#other = `${this.#other}${line}\n`.slice(-KEPT);
  }

  /** How many files, directories and links were changed or deleted. */
  get changes(): number {
    return this.#changes;
  }

  /** The numbers at the end; `undefined` when rsync did not get so far. */
  get stats(): SyncStats | undefined {
    return parseSyncStats(this.#other);
  }
}

/** The statistics are shorter than this. */
const KEPT = 8192;

/** Options that make rsync print what {@linkcode SyncOutput} reads. */
export const SYNC_OUTPUT_OPTIONS = ["--stats", "--out-format=%i"];
