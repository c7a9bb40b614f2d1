/**
 * The backup: lock, sync, archive, prune, and what is remembered of it.
 *
 * @module
 */

import { archiveName } from "../archive_name.ts";
import { oldestDate } from "../calendar.ts";
import { compressionFor } from "../compression.ts";
import type { ArchiveRun } from "../destination_scripts.ts";
import { EXIT, type ExitStatus } from "../exit_status.ts";
import type { MirrorRecord } from "../mirror_record.ts";
import { isGoodRun, type Withheld, withheldReasons } from "../prune_brake.ts";
import { pacedPrune } from "../prune_pace.ts";
import { archiveNames, type PrunePlan, prunePlan } from "../prune_plan.ts";
import { archiveCount, planText } from "../report.ts";
import type { BackupRequest } from "../request.ts";
import {
  Destination,
  type Published,
  type StepReport,
  type SyncReport,
} from "../system/destination.ts";
import { checkedSource } from "../system/files.ts";
import { evidence, runProcess } from "../system/process.ts";
import type { Run } from "../system/run.ts";

/**
 * Backs up, or shows what a backup would do.
 *
 * @throws {NotNowError} when the destination cannot be reached, or is locked
 * @throws {Error} when no archive was made; every earlier archive is as it was
 */
export async function backup(request: BackupRequest, run: Run): Promise<ExitStatus> {
  const source = await checkedSource(request);
  const { signal } = run;
  const checked = { ...request, source };
  if (request.dryRun) {
    await using destination = await Destination.open(request.destination, { signal });
    return await showBackup(checked, destination, run);
  }
  await run.terminal.progress(`Connecting to ${request.destination.location.path}`);
  const lock = { waitSeconds: request.lockWait, holder: await holder() };
  await using destination = await Destination.open(request.destination, { signal, lock });
  return await new Backup(checked, destination, run).make();
}

/** Who we are, for a second run that finds the destination locked. */
async function holder(): Promise<string> {
  const { stdout } = await runProcess(["uname", "-n"]);
  const since = Temporal.Now.zonedDateTimeISO().toString({
    smallestUnit: "second",
    timeZoneName: "never",
  });
  return `${stdout.trim()}, process ${Deno.pid}, since ${since}`;
}

/**
 * The plan once the archive of this run is made. The anchor is what it was before
 * this run: a clock that is wrong today must not move it.
 */
function planFor(
  { backupPrefix, policy, anchorChoice }: BackupRequest,
  { destination, run, archive }: { destination: Destination; run: Run; archive: ArchiveRun },
): PrunePlan {
  const before = destination.entries ?? [];
  const stateAnchor = destination.state?.anchorDate ??
    oldestDate(archiveNames(before, backupPrefix).map(({ date }) => date));
  const entries = [...before, { name: archive.name, kind: "file" }];
  return prunePlan(entries, backupPrefix, { today: run.today, policy, anchorChoice, stateAnchor });
}

/** How the archive of this run is made. */
function archiveRun(request: BackupRequest, destination: Destination, run: Run): ArchiveRun {
  const { compression: choice, backupPrefix, nice } = request;
  const compression = compressionFor(choice, destination.programs);
  if (compression === undefined) {
    const name = choice.name === "auto" ? "bzip2" : choice.name;
    throw new Error(
      `There is no "${name}" at "${destination.text}": install it, or choose another --compress`,
    );
  }
  return {
    name: archiveName(backupPrefix, run.today, compression.ending),
    directory: `run-${crypto.randomUUID()}`,
    compressor: compression.argv,
    nice,
  };
}

/** Prints what would run. The prune plan is the real one, as if today's archive were made. */
async function showBackup(
  request: BackupRequest,
  destination: Destination,
  run: Run,
): Promise<ExitStatus> {
  const archive = archiveRun(request, destination, run);
  const plan = planFor(request, { destination, run, archive });
  const { noPrune, maxPrune } = request.prune;
  const { now, waiting } = pacedPrune(plan, noPrune ? 0 : maxPrune);
  const lines = [
    ...destination.shownBackup(request, archive),
    ...planText(plan).split("\n").map((line) => `# ${line}`),
    ...destination.shownRemove(now.map(({ name }) => name)),
  ];
  if (waiting > 0) lines.push(`# ${archiveCount(waiting)} would wait for the next runs`);
  await run.terminal.print(lines.join("\n"));
  return EXIT.ok;
}

/** One backup to a locked destination. */
class Backup {
  readonly #request: BackupRequest;
  readonly #destination: Destination;
  readonly #run: Run;
  #status: ExitStatus = EXIT.ok;

  constructor(request: BackupRequest, destination: Destination, run: Run) {
    this.#request = request;
    this.#destination = destination;
    this.#run = run;
  }

