/**
 * How much of a prune plan one run carries out. In steady operation the pace is
 * never felt; after something unusual it lets old archives leave as new ones come.
 *
 * @module
 */

import type { PlannedArchive, PrunePlan } from "./prune_plan.ts";

/** What one run removes of a plan. */
export interface PacedPrune {
  /** To be removed now, in this order. */
  readonly now: readonly PlannedArchive[];
  /** How many wait for the next runs. */
  readonly waiting: number;
  /** The plan is larger than the pace and than half of the archives: a person should look. */
  readonly unusual: boolean;
}

/**
 * At most `most` of a plan's removals: again and again the archive whose
 * neighbours in time lie nearest to each other, because without it the least of
 * the history is lost; of equals the oldest.
 */
export function pacedPrune(plan: PrunePlan, most: number): PacedPrune {
  const oldestFirst = plan.archives.map((archive) => ({ archive, day: dayNumber(archive.date) }))
    .reverse();
  const total = plan.archives.filter(({ action }) => action === "remove").length;
  const now: PlannedArchive[] = [];
  while (now.length < Math.min(most, total)) {
    const [gone] = oldestFirst.splice(leastMissed(oldestFirst), 1);
    if (gone !== undefined) now.push(gone.archive);
  }
  return {
    now,
    waiting: total - now.length,
    unusual: total > most && total > plan.archives.length / 2,
  };
}

/** Days since the year 1. Not by `since`, which leaves megabytes for thousands of archives. */
function dayNumber({ year, dayOfYear }: Temporal.PlainDate): number {
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  return before * 365 + leapDays + dayOfYear;
}

/** The index of the removable archive with the smallest gap between its neighbours. */
function leastMissed(archives: readonly { archive: PlannedArchive; day: number }[]): number {
  let best = -1;
  let smallest = Infinity;
  archives.forEach(({ archive, day }, index) => {
    if (archive.action !== "remove") return;
    const before = archives[index - 1]?.day ?? day;
    const after = archives[index + 1]?.day ?? day;
    if (after - before >= smallest) return;
    smallest = after - before;
    best = index;
  });
  return best;
}
