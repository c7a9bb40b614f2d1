/** round-robin-date 1.2.0 computed these cases: a drop-in successor agrees with every one. */
import { assertEquals } from "@std/assert";
import { anchorFromDate, anchorOf, roundRobinDates } from "../../lib/retention.ts";
import vectors from "../fixtures/round_robin_dates.json" with { type: "json" };

/** The options as that library names them. */
interface VectorOptions {
  readonly current_date: string;
  readonly anchor_date?: string;
  readonly backup_day_of_week?: number;
  readonly backup_day_of_month?: number;
  readonly backup_month_of_year?: number;
  readonly days_to_retain?: number;
  readonly weeks_to_retain?: number;
  readonly months_to_retain?: number;
  readonly years_to_retain?: number;
}

const CASES: readonly { options: VectorOptions; dates: string[] }[] = vectors.cases;

function computedDates(options: VectorOptions): string[] {
  const anchor = options.anchor_date === undefined
    ? anchorOf({
      dayOfWeek: options.backup_day_of_week ?? 1,
      dayOfMonth: options.backup_day_of_month ?? 1,
      monthOfYear: options.backup_month_of_year ?? 1,
    })
    : anchorFromDate(Temporal.PlainDate.from(options.anchor_date));
  const policy = {
    days: options.days_to_retain ?? 6,
    weeks: options.weeks_to_retain ?? 3,
    months: options.months_to_retain ?? 6,
    years: options.years_to_retain ?? 10,
  };
  const today = Temporal.PlainDate.from(options.current_date);
  return roundRobinDates({ today, policy, anchor }).map(({ date }) => date.toString());
}

/** The cases whose anchor is given as `wanted`. */
function casesBy(wanted: "date" | "parts" | "default"): typeof CASES {
  return CASES.filter(({ options }) => {
    const parts = options.backup_day_of_week ?? options.backup_day_of_month ??
      options.backup_month_of_year;
    const given = options.anchor_date !== undefined
      ? "date"
      : parts !== undefined
      ? "parts"
      : "default";
    return given === wanted;
  });
}

for (const [kind, count] of [["date", 164], ["parts", 62], ["default", 64]] as const) {
  Deno.test(`round-robin dates: all ${count} cases of round-robin-date 1.2.0 with anchor by ${kind} agree`, () => {
    const cases = casesBy(kind);
    assertEquals(cases.length, count);
    for (const { options, dates } of cases) {
      assertEquals(computedDates(options), dates, JSON.stringify(options));
    }
  });
}
