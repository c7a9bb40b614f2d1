/**
 * The one way in which words become text that a shell or rsync splits again.
 *
 * @module
 */

const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,.\/-]+$/;

/** `word` as a POSIX shell reads it back, quoted only when it must be. */
export function shellWord(word: string): string {
  if (PLAIN_WORD.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * An argument list as one line for a POSIX shell: what ssh hands to the remote
 * shell, and what a dry run prints.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { shellCommand } from "./quoting.ts";
 *
 * assertEquals(shellCommand(["mkdir", "-p", "/srv/a b"]), "mkdir -p '/srv/a b'");
 * ```
 */
export function shellCommand(argv: readonly string[]): string {
  return argv.map(shellWord).join(" ");
}

/**
 * An argument list for rsync's `-e`, which rsync splits at spaces by rules of
 * its own: quotes group, a doubled quote inside stands for itself, and a
 * backslash means nothing (rsync(1), option `--rsh`).
 */
export function rsyncShell(argv: readonly string[]): string {
  return argv.map((word) => PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", "''")}'`)
    .join(" ");
}
