/**
 * The argument lists of every program that a run starts, here or on the
 * destination. They are data: nothing is pasted into a shell's text, and what
 * runs on the destination is the closed set of shapes in this file.
 *
 * @module
 */

import { type RemoteLocation, sshTarget } from "./location.ts";
import { rsyncShell, shellCommand } from "./quoting.ts";

/** How ssh is called, beside the host. */
export interface SshSettings {
  /** Absent: 22, or what ssh's own configuration says for the host. */
  readonly port?: number | undefined;
  /** The absolute path of a private key. */
  readonly identityFile?: string | undefined;
  /** The absolute path of a configuration file. */
  readonly configFile?: string | undefined;
  /** Options of ssh_config(5), as `Name=value`; ours come after them, and ssh takes the first. */
  readonly options?: readonly string[] | undefined;
  /** How long the host may be silent, in seconds, before the connection counts as dead. */
  readonly timeout: number;
}

/** What of a destination is named in argument lists. */
export interface DestinationPaths {
  /** The destination directory. */
  readonly path: string;
  /** The mirror's directory, relative to `path`. */
  readonly rsyncDir: string;
}

/** Where lock, state and archives being written lie. */
export const WORK_DIRECTORY = ".roundrobinbackup";

/** ssh asks so often before it gives up on a silent host. */
const ALIVE_COUNT = 4;

/** `directory/name`, also for the root directory. */
export function pathIn(directory: string, name: string): string {
  return `${directory.replace(/\/+$/, "")}/${name}`;
}

/** ssh up to, and without, the host: what a dry run and rsync's `-e` show. */
export function sshArgv(settings: SshSettings): string[] {
  // In cron nobody answers a prompt, and a dead link has to end by itself.
  const options = [
    ...settings.options ?? [],
    "BatchMode=yes",
    `ConnectTimeout=${settings.timeout}`,
    `ServerAliveInterval=${Math.ceil(settings.timeout / ALIVE_COUNT)}`,
    `ServerAliveCountMax=${ALIVE_COUNT}`,
  ];
  const config = settings.configFile === undefined ? [] : ["-F", settings.configFile];
  const argv = ["ssh", ...config, ...options.flatMap((option) => ["-o", option])];
  if (settings.port !== undefined) argv.push("-p", String(settings.port));
  if (settings.identityFile !== undefined) argv.push("-i", settings.identityFile);
  return argv;
}

/** `argv` run on the host of `location` by the given ssh, quoted for its shell. */
export function remoteArgv(
  ssh: readonly string[],
  location: RemoteLocation,
  argv: readonly string[],
): string[] {
  return [...ssh, sshTarget(location), shellCommand(argv)];
}

/** What rsync is told of one sync. */
export interface SyncSettings {
  /** An absolute path; a trailing slash means what it means in rsync. */
  readonly source: string;
  /** The mirror as rsync takes it: a path, or `[user@]host:path`. */
  readonly target: string;
  /** The ssh to use, or `undefined` for a directory of this machine. */
  readonly ssh?: readonly string[] | undefined;
  /** rsync patterns. */
  readonly exclude: readonly string[];
  /** Further options for rsync. */
  readonly options: readonly string[];
  /** What runs in front of the destination's rsync. */
  readonly wrapper: readonly string[];
}

/**
 * The sync. A target with characters that a shell knows is sent over rsync's own
 * protocol (`-s`), because rsync before 3.2.4 leaves them to the remote shell.
 */
export function rsyncArgv(settings: SyncSettings): string[] {
  const argv = ["rsync", "-az", "--delete", ...settings.options];
  if (settings.ssh === undefined) {
    argv.unshift(...settings.wrapper);
  } else {
    argv.push("-e", rsyncShell(settings.ssh));
    if (settings.wrapper.length > 0) {
      argv.push(`--rsync-path=${shellCommand([...settings.wrapper, "rsync"])}`);
    }
    if (!/^[A-Za-z0-9_.,:@%+=\/\[\]-]+$/.test(settings.target)) argv.push("-s");
  }
  argv.push(...settings.exclude.map((pattern) => `--exclude=${pattern}`));
  return [...argv, "--", settings.source, settings.target];
}

/**
 * tar's arguments to pack the mirror into `file`. `--force-local`: a colon in a
 * path is no host. `--ignore-failed-read`: a file of the mirror that tar may not read
 * is warned of, and the others are packed. The mirror is named as 0.8.4 named it, so that archives unpack
 * alike; plain bzip2 is called as 0.8.4 called it.
 */
export function tarOptions(
  { path, rsyncDir }: DestinationPaths,
  { file, compressor }: { file: string; compressor: readonly string[] },
): string[] {
  const compress = compressor.length === 0
    ? ["-cf"]
    : compressor.join(" ") === "bzip2"
    ? ["-cjf"]
    : ["-I", compressor.join(" "), "-cf"];
  return ["--force-local", "--ignore-failed-read", "-C", path, ...compress, file, "--", rsyncDir];
}

/** A command line has to fit the 128 KiB that Linux allows for one argument. */
const LONGEST_REMOVAL = 64 * 1024;

/** Removes files; one argument list, or several when there are very many. */
export function removeArgvs(files: readonly string[]): string[][] {
  const lists: string[][] = [];
  let length = 0;
  for (const file of files) {
    length += shellCommand([file]).length + 1;
    const last = lists.at(-1);
    if (last === undefined || length > LONGEST_REMOVAL) {
      lists.push(["rm", "-f", "--", file]);
      length = 0;
    } else {
      last.push(file);
    }
  }
  return lists;
}
