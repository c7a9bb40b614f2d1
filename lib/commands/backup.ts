/**
 * The backup: lock, sync, archive, prune, and what is remembered of it, with the
 * user's own commands around it.
 *
 * @module
 */

import type { ArchiveRun } from "../destination_scripts.ts";
import { EXIT, type ExitStatus } from "../exit_status.ts";
import type { MadeBackup } from "../hooks.ts";
import { locationText } from "../location.ts";
import type { MirrorRecord } from "../mirror_record.ts";
import { isGoodRun, type Withheld, withheldReasons } from "../prune_brake.ts";
import { pacedPrune } from "../prune_pace.ts";
import type { PrunePlan } from "../prune_plan.ts";
import { archiveCount } from "../report.ts";
import type { BackupRequest } from "../request.ts";
import { splaySeconds } from "../splay.ts";
import {
  Destination,
  type Published,
  type StepReport,
  type SyncReport,
} from "../system/destination.ts";
import { checkedSource } from "../system/files.ts";
import { Hooks } from "../system/hooks.ts";
import { hostName } from "../system/host_name.ts";
import { pause } from "../system/pause.ts";
import { evidence } from "../system/process.ts";
import type { Run } from "../system/run.ts";
import { archiveRun, planFor } from "./backup_decisions.ts";
import { showBackup } from "./backup_preview.ts";

/**
 * Backs up, or shows what a backup would do.
 *
 * @throws {NotNowError} when the destination cannot be reached, or is locked
 * @throws {Error} when no archive was made; every earlier archive is as it was
 */
export async function backup(request: BackupRequest, run: Run): Promise<ExitStatus> {
  const { signal, terminal } = run;
  if (request.dryRun) {
    const checked = { ...request, source: await checkedSource(request) };
    await using destination = await Destination.open(request.destination, { signal });
    return await showBackup(checked, destination, run);
  }
  const { source, hooks: commands } = request;
  const destination = locationText(request.destination.location);
  await waitForTurn(request.splay, { source, destination, run });
  const hooks = new Hooks(commands, { source, destination, date: run.today }, run);
  const made = await madeBackup(request, { run, hooks });
  const problem = await hooks.after(made);
  if (problem === undefined) return made.status;
  await terminal.warn(`The archive in "${destination}" was made, but ${problem}`);
  return EXIT.attention;
}

/** Waits for as long as `--splay` gives this job. */
async function waitForTurn(
  splay: number,
  { source, destination, run }: { source: string; destination: string; run: Run },
): Promise<void> {
  if (splay === 0) return;
  const seconds = await splaySeconds(splay, { host: await hostName(), source, destination });
  await run.terminal.progress(`Waiting for ${seconds} seconds (--splay)`);
  await pause(seconds * 1000, run.signal);
}

/** The backup with what comes before it, and with what is to be done when it fails. */
async function madeBackup(
  request: BackupRequest,
  { run, hooks }: { run: Run; hooks: Hooks },
): Promise<MadeBackup> {
  const { signal } = run;
  try {
    await hooks.before();
    const source = await checkedSource(request);
    await run.terminal.progress(`Connecting to ${request.destination.location.path}`);
    const lock = { waitSeconds: request.lockWait, holder: await holder() };
    await using destination = await Destination.open(request.destination, { signal, lock });
    return await new Backup({ ...request, source }, destination, run).make();
  } catch (error) {
    await hooks.onFailure(error);
    throw error;
  }
}

/** Who we are, for a second run that finds the destination locked. */
async function holder(): Promise<string> {
  const since = Temporal.Now.zonedDateTimeISO().toString({
    smallestUnit: "second",
    timeZoneName: "never",
  });
  return `${await hostName()}, process ${Deno.pid}, since ${since}`;
}

/** One backup to a locked destination. */
class Backup {
  readonly #request: BackupRequest;
  readonly #destination: Destination;
  readonly #run: Run;
  /** What needs a person. */
  readonly #warnings: string[] = [];

  constructor(request: BackupRequest, destination: Destination, run: Run) {
    this.#request = request;
    this.#destination = destination;
    this.#run = run;
  }

  async make(): Promise<MadeBackup> {
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
    const kept = plan.archives.length - removed;
    await terminal.summary(
      `Backed up ${source} to ${this.#destination.text}: ${archive.name} ` +
        `${linked === undefined ? "made" : "made (unchanged)"}, ` +
        `${archiveCount(kept)} kept, ${removed} removed`,
    );
    return {
      status: this.#warnings.length === 0 ? EXIT.ok : EXIT.attention,
      archive: archive.name,
      unchanged: linked !== undefined,
      size: sync.stats,
      kept,
      removed,
      warnings: this.#warnings,
    };
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

  /** Says what needs a person: the run does not end with 0. */
  async #attend(message: string): Promise<void> {
    this.#warnings.push(message);
    await this.#run.terminal.warn(message);
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
    const where = `"${this.#destination.text}"`;
    for (const { cause, message } of withheld) {
      await this.#attend(
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
    await this.#attend(
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
      await this.#attend(
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
