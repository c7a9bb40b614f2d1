/**
 * What lies at a destination: the mirror, the archives, the state, and how they
 * change.
 *
 * @module
 */

import { archiveName } from "../archive_name.ts";
import { type DestinationPaths, listArgv, pathIn, removeArgvs, WORK_DIRECTORY } from "../argv.ts";
import {
  archiveArgv,
  type ArchiveRun,
  lockArgv,
  readArgv,
  shownArchiveArgvs,
  shownDirectoriesArgv,
  workerArgv,
  writeStateArgv,
} from "../destination_scripts.ts";
import { type DirectoryEntry, parseListing } from "../directory_listing.ts";
import { NotNowError } from "../errors.ts";
import { rsyncOutcome, type StepOutcome, tarOutcome } from "../exit_status.ts";
import { locationText } from "../location.ts";
import { CHECKSUM_ENDING } from "../prune_plan.ts";
import type { DestinationRequest } from "../request.ts";
import { parseSyncStats, type SyncStats } from "../rsync_stats.ts";
import { parseState, type State, stateText } from "../state.ts";
import { absoluteDestination } from "./files.ts";
import { type Host, type HostSync, openHost } from "./host.ts";
import { evidence, ProcessError, type ProcessResult } from "./process.ts";

/** What a step did, and what the program wrote while it did it. */
export interface StepReport extends StepOutcome {
  readonly stderr: string;
}

/** What a sync did. */
export interface SyncReport extends StepReport {
  /** Absent when rsync did not say. */
  readonly stats: SyncStats | undefined;
}

/** What {@linkcode Destination.open} is told beside the request. */
export interface OpenOptions {
  readonly signal?: AbortSignal | undefined;
  /** Makes the directories and takes the lock; without it, nothing is changed. */
  readonly lock?: { readonly waitSeconds: number; readonly holder: string };
}

/** One destination over an open connection. */
export class Destination implements AsyncDisposable {
  /** As messages name it. */
  readonly text: string;
  /** When the connection was made, by the destination's clock. */
  readonly clock: Temporal.Instant;
  /** When the connection was made, by ours. */
  readonly connected = Temporal.Now.instant();
  /** What earlier runs left to know; `undefined` when there is none, or none that can be read. */
  readonly state: State | undefined;
  /** There is a state file that cannot be read. */
  readonly stateIsForeign: boolean;
  readonly #host: Host;
  readonly #paths: DestinationPaths;

  private constructor(host: Host, { location, rsyncDir }: DestinationRequest) {
    this.#host = host;
    this.#paths = { path: location.path, rsyncDir };
    this.text = locationText(location);
    this.clock = host.greeting.clock;
    this.state = parseState(host.greeting.state);
    this.stateIsForeign = host.greeting.state !== "" && this.state === undefined;
  }

  /**
   * Connects to a destination; throws as {@linkcode openHost} does.
   *
   * @throws {UsageError} when the identity file is missing
   */
  static async open(
    request: DestinationRequest,
    { signal, lock }: OpenOptions,
  ): Promise<Destination> {
    const absolute = await absoluteDestination(request);
    const paths = { path: absolute.location.path, rsyncDir: absolute.rsyncDir };
    const hold = lock === undefined ? readArgv(paths) : lockArgv(paths, lock);
    return new Destination(await openHost({ ...absolute, hold, signal }), absolute);
  }

