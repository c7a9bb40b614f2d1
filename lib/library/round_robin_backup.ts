/**
 * The backup as a class, as in round-robin-backup 0.8.4.
 *
 * @module
 */

import { backup } from "../commands/backup.ts";
import { DEFAULT_COMMAND } from "../options.ts";
import type { ExitStatus } from "../exit_status.ts";
import { type BackupRequest, parseRequest } from "../request.ts";
import type { Terminal } from "../system/terminal.ts";

/** The options, named as in 0.8.4; those of the command line that are newer, likewise. */
export interface RoundRobinBackupOptions {
  /** The directory to back up; a trailing slash means what it means in rsync. */
  source: string;
  /** `[user@]host:/path`, or any other form that the command line takes. */
  destination: string;
  /** Default: 22, or what ssh's configuration says. */
  ssh_port?: number | string;
  /** The private key to log in with. */
  ssh_identity_file?: string;
  /** rsync patterns. */
  exclude?: string[];
  /** Default: `latest`. */
  rsync_dir?: string;
  /** Default: `automated-backup-`. */
  backup_prefix?: string;
  /** Default: 6. */
  days?: number | string;
  /** Default: 5. */
  weeks?: number | string;
  /** Default: 6. */
  months?: number | string;
  /** Default: 10. */
  years?: number | string;
  /** `YYYY-MM-DD`. Default: the date of the oldest archive. */
  anchor_date?: string;
  /** Back up a source that is empty. Default: false. */
  allow_empty?: boolean;
  /** Change nothing; the result's `output` says what would run. Default: false. */
  noop?: boolean;
}

/** The options in force, and the parts of the destination. */
export interface ResolvedRoundRobinBackupOptions {
  /** As given. */
  source: string;
  /** Absent for a directory of this machine, or when ssh chooses. */
  destination_user: string | undefined;
  /** Absent for a directory of this machine. */
  destination_host: string | undefined;
  /** The directory at the destination. */
  destination_path: string;
  /** Absent: 22, or what ssh's configuration says. */
  ssh_port: number | undefined;
  /** The private key to log in with. */
  ssh_identity_file: string | undefined;
  /** rsync patterns. */
  exclude: readonly string[];
  /** The directory of the mirror. */
  rsync_dir: string;
  /** What the names of archives start with. */
  backup_prefix: string;
  /** How many days to keep, besides today. */
  days: number;
  /** How many weeks. */
  weeks: number;
  /** How many months. */
  months: number;
  /** How many years. */
  years: number;
}

/** What became of a backup. */
export interface BackupResult {
  /** 0: made; 3: made, but something needs a person, and `warnings` says what. */
  status: ExitStatus;
  /** What a dry run has to show. */
  output: string;
  /** One sentence each. */
  warnings: string[];
}

/**
 * One backup: sync, archive, prune.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { RoundRobinBackup } from "./round_robin_backup.ts";
 *
 * const job = new RoundRobinBackup({
 *   source: "/var/www/project/",
 *   destination: "deploy@backup.example.com:/srv/backup/project",
 *   exclude: [".git*"],
 * });
 * assertEquals(job.getOptions().months, 6);
 * // const { status, warnings } = await job.backup();
 * ```
 */
export class RoundRobinBackup {
  readonly #request: BackupRequest;

  /**
   * Checks the options as the command line does.
   *
   * @throws {UsageError} for a bad value; the message names it
   */
  constructor(options: RoundRobinBackupOptions) {
    const { source, destination, ...others } = options;
    const request = parseRequest([...optionWords(others), "--", source, destination]);
    if (request.command !== DEFAULT_COMMAND) throw new TypeError("These options are no backup's");
    this.#request = request;
  }

  /** The options in force, defaults filled in. */
  getOptions(): ResolvedRoundRobinBackupOptions {
    const { source, destination, exclude, backupPrefix, policy } = this.#request;
    const { location, ssh, rsyncDir } = destination;
    const remote = location.kind === "remote" ? location : undefined;
    return {
      source,
      destination_user: remote?.user,
      destination_host: remote?.host,
      destination_path: location.path,
      ssh_port: ssh.port,
      ssh_identity_file: ssh.identityFile,
      exclude,
      rsync_dir: rsyncDir,
      backup_prefix: backupPrefix,
      ...policy,
    };
  }

  /**
   * Runs the backup.
   *
   * @throws {NotNowError} when the destination cannot be reached
   * @throws {Error} when no archive was made; every earlier archive is as it was
   */
  async backup({ signal }: { signal?: AbortSignal } = {}): Promise<BackupResult> {
    const terminal = new Recorder();
    const status = await backup(this.#request, {
      today: Temporal.Now.plainDateISO(),
      terminal,
      signal,
    });
    return { status, output: terminal.output.join("\n"), warnings: terminal.warnings };
  }
}

type OptionValue = string | number | boolean | readonly string[] | undefined;

/** The options as words of a command line, so that the one option table checks them. */
function optionWords(options: Record<string, OptionValue>): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const option = `--${name.replaceAll("_", "-")}`;
    if (value === undefined || value === false) return [];
    if (value === true) return [option];
    const values = typeof value === "object" ? value : [value];
    return values.map((each) => `${option}=${each}`);
  });
}

/** Keeps what a terminal would have shown. */
class Recorder implements Terminal {
  readonly output: string[] = [];
  readonly warnings: string[] = [];

  print(text: string): Promise<void> {
    this.output.push(text);
    return Promise.resolve();
  }

  warn(text: string): Promise<void> {
    this.warnings.push(text);
    return Promise.resolve();
  }

  progress(): Promise<void> {
    return Promise.resolve();
  }

  summary(): Promise<void> {
    return Promise.resolve();
  }
}
