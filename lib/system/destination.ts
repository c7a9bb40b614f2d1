/**
 * What lies at a destination: the mirror, the archives, the state, and how they
 * change.
 *
 * @module
 */

import { type DestinationPaths, pathIn, removeArgvs, WORK_DIRECTORY } from "../argv.ts";
import {
  archiveArgv,
  type ArchiveRun,
  linkArgv,
  lockArgv,
  niceArgv,
  readArgv,
  shownArchiveArgvs,
  shownDirectoriesArgv,
  workerArgv,
  writeStateArgv,
} from "../destination_scripts.ts";
import type { DirectoryEntry } from "../directory_listing.ts";
import { NotNowError } from "../errors.ts";
import { rsyncOutcome, type StepOutcome, tarOutcome } from "../exit_status.ts";
import { locationText } from "../location.ts";
import { type MirrorRecord, mirrorRecordText, parseMirrorRecord } from "../mirror_record.ts";
import { CHECKSUM_ENDING } from "../prune_plan.ts";
import type { DestinationRequest } from "../request.ts";
import { SYNC_OUTPUT_OPTIONS, SyncOutput, type SyncStats } from "../rsync_stats.ts";
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
  /** How many files, directories and links of the mirror were changed or deleted. */
  readonly changes: number;
}

/** What is synced, and how. */
export interface SyncRequest {
  /** An absolute path; a trailing slash means what it means in rsync. */
  readonly source: string;
  /** rsync patterns. */
  readonly exclude: readonly string[];
  /** Further options for rsync. */
  readonly rsyncOptions: readonly string[];
  /** At low priority, at both ends. */
  readonly nice: boolean;
}

/** An archive in its place. */
export interface Published extends StepReport {
  /** To know it again. */
  readonly identity: Pick<MirrorRecord, "stat" | "sha256">;
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
  /** Why there is no state although earlier runs of ours left one. */
  readonly stateProblem: "unreadable" | "missing" | undefined;
  /** The archive that holds what is in the mirror, when that is known. */
  readonly mirror: MirrorRecord | undefined;
  /** The compressors that are installed. */
  readonly programs: readonly string[];
  /**
   * What was in the directory when the connection was made, without the mirror and
   * our work directory; `undefined` when there was no such directory.
   */
  readonly entries: readonly DirectoryEntry[] | undefined;
  readonly #host: Host;
  readonly #paths: DestinationPaths;

  private constructor(host: Host, { location, rsyncDir }: DestinationRequest) {
    this.#host = host;
    this.#paths = { path: location.path, rsyncDir };
    this.text = locationText(location);
    this.clock = host.greeting.clock;
    this.state = parseState(host.greeting.state);
    this.mirror = parseMirrorRecord(host.greeting.mirror);
    this.programs = host.greeting.programs;
    const own = [rsyncDir.split("/")[0], WORK_DIRECTORY];
    this.entries = host.greeting.entries?.filter(({ name }) => !own.includes(name));
    this.stateProblem = this.state === undefined ? this.#stateProblem() : undefined;
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

  /** 0.8.4 left no state, but no checksums either: those are ours. */
  #stateProblem(): "unreadable" | "missing" | undefined {
    if (this.#host.greeting.state !== "") return "unreadable";
    const ours = this.entries?.some(({ name }) => name.endsWith(CHECKSUM_ENDING)) ?? false;
    return ours ? "missing" : undefined;
  }

  /** The entries, for what makes no sense without the directory. */
  existingEntries(): readonly DirectoryEntry[] {
    if (this.entries !== undefined) return this.entries;
    throw new Error(`There is no "${this.text}": check the path, or make a first backup there`);
  }

  /** Mirrors the source, with what rsync says of it. */
  async sync(request: SyncRequest): Promise<SyncReport> {
    const output = new SyncOutput();
    const result = await this.#host.sync({
      ...this.#syncOf(request),
      options: [...request.rsyncOptions, ...SYNC_OUTPUT_OPTIONS],
      wrapper: [...workerArgv(this.#paths), ...(request.nice ? niceArgv() : [])],
      onOutput: (text) => output.add(text),
    });
    const what = `Cannot sync "${request.source}" to "${this.text}"`;
    const report = stepReport(what, result, rsyncOutcome(result.code));
    return { ...report, stats: output.stats, changes: output.changes };
  }

  /**
   * Packs the mirror where nobody looks, flushes and sums it, and renames it into
   * place: an archive is there whole, or not at all.
   */
  async publishArchive(run: ArchiveRun): Promise<Published> {
    const result = await this.#host.run(archiveArgv(this.#paths, run));
    const what = `Cannot make the archive "${run.name}" in "${this.text}"`;
    const code = /^tar (\d+)$/m.exec(result.stdout)?.[1];
    if (code === undefined) throw new ProcessError(what, result);
    const report = stepReport(what, result, tarOutcome(Number(code), result.stderr));
    const identity = publishedIdentity(result);
    if (identity !== undefined) return { ...report, identity };
    throw new ProcessError(`${what}: it was packed, but cannot be put into place`, result);
  }

  /**
   * Publishes an archive as a hard link to the one that holds the same; `undefined`
   * when that one is not as it was, or the file system has no hard links.
   */
  async linkArchive(run: ArchiveRun, same: MirrorRecord): Promise<Published | undefined> {
    const result = await this.#host.run(linkArgv(this.#paths, run, same));
    const identity = publishedIdentity(result);
    if (identity !== undefined) return { ...tarOutcome(0), stderr: "", identity };
    if (/^different$/m.test(result.stdout)) return undefined;
    throw new ProcessError(`Cannot make the archive "${run.name}" in "${this.text}"`, result);
  }

  /** Removes archives by their names, with their checksums. */
  async remove(names: readonly string[]): Promise<void> {
    for (const argv of this.#removeArgvs(names)) {
      const result = await this.#host.run(argv);
      if (result.code !== 0) throw new ProcessError(`Cannot prune "${this.text}"`, result);
    }
  }

  /** Replaces the state, and says what the mirror holds, when that is known. */
  async remember(state: State, mirror: MirrorRecord | undefined): Promise<void> {
    const text = mirror === undefined ? "" : mirrorRecordText(mirror);
    const argv = writeStateArgv(this.#paths, { state: stateText(state), mirror: text });
    const result = await this.#host.run(argv);
    if (result.code !== 0) throw new ProcessError("Cannot write the state", result);
  }

  /** The commands of a backup up to the prune, as lines that can be pasted into a shell. */
  shownBackup(request: SyncRequest, run: ArchiveRun): string[] {
    return [
      this.#host.shown(shownDirectoriesArgv(this.#paths)),
      this.#host.shownSync(this.#syncOf(request)),
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

  #syncOf({ source, exclude, rsyncOptions, nice }: SyncRequest): HostSync {
    const mirror = pathIn(this.#paths.path, this.#paths.rsyncDir);
    return { source, exclude, mirror, nice, options: rsyncOptions, wrapper: [] };
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

/** What a script says of the archive that it has put into place. */
function publishedIdentity({ stdout }: ProcessResult): Published["identity"] | undefined {
  const [, sha256, stat] = /^published (\S+) (.+)$/m.exec(stdout) ?? [];
  return sha256 === undefined || stat === undefined ? undefined : { sha256, stat };
}
