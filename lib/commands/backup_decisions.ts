/**
 * What a backup decides, the same for a real one and for one that is only shown.
 *
 * @module
 */

import { archiveName } from "../archive_name.ts";
import { oldestDate } from "../calendar.ts";
import { compressionFor } from "../compression.ts";
import type { ArchiveRun } from "../destination_scripts.ts";
import { archiveNames, type PrunePlan, prunePlan } from "../prune_plan.ts";
import type { BackupRequest } from "../request.ts";
import type { Destination } from "../system/destination.ts";
import type { Run } from "../system/run.ts";

/**
 * The plan once the archive of this run is made. The anchor is what it was before
 * this run: a clock that is wrong today must not move it.
 */
export function planFor(
  { backupPrefix, policy, anchorChoice }: BackupRequest,
  { destination, run, archive }: { destination: Destination; run: Run; archive: ArchiveRun },
): PrunePlan {
  const before = destination.entries ?? [];
  const stateAnchor = destination.state?.anchorDate ??
    oldestDate(archiveNames(before, backupPrefix).map(({ date }) => date));
  const entries = [...before, { name: archive.name, kind: "file" }];
  return prunePlan(entries, backupPrefix, { today: run.today, policy, anchorChoice, stateAnchor });
}

/**
 * How the archive of this run is made.
 *
 * @throws {Error} when the compressor is not installed at the destination
 */
export function archiveRun(request: BackupRequest, destination: Destination, run: Run): ArchiveRun {
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
