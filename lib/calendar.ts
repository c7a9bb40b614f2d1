/**
 * Calendar dates as they stand in names and options: `YYYY-MM-DD`, nothing else.
 *
 * @module
 */

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The date that `text` names, or `undefined` when it is not exactly a real
 * calendar date from 0001-01-01 to 9999-12-31.
 *
 * `Temporal.PlainDate.from` alone is too kind for names: it takes times,
 * calendars and short forms, and moves 30 February to the 28th.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseDate } from "./calendar.ts";
 *
 * assertEquals(parseDate("2024-02-29")?.toString(), "2024-02-29");
 * assertEquals(parseDate("2026-02-30"), undefined);
 * ```
 */
export function parseDate(text: string): Temporal.PlainDate | undefined {
  if (!ISO_DATE.test(text)) return undefined;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8));
  if (year < 1) return undefined;
  try {
    return new Temporal.PlainDate(year, month, day);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** For sorting dates, oldest first. */
export function compareDates(a: Temporal.PlainDate, b: Temporal.PlainDate): number {
  return Temporal.PlainDate.compare(a, b);
}

/** The oldest of `dates`, or `undefined` for none. */
export function oldestDate(
  dates: Iterable<Temporal.PlainDate>,
): Temporal.PlainDate | undefined {
  let oldest: Temporal.PlainDate | undefined;
  for (const date of dates) {
    if (oldest === undefined || compareDates(date, oldest) < 0) oldest = date;
  }
  return oldest;
}