  /**
   * What is in the directory, without the mirror and our work directory, or
   * `undefined` when there is no such directory.
   */
  async entries(): Promise<DirectoryEntry[] | undefined> {
    const result = await this.#host.run(listArgv(this.#paths.path));
    if (result.code !== 0) {
      if (/: No such file or directory/.test(result.stderr)) return undefined;
      throw new ProcessError(`Cannot list "${this.text}"`, result);
    }
    const own = [this.#paths.rsyncDir.split("/")[0], WORK_DIRECTORY];
    return parseListing(result.stdout).filter((entry) => !own.includes(entry.name));
  }

  /** Likewise, for what makes no sense without the directory. */
  async existingEntries(): Promise<DirectoryEntry[]> {
    const entries = await this.entries();
    if (entries !== undefined) return entries;
    throw new Error(`There is no "${this.text}": check the path, or make a first backup there`);
  }

  /** Mirrors `source`, an absolute path, with what rsync says of it. */
  async sync(source: string, exclude: readonly string[]): Promise<SyncReport> {
    const result = await this.#host.sync({
      ...this.#syncOf(source, exclude),
      options: ["--stats"],
      wrapper: workerArgv(this.#paths, []),
    });
    const what = `Cannot sync "${source}" to "${this.text}"`;
    const report = stepReport(what, result, rsyncOutcome(result.code));
    return { ...report, stats: parseSyncStats(result.stdout) };
  }

  /** The archive of `date`, to be made by this run. */
  archiveRun(prefix: string, date: Temporal.PlainDate): ArchiveRun {
    return { name: archiveName(prefix, date), directory: `run-${crypto.randomUUID()}` };
  }

  /**
   * Packs the mirror where nobody looks, flushes and sums it, and renames it into
   * place: an archive is there whole, or not at all.
   */
  async publishArchive(run: ArchiveRun): Promise<StepReport> {
    const result = await this.#host.run(archiveArgv(this.#paths, run));
    const what = `Cannot make the archive "${run.name}" in "${this.text}"`;
    const code = /^tar (\d+)$/m.exec(result.stdout)?.[1];
    if (code === undefined) throw new ProcessError(what, result);
    const report = stepReport(what, result, tarOutcome(Number(code)));
    if (/^published$/m.test(result.stdout)) return report;
    throw new ProcessError(`${what}: it was packed, but cannot be put into place`, result);
  }

  /** Removes archives by their names, with their checksums. */
  async remove(names: readonly string[]): Promise<void> {
    for (const argv of this.#removeArgvs(names)) {
      const result = await this.#host.run(argv);
      if (result.code !== 0) throw new ProcessError(`Cannot prune "${this.text}"`, result);
    }
  }

  /** Replaces the state. */
  async writeState(state: State): Promise<void> {
    const result = await this.#host.run(writeStateArgv(this.#paths, stateText(state)));
    if (result.code !== 0) throw new ProcessError(`Cannot write the state`, result);
  }

  /** The commands of a backup up to the prune, as lines that can be pasted into a shell. */
  shownBackup(source: string, exclude: readonly string[], run: ArchiveRun): string[] {
    return [
      this.#host.shown(shownDirectoriesArgv(this.#paths)),
      this.#host.shownSync(this.#syncOf(source, exclude)),
      ...shownArchiveArgvs(this.#paths, run).map((argv) => this.#host.shown(argv)),
    ];
  }

  /** The commands that remove archives, likewise. */
  shownRemove(names: readonly string[]): string[] {
    return this.#removeArgvs(names).map((argv) => this.#host.shown(argv));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host[Symbol.asyncDispose]();
  }

  #syncOf(source: string, exclude: readonly string[]): HostSync {
    const mirror = pathIn(this.#paths.path, this.#paths.rsyncDir);
    return { source, exclude, mirror, options: [], wrapper: [] };
  }

  #removeArgvs(names: readonly string[]): string[][] {
    return removeArgvs(names.flatMap((name) => {
      const path = pathIn(this.#paths.path, name);
      return [path, `${path}${CHECKSUM_ENDING}`];
    }));
  }
}

/** The report of a step that can be built on; an error for any other. */
function stepReport(what: string, result: ProcessResult, outcome: StepOutcome): StepReport {
  const message = `${what}: ${outcome.meaning}`;
  if (outcome.verdict === "unreachable") {
    throw new NotNowError(`${message}${evidence(result.stderr)}`);
  }
  if (outcome.verdict === "failed") throw new ProcessError(message, result);
  return { ...outcome, stderr: result.stderr };
}
