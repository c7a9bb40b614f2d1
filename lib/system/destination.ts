/**
 * What lies at a destination: the mirror, the archives, and how they change.
 *
 * @module
 */

import { archiveName } from "../archive_name.ts";
import {
  flushArgv,
  listArgv,
  makeDirectoriesArgv,
  pathIn,
  removeArgvs,
  renameArgv,
  tarArgv,
  WORK_DIRECTORY,
} from "../argv.ts";
import { type DirectoryEntry, parseListing } from "../directory_listing.ts";
import { NotNowError } from "../errors.ts";
import { rsyncOutcome, type StepOutcome, tarOutcome } from "../exit_status.ts";
import { locationText } from "../location.ts";
import type { DestinationRequest } from "../request.ts";
import { absoluteDestination } from "./files.ts";
import { type Host, openHost } from "./host.ts";
import { evidence, ProcessError, type ProcessResult } from "./process.ts";

/** What a step did, and what the program wrote while it did it. */
export interface StepReport extends StepOutcome {
  readonly stderr: string;
}

/** The archive of a run on its way into place. */
export interface ArchiveFiles {
  /** The final name, without a directory. */
  readonly name: string;
  /** Its path once published. */
  readonly published: string;
  /** Where it is written: a path that no other run uses. */
  readonly partial: string;
}

/** One destination over an open connection. */
export class Destination implements AsyncDisposable {
  /** As messages name it. */
  readonly text: string;
  readonly #host: Host;
  readonly #paths: { readonly path: string; readonly rsyncDir: string };

  private constructor(host: Host, request: DestinationRequest) {
    this.#host = host;
    this.#paths = { path: request.location.path, rsyncDir: request.rsyncDir };
    this.text = locationText(request.location);
  }

  /**
   * Connects to a destination; throws as {@linkcode openHost} does.
   *
   * @throws {UsageError} when the identity file is missing
   */
  static async open(request: DestinationRequest, signal?: AbortSignal): Promise<Destination> {
    const absolute = await absoluteDestination(request);
    return new Destination(await openHost(absolute.location, absolute.ssh, signal), absolute);
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

  /** Makes the directories of the destination where they are missing. */
  async makeDirectories(): Promise<void> {
    const result = await this.#host.run(makeDirectoriesArgv(this.#paths));
    if (result.code !== 0) throw new ProcessError(`Cannot make "${this.text}"`, result);
  }

  /** Mirrors `source`, an absolute path, with what rsync says of it. */
  async sync(source: string, exclude: readonly string[]): Promise<StepReport> {
    const result = await this.#host.sync({ source, exclude, mirror: this.#mirror });
    return failed(`Cannot sync "${source}" to "${this.text}"`, result, rsyncOutcome(result.code));
  }

  /** The names for an archive of `date`. */
  archiveFiles(prefix: string, date: Temporal.PlainDate): ArchiveFiles {
    const name = archiveName(prefix, date);
    const work = pathIn(this.#paths.path, WORK_DIRECTORY);
    return {
      name,
      published: pathIn(this.#paths.path, name),
      partial: pathIn(work, `${name}.${crypto.randomUUID()}.partial`),
    };
  }

  /**
   * Packs the mirror under a temporary name and renames it into place when it is
   * complete: an archive is there whole, or not at all.
   */
  async publishArchive({ published, partial }: ArchiveFiles): Promise<StepReport> {
    try {
      const packed = await this.#host.run(tarArgv(this.#paths, partial));
      const what = `Cannot pack "${published}"`;
      const report = failed(what, packed, tarOutcome(packed.code));
      for (const argv of [flushArgv(partial), renameArgv(partial, published)]) {
        const result = await this.#host.run(argv);
        if (result.code !== 0) throw new ProcessError(`Cannot publish "${published}"`, result);
      }
      return report;
    } catch (error) {
      await this.#discard(partial);
      throw error;
    }
  }

  /** Removes archives by their names. */
  async remove(names: readonly string[]): Promise<void> {
    for (const argv of removeArgvs(names.map((name) => pathIn(this.#paths.path, name)))) {
      const result = await this.#host.run(argv);
      if (result.code !== 0) throw new ProcessError(`Cannot prune "${this.text}"`, result);
    }
  }

  /** The commands of a backup up to the prune, as lines that can be pasted into a shell. */
  shownBackup(source: string, exclude: readonly string[], files: ArchiveFiles): string[] {
    return [
      this.#host.shown(makeDirectoriesArgv(this.#paths)),
      this.#host.shownSync({ source, exclude, mirror: this.#mirror }),
      this.#host.shown(tarArgv(this.#paths, files.partial)),
      this.#host.shown(flushArgv(files.partial)),
      this.#host.shown(renameArgv(files.partial, files.published)),
    ];
  }

  /** The commands that remove archives, likewise. */
  shownRemove(names: readonly string[]): string[] {
    const paths = names.map((name) => pathIn(this.#paths.path, name));
    return removeArgvs(paths).map((argv) => this.#host.shown(argv));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host[Symbol.asyncDispose]();
  }

  get #mirror(): string {
    return pathIn(this.#paths.path, this.#paths.rsyncDir);
  }

  /** Removes what a failed run has written; its own failure must not hide the first one. */
  async #discard(partial: string): Promise<void> {
    for (const argv of removeArgvs([partial])) {
      try {
        await this.#host.run(argv, { evenWhenStopped: true });
      } catch (error) {
        if (!(error instanceof NotNowError)) throw error;
      }
    }
  }
}

/** The report of a step that can be built on; an error for any other. */
function failed(what: string, result: ProcessResult, outcome: StepOutcome): StepReport {
  const message = `${what}: ${outcome.meaning}${evidence(result.stderr)}`;
  if (outcome.verdict === "unreachable") throw new NotNowError(message);
  if (outcome.verdict === "failed") {
    throw new ProcessError(`${what}: ${outcome.meaning}`, result);
  }
  return { ...outcome, stderr: result.stderr };
}
