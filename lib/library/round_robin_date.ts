/**
 * The date library of round-robin-date 1.2.0, on `Temporal.PlainDate`.
 *
 * @module
 */

import { parseDate } from "../calendar.ts";
import { anchorFromDate, anchorOf, roundRobinDates } from "../retention.ts";

/** The options, named as in round-robin-date 1.2.0; each may be left out. */
export interface RoundRobinDateOptions {
  /** The newest date, `YYYY-MM-DD` when it is text. Default: today, local time. */
  current_date?: string | Temporal.PlainDate;
  /** Gives the three `backup_*` options at once. Default: none. */
  anchor_date?: string | Temporal.PlainDate | null;
  /** Weekday of the weeks, 1 (Monday) to 7. Default: 1. */
  backup_day_of_week?: number | string;
  /** Day of the months, 1 to 31. Default: 1. */
  backup_day_of_month?: number | string;
  /** Month of the years, 1 to 12. Default: 1. */
  backup_month_of_year?: number | string;
  /** Whether a day of month over 28 becomes day 1 of the next month. Default: true. */
  auto_correct_backup_dates?: boolean;
  /** How many days before the current date. Default: 6. */
  days_to_retain?: number | string;
  /** How many weeks. Default: 3. */
  weeks_to_retain?: number | string;
  /** How many months. Default: 6. */
  months_to_retain?: number | string;
  /** How many years. Default: 10. */
  years_to_retain?: number | string;
}

/** The options in force: checked, converted, corrected. */
export interface ResolvedRoundRobinDateOptions {
  /** The newest date. */
  current_date: Temporal.PlainDate;
  /** The date that gave the `backup_*` options, if one did. */
  anchor_date: Temporal.PlainDate | null;
  /** 1 (Monday) to 7. */
  backup_day_of_week: number;
  /** 1 to 28. */
  backup_day_of_month: number;
  /** 1 to 12. */
  backup_month_of_year: number;
  /** Whether a day of month over 28 is corrected rather than refused. */
  auto_correct_backup_dates: boolean;
  /** 0 or more. */
  days_to_retain: number;
  /** 0 or more. */
  weeks_to_retain: number;
  /** 0 or more. */
  months_to_retain: number;
  /** 0 or more. */
  years_to_retain: number;
}

const DEFAULTS = {
  anchor_date: null,
  backup_day_of_week: 1,
  backup_day_of_month: 1,
  backup_month_of_year: 1,
  auto_correct_backup_dates: true,
  days_to_retain: 6,
  weeks_to_retain: 3,
  months_to_retain: 6,
  years_to_retain: 10,
} satisfies RoundRobinDateOptions;

/**
 * Round-robin dates: today, so many days before it, and so many dates on the
 * weekday, the day of month and the day of year that the options name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { RoundRobinDate } from "./round_robin_date.ts";
 *
 * const dates = new RoundRobinDate({ current_date: "2012-02-29", anchor_date: "2011-01-31" });
 * assertEquals(dates.getToday(), "2012-02-29");
 * // Not every month has a 31st: day 1 of the next month stands for it.
 * assertEquals(dates.getOptions().backup_day_of_month, 1);
 * assertEquals(dates.getOptions().backup_month_of_year, 2);
 * ```
 */
export class RoundRobinDate {
  #options: ResolvedRoundRobinDateOptions;

  /**
   * Starts from the defaults and the given options.
   *
   * @throws {RangeError} when a value is out of its range
   */
  constructor(options: RoundRobinDateOptions = {}) {
    this.#options = resolved({ ...DEFAULTS, ...options });
  }

  /**
   * Changes some of the options; the others stay.
   *
   * @throws {RangeError} when a value is out of its range; nothing is changed then
   */
  setOptions(options: RoundRobinDateOptions): void {
    this.#options = resolved({ ...this.#options, ...options });
  }

  /** A copy of the options in force. */
  getOptions(): ResolvedRoundRobinDateOptions {
    return { ...this.#options };
  }

  /** The dates by their text, newest first. */
  getDates(): Map<string, Temporal.PlainDate> {
    const options = this.#options;
    const dates = roundRobinDates({
      today: options.current_date,
      anchor: {
        dayOfWeek: options.backup_day_of_week,
        dayOfMonth: options.backup_day_of_month,
        monthOfYear: options.backup_month_of_year,
      },
      policy: {
        days: options.days_to_retain,
        weeks: options.weeks_to_retain,
        months: options.months_to_retain,
        years: options.years_to_retain,
      },
    });
    return new Map(dates.map(({ date }) => [date.toString(), date]));
  }

  /** The dates as `YYYY-MM-DD`, newest first. */
  getDatesAsStrings(): string[] {
    return [...this.getDates().keys()];
  }

  /** The current date as `YYYY-MM-DD`. */
  getToday(): string {
    return this.#options.current_date.toString();
  }
}

function resolved(
  options: Required<Omit<RoundRobinDateOptions, "current_date">> & RoundRobinDateOptions,
): ResolvedRoundRobinDateOptions {
  const anchorDate = options.anchor_date ? dateOf("anchor_date", options.anchor_date) : null;
  const dayOfMonth = anchorDate?.day ?? wholeNumber("backup_day_of_month", options);
  if (dayOfMonth > 28 && dayOfMonth <= 31 && !options.auto_correct_backup_dates) {
    throw new RangeError(
      `The day of month must be at most 28, not ${dayOfMonth}, unless auto_correct_backup_dates is set`,
    );
  }
  const anchor = anchorDate === null
    ? anchorOf({
      dayOfWeek: wholeNumber("backup_day_of_week", options),
      dayOfMonth,
      monthOfYear: wholeNumber("backup_month_of_year", options),
    })
    : anchorFromDate(anchorDate);
  return {
    current_date: dateOf("current_date", options.current_date ?? Temporal.Now.plainDateISO()),
    anchor_date: anchorDate,
    backup_day_of_week: anchor.dayOfWeek,
    backup_day_of_month: anchor.dayOfMonth,
    backup_month_of_year: anchor.monthOfYear,
    auto_correct_backup_dates: options.auto_correct_backup_dates,
    days_to_retain: wholeNumber("days_to_retain", options),
    weeks_to_retain: wholeNumber("weeks_to_retain", options),
    months_to_retain: wholeNumber("months_to_retain", options),
    years_to_retain: wholeNumber("years_to_retain", options),
  };
}

function dateOf(name: string, value: string | Temporal.PlainDate): Temporal.PlainDate {
  const date = typeof value === "string" ? parseDate(value) : value;
  if (date !== undefined) return date;
  throw new RangeError(`${name} must be a date written YYYY-MM-DD, not "${value}"`);
}

function wholeNumber(name: keyof typeof DEFAULTS, options: RoundRobinDateOptions): number {
  const value = options[name];
  if (/^\d+$/.test(String(value))) return Number(value);
  throw new RangeError(`${name} must be a whole number, not "${value}"`);
}
