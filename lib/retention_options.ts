/**
 * The options of the retention policy: a part of the option table.
 *
 * @module
 */

import { anchorPart, count, EVERY, optional, RETENTION } from "./option_spec.ts";
import { DATE } from "./option_values.ts";

/** How much is kept, and where the slots fall. */
export const RETENTION_OPTIONS = {
  days: count("days", 6),
  weeks: count("weeks", 5),
  months: count("months", 6),
  years: count("years", 10),
  anchorDate: optional<Temporal.PlainDate>({
    names: ["anchor-date"],
    value: DATE,
    fallback: undefined,
    help: "The date that gives weekday, day of month and month of the slots. Default: the date " +
      "of the oldest archive, else today.",
    group: RETENTION,
    commands: EVERY,
  }),
  dayOfWeek: anchorPart(
    "day-of-week",
    7,
    "Instead of an anchor date: the weekday of weeks, 1 for Monday. Default: 1, once " +
      "one of these three is given.",
  ),
  dayOfMonth: anchorPart(
    "day-of-month",
    31,
    "Likewise the day of months; 29 to 31 become day 1 of the next month.",
  ),
  monthOfYear: anchorPart("month-of-year", 12, "Likewise the month of years."),
} as const;
