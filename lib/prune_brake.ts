/**
 * When a prune is withheld: older archives may go only when the backup of today
 * can be trusted.
 *
 * @module
 */

import type { GoodRun } from "./state.ts";

/** What is known of a run when its archive has been published. */
export interface RunFacts {
  /** What of the sync or the packing was only partial, for a message. */
  readonly partial?: string | undefined;
  /** Files of the source in this run; `undefined` when rsync did not say. */
  readonly files: number | undefined;
  readonly lastGoodRun: GoodRun | undefined;
  /** The client's clock. */
  readonly now: Temporal.Instant;
  /** The destination's clock, read at the same moment. */
  readonly destinationNow: Temporal.Instant;
  /** `--accept-shrink`: the source may have shrunk. */
  readonly acceptShrink: boolean;
  /** `--max-prune` was given: a person has looked, and vouches for the clocks. */
  readonly maxPruneGiven: boolean;
}

/** One reason to withhold a prune. */
export interface Withheld {
  readonly cause: "partial" | "shrunk" | "clocks" | "future";
  /** What is wrong, and how to go on. */
  readonly message: string;
}

/** Two clocks may differ by a time zone set wrong, not by a day. */
const CLOCK_TOLERANCE_HOURS = 24;

/** A clock that was set back a little is no clock that was wrong. */
const FUTURE_TOLERANCE_HOURS = 1;

/** Every reason to withhold the prune of a run; none: it may go ahead. */
export function withheldReasons(facts: RunFacts): Withheld[] {
  const reasons: Withheld[] = [];
  if (facts.partial !== undefined) {
    reasons.push({
      cause: "partial",
      message: `${facts.partial}; mend the cause and run again`,
    });
  }
  const before = facts.lastGoodRun?.files;
  const shrunk = before !== undefined && facts.files !== undefined && facts.files < before / 2;
  if (shrunk && !facts.acceptShrink) {
    reasons.push({
      cause: "shrunk",
      message: `the source shrank from ${before} to ${facts.files} files; ` +
        "check that it is complete, then pass --accept-shrink once",
    });
  }
  if (!facts.maxPruneGiven) reasons.push(...clockReasons(facts));
  return reasons;
}

function clockReasons({ now, destinationNow, lastGoodRun }: RunFacts): Withheld[] {
  const remedy = "check both clocks, or pass --max-prune N";
  const reasons: Withheld[] = [];
  const ahead = hoursFrom(now, destinationNow);
  if (Math.abs(ahead) > CLOCK_TOLERANCE_HOURS) {
    const days = Math.round(Math.abs(ahead) / 24);
    const span = `${days} day${days === 1 ? "" : "s"}`;
    reasons.push({
      cause: "clocks",
      message: `the clock of the destination is ${span} ${
        ahead > 0 ? "ahead" : "behind"
      }; ${remedy}`,
    });
  }
  if (lastGoodRun !== undefined && hoursFrom(now, lastGoodRun.time) > FUTURE_TOLERANCE_HOURS) {
    reasons.push({
      cause: "future",
      message: `the last good run, of ${lastGoodRun.time}, lies in the future; ${remedy}`,
    });
  }
  return reasons;
}

function hoursFrom(start: Temporal.Instant, end: Temporal.Instant): number {
  return (end.epochMilliseconds - start.epochMilliseconds) / 3_600_000;
}

/**
 * Whether a run counts as good: its numbers become what the next run is
 * compared with. A clock of the past that was wrong does not spoil this run.
 */
export function isGoodRun(reasons: readonly Withheld[]): boolean {
  return reasons.every(({ cause }) => cause === "future");
}