  async make(): Promise<ExitStatus> {
    const { terminal } = this.#run;
    const { source } = this.#request;
    const archive = archiveRun(this.#request, this.#destination, this.#run);
    if (this.#destination.stateProblem !== undefined) {
      await terminal.warn(
        `The state file of "${this.#destination.text}" is ${this.#destination.stateProblem}; ` +
          "it is written anew",
      );
    }
    await terminal.progress(`Syncing ${source} to ${this.#destination.text}`);
    const sync = await this.#destination.sync(this.#request);
    await terminal.progress(`Packing ${archive.name}`);
    const same = this.#same(sync, archive);
    const linked = same && await this.#destination.linkArchive(archive, same);
    const published = linked ?? await this.#destination.publishArchive(archive);
    const withheld = this.#withheld(sync, published);
    const plan = planFor(this.#request, {
      destination: this.#destination,
      run: this.#run,
      archive,
    });
    const removed = withheld.length > 0
      ? await this.#withhold(withheld, archive)
      : await this.#prune(plan);
    await this.#remember(plan, { sync, archive, published, good: isGoodRun(withheld) });
    await terminal.summary(
      `Backed up ${source} to ${this.#destination.text}: ${archive.name} ` +
        `${linked === undefined ? "made" : "made (unchanged)"}, ` +
        `${archiveCount(plan.archives.length - removed)} kept, ${removed} removed`,
    );
    return this.#status;
  }

  /** The archive that holds all that a new one would hold: nothing has changed since. */
  #same(sync: SyncReport, archive: ArchiveRun): MirrorRecord | undefined {
    const { mirror } = this.#destination;
    if (this.#request.alwaysArchive || sync.verdict !== "done" || sync.changes > 0) {
      return undefined;
    }
    if (mirror === undefined || mirror.made !== this.#made(archive)) return undefined;
    // sha256sum writes such a name in a way of its own.
    return `${archive.name}${mirror.archive}`.includes("\\") ? undefined : mirror;
  }

  /** All that an archive depends on, beside the source. */
  #made({ compressor }: ArchiveRun): string {
    const { destination: { rsyncDir }, exclude, rsyncOptions } = this.#request;
    return JSON.stringify({ compressor, rsyncDir, exclude, rsyncOptions });
  }

  #withheld(sync: SyncReport, packed: StepReport): Withheld[] {
    const partial = [sync, packed]
      .filter(({ verdict }) => verdict === "partial")
      .map(({ meaning, stderr }) => `${meaning}${evidence(stderr, 10)}`);
    return withheldReasons({
      partial: partial.length === 0 ? undefined : partial.join("; "),
      files: sync.stats?.files,
      lastGoodRun: this.#destination.state?.lastGoodRun,
      now: this.#destination.connected,
      destinationNow: this.#destination.clock,
      acceptShrink: this.#request.prune.acceptShrink,
      maxPruneGiven: this.#request.prune.maxPruneGiven,
    });
  }

  async #withhold(withheld: readonly Withheld[], { name }: ArchiveRun): Promise<number> {
    this.#status = EXIT.attention;
    const where = `"${this.#destination.text}"`;
    for (const { cause, message } of withheld) {
      await this.#run.terminal.warn(
        cause === "partial"
          ? `The archive "${name}" in ${where} is partial, and nothing was pruned: ${message}`
          : `Nothing was pruned in ${where}: ${message}`,
      );
    }
    return 0;
  }

  /** Warns of what failed after the archive was made: that is no failure of the run. */
  async #tolerate(error: unknown, what: string): Promise<void> {
    if (!(error instanceof Error) || this.#run.signal?.aborted) throw error;
    this.#status = EXIT.attention;
    await this.#run.terminal.warn(
      `The archive in "${this.#destination.text}" was made, but ${what}: ${error.message}`,
    );
  }

  /** Carries out the plan at its pace; gives how many archives went. */
  async #prune(plan: PrunePlan): Promise<number> {
    const { noPrune, maxPrune } = this.#request.prune;
    if (noPrune) return 0;
    await this.#run.terminal.progress(`Pruning ${this.#destination.text}`);
    const { now, waiting, unusual } = pacedPrune(plan, maxPrune);
    try {
      await this.#destination.remove(now.map(({ name }) => name));
    } catch (error) {
      await this.#tolerate(error, "an old one could not be removed");
      return 0;
    }
    if (unusual) {
      this.#status = EXIT.attention;
      await this.#run.terminal.warn(
        `In "${this.#destination.text}" ${now.length + waiting} of ${
          archiveCount(plan.archives.length)
        } are held by no rule; ${now.length} went now, ${waiting} wait for the next runs. ` +
          `Look at "roundrobinbackup plan"; if it is right, pass --max-prune N once`,
      );
    }
    return now.length;
  }

  /** Writes the state. */
  async #remember(
    plan: PrunePlan,
    { sync, archive, published, good }: {
      sync: SyncReport;
      archive: ArchiveRun;
      published: Published;
      good: boolean;
    },
  ): Promise<void> {
    const { state, connected } = this.#destination;
    const anchorDate = plan.stateAnchor ?? this.#run.today;
    const lastGoodRun = good && sync.stats !== undefined
      ? { time: connected, ...sync.stats, archive: archive.name }
      : state?.lastGoodRun;
    const whole = sync.verdict === "done" && published.verdict === "done";
    const mirror = { archive: archive.name, ...published.identity, made: this.#made(archive) };
    try {
      await this.#destination.remember({ anchorDate, lastGoodRun }, whole ? mirror : undefined);
    } catch (error) {
      await this.#tolerate(error, "the state was not kept");
    }
  }
}
