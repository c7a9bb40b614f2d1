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
const LINE = /^ *(\d+) +(\d+) ([-a-zA-Z])\S* +\d+ +\d+ +\d+ +(?:(\d+)|\d+, *\d+) +(-?\d+) "(.*)$/;
const KINDS: Record<string, DirectoryEntry["kind"]> = { "-": "file", d: "directory", l: "link" };
const ESCAPES: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * The entries of a listing, in its order.
 *
 * @throws {Error} for a line that is not of the format, so that a strange `ls`
 *   is noticed instead of misread
 */
export function parseListing(text: string): DirectoryEntry[] {
  const lines = text.split("\n").filter((line) => line !== "" && !/^total \d+$/.test(line));
  return lines.map(parseLine);
}

function parseLine(line: string): DirectoryEntry {
  const match = LINE.exec(line);
  const name = match === null ? undefined : quotedName(match[6] ?? "");
  if (match === null || name === undefined) {
    throw new Error(`Cannot read the line ${JSON.stringify(line)} of the destination's ls`);
  }
  const [, inode, allocated, mode, size, modified] = match;
  return {
    name,
    kind: KINDS[mode ?? ""] ?? "other",
    size: Number(size ?? 0),
    allocated: Number(allocated),
    inode: inode ?? "",
    modified: Number(modified),
  };
}

/**
 * The name whose C-quoted form `text` starts with (the opening quote is gone).
 * Bytes that are no UTF-8 become U+FFFD: such a name is shown, never acted on.
 */
function quotedName(text: string): string | undefined {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (character === '"') return new TextDecoder().decode(new Uint8Array(bytes));
    if (character !== "\\") {
      bytes.push(character.charCodeAt(0));
      continue;
    }
    const octal = /^[0-7]{3}/.exec(text.slice(index + 1, index + 4))?.[0];
    const escape = text[index + 1] ?? "";
    bytes.push(octal === undefined ? ESCAPES[escape] ?? escape.charCodeAt(0) : parseInt(octal, 8));
    index += octal?.length ?? 1;
  }
  return undefined;
}
