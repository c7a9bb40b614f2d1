/**
 * Which dates a round-robin policy keeps, and why.
 *
 * The dates are those of round-robin-date 1.2.0. Each of them opens a slot, and
 * a slot is held by the earliest archive inside it, so that a missed run costs
 * a slot its exact date, never its place.
 *
 * @module
 */

import { compareDates, oldestDate } from "./calendar.ts";

/** How many round-robin dates of each kind are kept, besides today. */
export interface RetentionPolicy {
  readonly days: number;
  readonly weeks: number;
  readonly months: number;
  readonly years: number;
}

/** Where in the week, month and year the slots fall. */
export interface Anchor {
  /** 1 (Monday) to 7 (Sunday). */
  readonly dayOfWeek: number;
  /** 1 to 28: every month has it. */
  readonly dayOfMonth: number;
  /** 1 to 12. */
  readonly monthOfYear: number;
}

/** The kinds of slot, in the order in which reasons are given. */
export const SLOT_KINDS = ["day", "week", "month", "year"] as const;

/** What a slot's dates repeat by. */
export type SlotKind = typeof SLOT_KINDS[number];

/** The span of days that one round-robin date stands for. */
export interface Slot {
  readonly kind: SlotKind;
  /** 1 for the newest slot of its kind. */
  readonly number: number;
  /** The round-robin date that opens the slot. */
  readonly start: Temporal.PlainDate;
  /** The last day of the slot, included. */
  readonly end: Temporal.PlainDate;
}

/** A date and why it is kept; a date without reasons is not kept. */
export interface DatedReasons {
  readonly date: Temporal.PlainDate;
  /** For instance `today`, `day 2`, `month 3 stand-in`, `oldest`. */
  readonly reasons: readonly string[];
}

/** What retention is computed from. */
export interface RetentionRules {
  readonly today: Temporal.PlainDate;
  readonly policy: RetentionPolicy;
  readonly anchor: Anchor;
  /** When the anchor was taken from a date: the archive of that date is kept. */
  readonly anchorDate?: Temporal.PlainDate | undefined;
}

/** Archive names have four digits for the year; nothing is older than this. */
const FIRST_DATE = { year: 1, month: 1, day: 1 };

/**
 * The anchor with its day of month made one that every month has: a day over 28
 * becomes day 1 of the next month, as in round-robin-date 1.2.0.
 *
 * @throws {RangeError} when a part is no whole number or out of its range
 */
export function anchorOf(
  parts: { dayOfWeek: number; dayOfMonth: number; monthOfYear: number },
): Anchor {
  checkRange("day of week", parts.dayOfWeek, 7);
  checkRange("day of month", parts.dayOfMonth, 31);
  checkRange("month of year", parts.monthOfYear, 12);
  if (parts.dayOfMonth <= 28) return { ...parts };
  return { ...parts, dayOfMonth: 1, monthOfYear: parts.monthOfYear % 12 + 1 };
}

/** The anchor that `date` gives: its weekday, day of month and month. */
export function anchorFromDate(date: Temporal.PlainDate): Anchor {
  return anchorOf({ dayOfWeek: date.dayOfWeek, dayOfMonth: date.day, monthOfYear: date.month });
}

function checkRange(name: string, value: number, highest: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= highest) return;
  throw new RangeError(`The ${name} must be a whole number from 1 to ${highest}, not ${value}`);
}

/** The newest date of `kind` that lies strictly before `today`. */
function newestStart(
  kind: SlotKind,
  today: Temporal.PlainDate,
  anchor: Anchor,
): Temporal.PlainDate {
  switch (kind) {
    case "day":
      return today.subtract({ days: 1 });
    case "week":
      return today.subtract({ days: (today.dayOfWeek - anchor.dayOfWeek + 6) % 7 + 1 });
    case "month": {
      const date = today.with({ day: anchor.dayOfMonth });
      return compareDates(date, today) < 0 ? date : date.subtract({ months: 1 });
    }
    case "year": {
      const date = today.with({ month: anchor.monthOfYear, day: anchor.dayOfMonth });
      return compareDates(date, today) < 0 ? date : date.subtract({ years: 1 });
    }
  }
}

