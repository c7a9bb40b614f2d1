/**
 * Archives in a destination: their names, and directories as 0.8.4 left them.
 *
 * @module
 */

import { join } from "@std/path";
import { outputOf } from "./command.ts";
import { daysAgo, TODAY } from "./program.ts";
import { namesIn, writeTree } from "./tree.ts";

/** What the names of archives start with by default. */
export const PREFIX = "automated-backup-";

/** The name of the archive of `date` as the program makes it. */
export function archiveOf(date: string, prefix = PREFIX): string {
  return `${prefix}${date}.tar.bzip2`;
}

/** The archive that a run in a test makes. */
export const TODAYS_ARCHIVE = archiveOf(TODAY.toString());

/** The archive of the day before. */
export const YESTERDAYS_ARCHIVE = archiveOf(daysAgo(1));

/** The names of a destination that start with the prefix, without checksums, sorted. */
export async function archivesIn(directory: string, prefix = PREFIX): Promise<string[]> {
  const names = await namesIn(directory);
  return names.filter((name) => name.startsWith(prefix) && !name.endsWith(".sha256"));
}

/** Makes yesterday's archive of today's: the next run is the second day's. */
export async function letADayPass(destination: string): Promise<void> {
  for (const ending of ["", ".sha256"]) {
    const [from, to] = [TODAYS_ARCHIVE, YESTERDAYS_ARCHIVE]
      .map((name) => join(destination, `${name}${ending}`));
    await Deno.rename(from ?? "", to ?? "");
  }
  // Where the archive is named.
  for (const name of [`${YESTERDAYS_ARCHIVE}.sha256`, ".roundrobinbackup/mirror.json"]) {
    const file = join(destination, name);
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace(TODAYS_ARCHIVE, YESTERDAYS_ARCHIVE));
  }
}

/**
 * A destination as 0.8.4 leaves it: a mirror and archives of it, of every ending
 * that its versions used. The anchor is the oldest archive's date: with
 * {@linkcode OLD_POLICY} the weeks begin 4, 11, 18, ... days ago.
 */
export async function writeOldDestination(
  directory: string,
  prefix = PREFIX,
): Promise<{ kept: string[]; pruned: string[] }> {
  const kept = [
    `${prefix}${daysAgo(60)}.tar`,
    `${prefix}${daysAgo(11)}`,
    `${prefix}${daysAgo(4)}.tar.bzip2`,
    `${prefix}${daysAgo(2)}.tar.bzip2`,
    `${prefix}${daysAgo(1)}.tar.bzip2`,
  ];
  const pruned = [
    `${prefix}${daysAgo(25)}.tar`,
    `${prefix}${daysAgo(18)}`,
    `${prefix}${daysAgo(3)}.tar.bzip2`,
  ];
  await writeTree(join(directory, "latest/source"), { "old file": "as 0.8.4 left it\n" });
  for (const name of [...kept, ...pruned]) {
    const flags = name.endsWith(".tar.bzip2") ? "-cjf" : "-cf";
    await outputOf(["tar", "-C", directory, flags, join(directory, name), "latest"]);
  }
  return { kept: kept.sort(), pruned: pruned.sort() };
}

/** The policy for {@linkcode writeOldDestination}. */
export const OLD_POLICY = ["--days=2", "--weeks=2", "--months=0", "--years=0"];

/**
 * What lies in a destination with names that resemble archives and are none, of
 * every kind. None of it is ours to list or remove.
 */
export async function writeForeignNames(directory: string, prefix = PREFIX): Promise<string[]> {
  const old = daysAgo(3000);
  const files = [
    `${prefix}${old}-notes.txt`,
    `${prefix}${old}.tar.bzip2.part`,
    `${prefix}${old}.zip`,
    `${prefix}2013-02-30.tar.bzip2`,
    `${prefix}2013-1-1.tar.bzip2`,
    `${prefix}latest.tar.bzip2`,
    `${prefix}`,
    `my-${prefix}${old}.tar.bzip2`,
    `${old}.tar.bzip2`,
    `${prefix}${old}.tar.bzip2\n`,
    `-rf`,
    `README`,
  ];
  await writeTree(directory, Object.fromEntries(files.map((name) => [name, "foreign\n"])));
  const directoryName = `${prefix}${daysAgo(3001)}.tar`;
  await writeTree(join(directory, directoryName), { "inside": "foreign\n" });
  const linkName = `${prefix}${daysAgo(3002)}.tar.bzip2`;
  await Deno.symlink("README", join(directory, linkName));
  return [...files, directoryName, linkName].sort();
}
