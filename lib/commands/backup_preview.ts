/**
 * What a backup would do, for `--noop`.
 *
 * @module
 */

import { EXIT, type ExitStatus } from "../exit_status.ts";
import { pacedPrune } from "../prune_pace.ts";
import { shellCommand } from "../quoting.ts";
import { archiveCount, planText } from "../report.ts";
import type { BackupRequest } from "../request.ts";
import type { Destination } from "../system/destination.ts";
import type { Run } from "../system/run.ts";
import { archiveRun, planFor } from "./backup_decisions.ts";

/** Prints what would run. The prune plan is the real one, as if today's archive were made. */
export async function showBackup(
  request: BackupRequest,
  destination: Destination,
  run: Run,
): Promise<ExitStatus> {
  const archive = archiveRun(request, destination, run);
  const plan = planFor(request, { destination, run, archive });
  const { noPrune, maxPrune } = request.prune;
  const { now, waiting } = pacedPrune(plan, noPrune ? 0 : maxPrune);
  const { before, after } = request.hooks;
  const hook = (command: string | undefined) =>
    command === undefined ? [] : [shellCommand(["sh", "-c", command])];
  const lines = [
    ...(request.splay > 0 ? [`# The run would wait first, as --splay says`] : []),
    ...hook(before),
    ...destination.shownBackup(request, archive),
    ...planText(plan).split("\n").map((line) => `# ${line}`),
    ...destination.shownRemove(now.map(({ name }) => name)),
  ];
  if (waiting > 0) lines.push(`# ${archiveCount(waiting)} would wait for the next runs`);
  lines.push(...hook(after));
  await run.terminal.print(lines.join("\n"));
  return EXIT.ok;
}
