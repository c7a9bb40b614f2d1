/**
 * Reads what `listArgv` makes `ls` print: sizes, links and names that hold any
 * bytes, one entry a line.
 *
 * @module
 */

/** One entry of a directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "link" | "other";
  /** Bytes of content. */
  readonly size: number;
  /** Bytes that the file takes on disk. */
  readonly allocated: number;
  /** The same for two names of one file. */
  readonly inode: string;
  /** Seconds since 1970, when the content last changed. */
  readonly modified: number;
}

// inode, allocated, mode, links, owner, group, size (two numbers for a device), time, "name"
const LINE =
  /^ *(\d+) +(\d+) ([-a-zA-Z])\S* +\d+ +\d+ +\d+ +(?:(\d+)|\d+, *\d+) +(-?\d+) "((?:[^"\\]|\\.)*)"( -> ".*")?$/;
const TOTAL = /^total \d+$/;
const KINDS: Record<string, DirectoryEntry["kind"]> = { "-": "file", d: "directory", l: "link" };
const ESCAPES: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * The entries of a listing, given by its lines, in their order.
 *
 * @throws {Error} for a line that is not of the format, so that a strange `ls`
 *   is noticed instead of misread
 */
export function parseListing(lines: Iterable<string>): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  for (const line of lines) {
    if (line !== "" && !TOTAL.test(line)) entries.push(parseLine(line));
  }
  return entries;
}

function parseLine(line: string): DirectoryEntry {
  const match = LINE.exec(line);
  const isLink = match?.[3] === "l";
  if (match === null || match[7] !== undefined && !isLink) {
    throw new Error(`Cannot read the line ${JSON.stringify(line)} of the destination's ls`);
  }
  const [, inode, allocated, mode, size, modified, name] = match;
  return {
    name: unquoted(name ?? ""),
    kind: KINDS[mode ?? ""] ?? "other",
    size: Number(size ?? 0),
    allocated: Number(allocated),
    inode: inode ?? "",
    modified: Number(modified),
  };
}

/**
 * The name whose C-quoted form is `text`. Bytes that are no UTF-8 become U+FFFD:
 * such a name is shown, never acted on.
 */
function unquoted(text: string): string {
  // Nearly all are plain ASCII. With thousands of archives it matters what each one takes.
  if (!text.includes("\\")) return text;
  const bytes: number[] = [];
  for (const [part] of text.matchAll(/\\[0-7]{3}|\\.|[^]/g)) {
    if (!part.startsWith("\\")) bytes.push(part.charCodeAt(0));
    else if (part.length === 4) bytes.push(parseInt(part.slice(1), 8));
    else bytes.push(ESCAPES[part.slice(1)] ?? part.charCodeAt(1));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
