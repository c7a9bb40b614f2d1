/**
 * The backup: lock, sync, archive, prune, and what is remembered of it.
 *
 * @module
 */

import type { ArchiveRun } from "../destination_scripts.ts";
import { EXIT, type ExitStatus } from "../exit_status.ts";
import { isGoodRun, type Withheld, withheldReasons } from "../prune_brake.ts";
import { pacedPrune } from "../prune_pace.ts";
import { type PrunePlan, prunePlan } from "../prune_plan.ts";
import { archiveCount, planText } from "../report.ts";
import type { BackupRequest } from "../request.ts";
import { Destination, type StepReport, type SyncReport } from "../system/destination.ts";
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

function planFor(
  { backupPrefix, policy, anchorChoice }: BackupRequest,
  { destination, run }: { destination: Destination; run: Run },
  entries: Parameters<typeof prunePlan>[0],
): PrunePlan {
  const stateAnchor = destination.state?.anchorDate;
  return prunePlan(entries, backupPrefix, { today: run.today, policy, anchorChoice, stateAnchor });
}

/** Prints what would run. The prune plan is the real one, as if today's archive were made. */
async function showBackup(
  request: BackupRequest,
  destination: Destination,
  run: Run,
): Promise<ExitStatus> {
  const archive = destination.archiveRun(request.backupPrefix, run.today);
  const entries = await destination.entries() ?? [];
  const made = { name: archive.name, kind: "file" };
  const plan = planFor(request, { destination, run }, [...entries, made]);
  const { noPrune, maxPrune } = request.prune;
  const { now, waiting } = pacedPrune(plan, noPrune ? 0 : maxPrune);
  const lines = [
    ...destination.shownBackup(request.source, request.exclude, archive),
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
    const { source, exclude, backupPrefix } = this.#request;
    if (this.#destination.stateIsForeign) {
      await terminal.warn(
        `The state file of "${this.#destination.text}" could not be read; it is written anew`,
      );
    }
    await terminal.progress(`Syncing ${source} to ${this.#destination.text}`);
    const sync = await this.#destination.sync(source, exclude);
    const archive = this.#destination.archiveRun(backupPrefix, this.#run.today);
    await terminal.progress(`Packing ${archive.name}`);
    const packed = await this.#destination.publishArchive(archive);
    const withheld = this.#withheld(sync, packed);
    const plan = planFor(
      this.#request,
      { destination: this.#destination, run: this.#run },
      await this.#destination.existingEntries(),
    );
    const removed = withheld.length > 0
      ? await this.#withhold(withheld, archive)
      : await this.#prune(plan);
    await this.#remember(plan, { sync, archive, good: isGoodRun(withheld) });
    await terminal.summary(
      `Backed up ${source} to ${this.#destination.text}: ${archive.name} made, ` +
        `${archiveCount(plan.archives.length - removed)} kept, ${removed} removed`,
    );
    return this.#status;
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

  /** Carries out the plan at its pace; gives how many archives went. */
  async #prune(plan: PrunePlan): Promise<number> {
    const { noPrune, maxPrune } = this.#request.prune;
    if (noPrune) return 0;
    await this.#run.terminal.progress(`Pruning ${this.#destination.text}`);
    const { now, waiting, unusual } = pacedPrune(plan, maxPrune);
    await this.#destination.remove(now.map(({ name }) => name));
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

  /** Writes the state. The archive is made, so a failure here is no failure of the run. */
  async #remember(
    plan: PrunePlan,
    { sync, archive, good }: { sync: SyncReport; archive: ArchiveRun; good: boolean },
  ): Promise<void> {
    const { state } = this.#destination;
    const oldest = plan.archives.at(-1)?.date;
    const anchorDate = state?.anchorDate ?? oldest ?? this.#run.today;
    const lastGoodRun = good && sync.stats !== undefined
      ? { time: this.#destination.connected, ...sync.stats, archive: archive.name }
      : state?.lastGoodRun;
    try {
      await this.#destination.writeState({ anchorDate, lastGoodRun });
    } catch (error) {
      if (!(error instanceof Error) || this.#run.signal?.aborted) throw error;
      this.#status = EXIT.attention;
      await this.#run.terminal.warn(
        `The archive "${archive.name}" was made, but the state was not kept: ${error.message}`,
      );
    }
  }
}
