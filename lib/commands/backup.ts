/**
 * The backup: sync, archive, prune.
 *
 * @module
 */

import { EXIT, type ExitStatus } from "../exit_status.ts";
import { type PrunePlan, prunePlan, removals } from "../prune_plan.ts";
import { archiveCount, planText } from "../report.ts";
import type { BackupRequest } from "../request.ts";
import { type ArchiveFiles, Destination, type StepReport } from "../system/destination.ts";
import { checkedSource } from "../system/files.ts";
import { evidence } from "../system/process.ts";
import type { Run } from "../system/run.ts";

/**
 * Backs up, or shows what a backup would do.
 *
 * @throws {NotNowError} when the destination cannot be reached
 * @throws {Error} when no archive was made; every earlier archive is as it was
 */
export async function backup(request: BackupRequest, run: Run): Promise<ExitStatus> {
  const source = await checkedSource(request.source, request.allowEmpty);
  await run.terminal.progress(`Connecting to ${request.destination.location.path}`);
  await using destination = await Destination.open(request.destination, run.signal);
  const files = destination.archiveFiles(request.backupPrefix, run.today);
  if (request.dryRun) {
    await showBackup({ ...request, source }, { destination, files, run });
    return EXIT.ok;
  }
  await destination.makeDirectories();
  await run.terminal.progress(`Syncing ${source} to ${destination.text}`);
  const sync = await destination.sync(source, request.exclude);
  await run.terminal.progress(`Packing ${files.name}`);
  const archive = await destination.publishArchive(files);
  const trusted = await reportSteps(sync, archive, { destination, files, run });
  if (!trusted) return EXIT.attention;
  await run.terminal.progress(`Pruning ${destination.text}`);
  const plan = planFor(request, run, await destination.existingEntries());
  const removed = removals(plan).map(({ name }) => name);
  await destination.remove(removed);
  await run.terminal.summary(
    `Backed up ${source} to ${destination.text}: ${files.name} made, ` +
      `${archiveCount(plan.archives.length - removed.length)} kept, ${removed.length} removed`,
  );
  return EXIT.ok;
}

interface BackupParts {
  readonly destination: Destination;
  readonly files: ArchiveFiles;
  readonly run: Run;
}

function planFor(
  { backupPrefix, policy, anchorChoice }: BackupRequest,
  run: Run,
  entries: Parameters<typeof prunePlan>[0],
): PrunePlan {
  return prunePlan(entries, backupPrefix, { today: run.today, policy, anchorChoice });
}

/** Prints what would run. The prune plan is the real one, as if today's archive were made. */
async function showBackup(
  request: BackupRequest,
  { destination, files, run }: BackupParts,
): Promise<void> {
  const entries = await destination.entries() ?? [];
  const plan = planFor(request, run, [...entries, { name: files.name, kind: "file" }]);
  const lines = [
    ...destination.shownBackup(request.source, request.exclude, files),
    ...planText(plan).split("\n").map((line) => `# ${line}`),
    ...destination.shownRemove(removals(plan).map(({ name }) => name)),
  ];
  await run.terminal.print(lines.join("\n"));
}

/**
 * Warns of what went into the archive only in part. Whether the backup can be
 * trusted: only then may older archives be pruned.
 */
async function reportSteps(
  sync: StepReport,
  archive: StepReport,
  { destination, files, run }: BackupParts,
): Promise<boolean> {
  const partial = [sync, archive].filter(({ verdict }) => verdict === "partial");
  for (const { meaning, stderr } of partial) {
    await run.terminal.warn(
      `The archive "${files.name}" in "${destination.text}" is partial: ${meaning}${
        evidence(stderr)
      }; nothing was pruned; mend the cause and run again`,
    );
  }
  return partial.length === 0;
}