/**
 * The slots of one kind, newest first. A day slot is its own day; the other
 * kinds run up to the day before the next slot, the newest one up to today.
 */
function slotsOfKind(kind: SlotKind, rules: RetentionRules): Slot[] {
  const slots: Slot[] = [];
  const newest = newestStart(kind, rules.today, rules.anchor);
  let end = rules.today;
  for (let number = 1; number <= rules.policy[`${kind}s`]; number++) {
    const start = newest.subtract({ [`${kind}s`]: number - 1 });
    if (compareDates(start, Temporal.PlainDate.from(FIRST_DATE)) < 0) break;
    slots.push({ kind, number, start, end: kind === "day" ? start : end });
    end = start.subtract({ days: 1 });
  }
  return slots;
}

/** Every slot of the policy: days, weeks, months, years, each newest first. */
export function retentionSlots(rules: RetentionRules): Slot[] {
  return SLOT_KINDS.flatMap((kind) => slotsOfKind(kind, rules));
}

/**
 * The round-robin dates, newest first, each once, with its reasons: today and
 * the date that opens each slot. The dates agree with round-robin-date 1.2.0.
 */
export function roundRobinDates(rules: RetentionRules): DatedReasons[] {
  const reasons = new ReasonsByDate();
  reasons.add(rules.today, "today");
  for (const slot of retentionSlots(rules)) reasons.add(slot.start, slotName(slot));
  return reasons.newestFirst();
}

/**
 * Each of `dates` once, newest first, with the reasons to keep an archive of
 * that date; one without reasons is held by no rule.
 *
 * Kept are the earliest date inside each slot, and besides: today, the oldest
 * date, the anchor's own date, and every date after today.
 */
export function retainedDates(
  dates: Iterable<Temporal.PlainDate>,
  rules: RetentionRules,
): DatedReasons[] {
  const sorted = [...dates].sort(compareDates);
  const reasons = new ReasonsByDate(sorted);
  const oldest = oldestDate(sorted);
  for (const date of sorted) {
    if (date.equals(rules.today)) reasons.add(date, "today");
    if (compareDates(date, rules.today) > 0) reasons.add(date, "future");
  }
  for (const slot of retentionSlots(rules)) {
    const holder = sorted[firstIndexFrom(sorted, slot.start)];
    if (holder === undefined || compareDates(holder, slot.end) > 0) continue;
    reasons.add(holder, holder.equals(slot.start) ? slotName(slot) : `${slotName(slot)} stand-in`);
  }
  if (oldest !== undefined) reasons.add(oldest, "oldest");
  for (const date of sorted) {
    if (rules.anchorDate?.equals(date)) reasons.add(date, "anchor");
  }
  return reasons.newestFirst();
}

function slotName(slot: Slot): string {
  return `${slot.kind} ${slot.number}`;
}

/** The index of the first of the sorted `dates` that is not before `start`. */
function firstIndexFrom(dates: Temporal.PlainDate[], start: Temporal.PlainDate): number {
  let low = 0;
  let high = dates.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const date = dates[middle];
    if (date !== undefined && compareDates(date, start) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Reasons gathered per date, each reason once. */
class ReasonsByDate {
  readonly #entries = new Map<string, { date: Temporal.PlainDate; reasons: string[] }>();

  constructor(dates: Iterable<Temporal.PlainDate> = []) {
    for (const date of dates) this.#entry(date);
  }

  #entry(date: Temporal.PlainDate): { reasons: string[] } {
    const key = date.toString();
    const entry = this.#entries.get(key) ?? { date, reasons: [] };
    this.#entries.set(key, entry);
    return entry;
  }

  add(date: Temporal.PlainDate, reason: string): void {
    const { reasons } = this.#entry(date);
    if (!reasons.includes(reason)) reasons.push(reason);
  }

  newestFirst(): DatedReasons[] {
    return [...this.#entries.values()].sort((a, b) => compareDates(b.date, a.date));
  }
}
