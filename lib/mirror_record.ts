/**
 * What is known of a mirror: of which archive it is the content. A run takes the
 * record away before it touches the mirror and writes a new one when it is done,
 * so a record is there only while it is true.
 *
 * @module
 */

/** The archive that holds exactly what is in the mirror. */
export interface MirrorRecord {
  /** Its name, without a directory. */
  readonly archive: string;
  /** Its size, time and inode as `stat -c '%s %Y %i'` prints them: it has not been altered. */
  readonly stat: string;
  /** Its sha256, in hexadecimal. */
  readonly sha256: string;
  /** How it was made; another way means another archive. */
  readonly made: string;
}

const VERSION = 1;

/** The record as it is written: one line. */
export function mirrorRecordText(record: MirrorRecord): string {
  return `${JSON.stringify({ version: VERSION, ...record })}\n`;
}

/** Reads a record; of one that cannot be understood nothing is known. */
export function parseMirrorRecord(text: string): MirrorRecord | undefined {
  let json: Record<string, unknown> | null;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof json !== "object" || json === null || json["version"] !== VERSION) return undefined;
  const { archive, stat, sha256, made } = json;
  if (typeof archive !== "string" || typeof made !== "string") return undefined;
  if (typeof stat !== "string" || typeof sha256 !== "string") return undefined;
  return { archive, stat, sha256, made };
}
