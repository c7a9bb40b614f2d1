/**
 * What is backed up: a tree that looks like a site's, the same bytes each time,
 * and the changes of a day.
 *
 * @module
 */

import { join } from "@std/path";
import { seededRandom } from "./random.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** The parts of the tree, by size: the rest of it is text. */
const MEDIA_SHARE = 0.3;
const DUMPS_SHARE = 0.3;
const DUMPS = 4;

/** A tree that was written. */
export interface Tree {
  /** The paths of its files, in the order in which they were made. */
  readonly files: readonly string[];
  readonly bytes: number;
}

function vocabulary(): Uint8Array[] {
  const next = seededRandom(1);
  const letters = "eeeetttaaaooinnsshrrddlucmwfgypbvk";
  return Array.from({ length: 4096 }, () => {
    const length = 2 + Math.floor(next() * 9);
    const word = Array.from({ length }, () => letters[Math.floor(next() * letters.length)]);
    return new TextEncoder().encode(`${word.join("")} `);
  });
}

const WORDS = vocabulary();

/** Words, the frequent ones far more often than the rare ones, in lines. */
function writeText(bytes: Uint8Array, next: () => number, line = 90): void {
  let lineEnd = line;
  for (let at = 0; at < bytes.length;) {
    const word = WORDS[Math.floor(next() ** 3 * WORDS.length)] ?? bytes;
    for (let index = 0; index < word.length && at < bytes.length; index++, at++) {
      bytes[at] = word[index] ?? 0;
    }
    if (at < lineEnd) continue;
    bytes[at - 1] = 10;
    lineEnd = at + line;
  }
}

/** Rows as a database dumps them: equal beginnings, numbers, and words. */
function writeDump(bytes: Uint8Array, next: () => number): void {
  writeText(bytes, next, 200);
  const encoder = new TextEncoder();
  for (let at = 0, row = 1; at < bytes.length; row++) {
    const number = Math.floor(next() * 1e9);
    const start = encoder.encode(`'),\n(${row},${number},'2026-01-${1 + number % 28}','`);
    bytes.set(start.subarray(0, bytes.length - at), at);
    at += start.length + 100 + number % 300;
  }
}

/** Bytes that no compressor makes smaller, like pictures. */
function writeMedia(bytes: Uint8Array, next: () => number): void {
  const words = new Uint32Array(bytes.buffer, 0, bytes.length >> 2);
  for (let index = 0; index < words.length; index++) words[index] = next() * 2 ** 32;
}

/** Files were last changed long ago, as most files were. */
const CHANGED_AT = Date.UTC(2026, 0, 1) / 1000;

/** Writes the tree into a new directory. */
export function makeTree(directory: string, mebibytes: number): Tree {
  const total = mebibytes * MIB;
  const next = seededRandom(2);
  const files: string[] = [];
  let bytes = 0;
  const add = (kind: string, size: number, write: typeof writeText) => {
    const content = new Uint8Array(size);
    write(content, seededRandom(files.length));
    const folder = join(directory, kind, String(Math.floor(files.length / 200)));
    Deno.mkdirSync(folder, { recursive: true });
    const file = join(folder, `${kind}-${files.length}`);
    Deno.writeFileSync(file, content);
    Deno.utimeSync(file, CHANGED_AT, CHANGED_AT);
    files.push(file);
    bytes += size;
  };
  const textEnd = total * (1 - MEDIA_SHARE - DUMPS_SHARE);
  while (bytes < textEnd) add("text", Math.floor(KIB / 2 + next() ** 2 * 32 * KIB), writeText);
  const mediaEnd = Math.floor(total * (1 - DUMPS_SHARE));
  while (bytes < mediaEnd) {
    const size = Math.floor((1 + next() * 15) * 256 * KIB);
    add("media", Math.min(size, mediaEnd - bytes), writeMedia);
  }
  for (let dump = 0; dump < DUMPS; dump++) add("dump", total * DUMPS_SHARE / DUMPS | 0, writeDump);
  return { files, bytes };
}

/** Changes one file in a hundred, and gives the function that undoes it. */
export function changeOnePercent({ files }: Tree): () => void {
  const changed = files.filter((_, index) => index % 100 === 50).map((file) => {
    const before = Deno.readFileSync(file);
    const edited = before.slice();
    const middle = edited.length >> 1;
    writeText(
      edited.subarray(middle, middle + Math.min(4 * KIB, middle >> 1)),
      seededRandom(middle),
    );
    const appended = new Uint8Array(90);
    writeText(appended, seededRandom(3));
    // In place, as most programs write: the directory's time stays.
    Deno.writeFileSync(file, new Uint8Array([...edited, ...appended]));
    return { file, before };
  });
  return () => {
    for (const { file, before } of changed) {
      Deno.writeFileSync(file, before);
      Deno.utimeSync(file, CHANGED_AT, CHANGED_AT);
    }
  };
}

/** Makes empty files, a thousand in each directory. */
export function makeEmptyFiles(directory: string, count: number): void {
  for (let index = 0; index < count; index++) {
    const folder = join(directory, String(Math.floor(index / 1000)));
    if (index % 1000 === 0) Deno.mkdirSync(folder, { recursive: true });
    Deno.createSync(join(folder, `file-${index}`)).close();
  }
}
