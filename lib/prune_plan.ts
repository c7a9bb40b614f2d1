/**
 * What a prune does with each name in a destination, and why. Preview, dry run,
 * listing and the prune itself read the same plan.
 *
 * @module
 */

import { type ArchiveName, parseArchiveName } from "./archive_name.ts";
import { compareDates, oldestDate } from "./calendar.ts";
import {
  type Anchor,
  anchorFromDate,
  anchorOf,
  retainedDates,
  type RetentionPolicy,
  type RetentionRules,
} from "./retention.ts";

/** What the user says of the anchor: a date, or its parts; a missing part is 1. */
export interface AnchorChoice {
  readonly anchorDate?: Temporal.PlainDate | undefined;
  readonly dayOfWeek?: number | undefined;
  readonly dayOfMonth?: number | undefined;
  readonly monthOfYear?: number | undefined;
}

/** What the rules of a run are made of, beside the archives themselves. */
export interface RetentionChoice {
  readonly today: Temporal.PlainDate;
  readonly policy: RetentionPolicy;
  readonly anchorChoice: AnchorChoice;
  /** The anchor date that the destination's state keeps. */
  readonly stateAnchor?: Temporal.PlainDate | undefined;
}

/** An archive, whether it stays, and why. */
export interface PlannedArchive extends ArchiveName {
  readonly action: "keep" | "remove";
  /** Empty for one that is removed: no rule holds it. */
  readonly reasons: readonly string[];
}

/** A name that is not an archive's: never listed as one, never removed. */
export interface IgnoredName {
  readonly name: string;
  readonly action: "ignore";
  readonly reasons: readonly string[];
}

/** What a plan has to know of a name: only a file can be an archive. */
export interface PlannedEntry {
  readonly name: string;
  readonly kind: string;
}

/** The decision about every name, with the rules that it follows from. */
export interface PrunePlan {
  readonly rules: RetentionRules;
  /** The anchor date that the state keeps, or is to keep, when it is known. */
  readonly stateAnchor: Temporal.PlainDate | undefined;
  /** Newest first, then by name. */
  readonly archives: readonly PlannedArchive[];
  /** By name. */
  readonly ignored: readonly IgnoredName[];
}

/**
 * The rules for archives of the given dates. The anchor is, in this order: the
 * chosen date; the chosen parts; the state's date; the oldest archive's; today.
 *
 * @throws {RangeError} when a chosen part is out of its range
 */
export function retentionRules(
  choice: RetentionChoice,
  dates: Iterable<Temporal.PlainDate>,
): RetentionRules {
  const { today, policy, anchorChoice, stateAnchor } = choice;
  const { anchorDate, dayOfWeek, dayOfMonth, monthOfYear } = anchorChoice;
  if (anchorDate === undefined && (dayOfWeek ?? dayOfMonth ?? monthOfYear) !== undefined) {
    const anchor: Anchor = anchorOf({
      dayOfWeek: dayOfWeek ?? 1,
      dayOfMonth: dayOfMonth ?? 1,
      monthOfYear: monthOfYear ?? 1,
    });
    return { today, policy, anchor };
  }
  const date = anchorDate ?? stateAnchor ?? oldestDate(dates) ?? today;
  return { today, policy, anchor: anchorFromDate(date), anchorDate: date };
}

/**
 * Decides about each of `entries`: what is no archive of `prefix` is ignored,
 * an archive that a rule holds is kept, any other is removed. Archives
 * of one date (`.tar` beside `.tar.bzip2`) are kept or removed together.
 */
export function prunePlan(
  entries: Iterable<PlannedEntry>,
  prefix: string,
  choice: RetentionChoice,
): PrunePlan {
  const kinds = new Map<string, string>();
  const named = new Map<string, ArchiveName>();
  for (const { name, kind } of entries) {
    kinds.set(name, kind);
    const archive = parseArchiveName(name, prefix);
    if (archive !== undefined) named.set(name, archive);
  }
  const archives: ArchiveName[] = [];
  const ignored: IgnoredName[] = [];
  for (const [name, kind] of kinds) {
    const archive = named.get(name);
    if (archive !== undefined && kind === "file") archives.push(archive);
    else if (!isChecksum(name, named)) {
      ignored.push({ name, action: "ignore", reasons: [whyIgnored(prefix, archive, kind)] });
    }
  }
  const dates = archives.map((archive) => archive.date);
  const rules = retentionRules(choice, dates);
  const reasonsOf = new Map(
    retainedDates(dates, rules).filter(({ reasons }) => reasons.length > 0)
      .map(({ date, reasons }) => [date.toString(), reasons]),
  );
  return {
    rules,
    stateAnchor: choice.stateAnchor,
    archives: archives
      .map((archive): PlannedArchive => {
        const reasons = reasonsOf.get(archive.date.toString()) ?? [];
        return { ...archive, action: reasons.length > 0 ? "keep" : "remove", reasons };
      })
      .sort((a, b) => compareDates(b.date, a.date) || compareNames(a.name, b.name)),
    ignored: ignored.sort((a, b) => compareNames(a.name, b.name)),
  };
}

/** The archives among entries: files with an archive's name. */
export function archiveNames(entries: Iterable<PlannedEntry>, prefix: string): ArchiveName[] {
  return [...entries].flatMap(({ name, kind }) =>
    kind === "file" ? parseArchiveName(name, prefix) ?? [] : []
  );
}

/** What follows an archive's name in the name of its checksum. */
export const CHECKSUM_ENDING = ".sha256";

/** Whether `name` is the checksum of one of the archives: it goes where that one goes. */
function isChecksum(name: string, archives: ReadonlyMap<string, ArchiveName>): boolean {
  return name.endsWith(CHECKSUM_ENDING) && archives.has(name.slice(0, -CHECKSUM_ENDING.length));
}

function whyIgnored(prefix: string, archive: ArchiveName | undefined, kind: string): string {
  if (archive !== undefined) return `a ${kind === "other" ? "special file" : kind}, not a file`;
  return `not named "${prefix}YYYY-MM-DD[.tar[.EXT]]"`;
}

/** Code unit order: the same on every machine, whatever its locale. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
