import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  anchorFromDate,
  anchorOf,
  type DatedReasons,
  retainedDates,
  type RetentionPolicy,
  type RetentionRules,
  retentionSlots,
  roundRobinDates,
} from "../../lib/retention.ts";

const NONE: RetentionPolicy = { days: 0, weeks: 0, months: 0, years: 0 };
const MONDAYS_AND_FIRSTS = { dayOfWeek: 1, dayOfMonth: 1, monthOfYear: 1 };

function day(text: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(text);
}

/** Rules as of `today`, a Wednesday unless said otherwise, with only the counts that matter. */
function rules(policy: Partial<RetentionPolicy>, today = "2024-05-15"): RetentionRules {
  return { today: day(today), policy: { ...NONE, ...policy }, anchor: MONDAYS_AND_FIRSTS };
}

function slots(given: RetentionRules): string[] {
  return retentionSlots(given).map(({ kind, number, start, end }) =>
    `${kind} ${number}: ${start}..${end}`
  );
}

function lines(dated: DatedReasons[]): string[] {
  return dated.map(({ date, reasons }) => `${date}: ${reasons.join(", ")}`);
}

function retained(dates: string[], given: RetentionRules): string[] {
  return lines(retainedDates(dates.map(day), given));
}

Deno.test("slots: a day is itself, the others run up to the day before the next, the newest up to today", () => {
  assertEquals(slots(rules({ days: 2, weeks: 2, months: 2, years: 2 })), [
    "day 1: 2024-05-14..2024-05-14",
    "day 2: 2024-05-13..2024-05-13",
    "week 1: 2024-05-13..2024-05-15",
    "week 2: 2024-05-06..2024-05-12",
    "month 1: 2024-05-01..2024-05-15",
    "month 2: 2024-04-01..2024-04-30",
    "year 1: 2024-01-01..2024-05-15",
    "year 2: 2023-01-01..2023-12-31",
  ]);
});

Deno.test("slots: today opens none, even on the anchor's weekday, day of month and month", () => {
  assertEquals(slots(rules({ weeks: 1 }, "2024-05-13")), ["week 1: 2024-05-06..2024-05-13"]);
  assertEquals(slots(rules({ months: 1 }, "2024-05-01")), ["month 1: 2024-04-01..2024-05-01"]);
  assertEquals(slots(rules({ years: 1 }, "2024-01-01")), ["year 1: 2023-01-01..2024-01-01"]);
});

Deno.test("slots: the day after the anchor's weekday or day of month, a new one has begun", () => {
  assertEquals(slots(rules({ weeks: 1 }, "2024-05-14")), ["week 1: 2024-05-13..2024-05-14"]);
  assertEquals(slots(rules({ months: 1 }, "2024-05-02")), ["month 1: 2024-05-01..2024-05-02"]);
  assertEquals(slots(rules({ years: 1 }, "2024-01-02")), ["year 1: 2024-01-01..2024-01-02"]);
});

Deno.test("slots: a month of 29 February ends on that day, a year from 28 February on the 27th", () => {
  assertEquals(slots(rules({ days: 1, months: 2 }, "2024-03-01")), [
    "day 1: 2024-02-29..2024-02-29",
    "month 1: 2024-02-01..2024-03-01",
    "month 2: 2024-01-01..2024-01-31",
  ]);
  const anchor = { dayOfWeek: 1, dayOfMonth: 28, monthOfYear: 2 };
  assertEquals(slots({ ...rules({ months: 2, years: 3 }, "2024-02-29"), anchor }), [
    "month 1: 2024-02-28..2024-02-29",
    "month 2: 2024-01-28..2024-02-27",
    "year 1: 2024-02-28..2024-02-29",
    "year 2: 2023-02-28..2024-02-27",
    "year 3: 2022-02-28..2023-02-27",
  ]);
});

Deno.test("slots: a count of 0 leaves out that kind and no other", () => {
  assertEquals(slots(rules({})), []);
  const all: RetentionPolicy = { days: 1, weeks: 1, months: 1, years: 1 };
  const kinds = ["day", "week", "month", "year"] as const;
  for (const kind of kinds) {
    const left = retentionSlots(rules({ ...all, [`${kind}s`]: 0 })).map((slot) => slot.kind);
    assertEquals(left, kinds.filter((other) => other !== kind));
  }
});

Deno.test("slots: very large counts stop at the first of January of year 1", () => {
  const years = slots(rules({ years: 99_999 }));
  assertEquals(years.length, 2024);
  assertEquals(years.at(-1), "year 2024: 0001-01-01..0001-12-31");
  assertEquals(slots(rules({ days: 99_999 }, "0001-01-03")), [
    "day 1: 0001-01-02..0001-01-02",
    "day 2: 0001-01-01..0001-01-01",
  ]);
  assertEquals(slots(rules({ weeks: 99_999, months: 99_999 }, "0001-01-10")), [
    "week 1: 0001-01-08..0001-01-10",
    "week 2: 0001-01-01..0001-01-07",
    "month 1: 0001-01-01..0001-01-10",
  ]);
  assertEquals(slots(rules({ days: 9, weeks: 9, months: 9, years: 9 }, "0001-01-01")), []);
});

Deno.test("round-robin dates: newest first, each once, with all its reasons", () => {
  assertEquals(lines(roundRobinDates(rules({ days: 2, weeks: 1, months: 2, years: 1 }))), [
    "2024-05-15: today",
    "2024-05-14: day 1",
    "2024-05-13: day 2, week 1",
    "2024-05-01: month 1",
    "2024-04-01: month 2",
    "2024-01-01: year 1",
  ]);
});

Deno.test("round-robin dates: with all counts 0, today alone", () => {
  assertEquals(lines(roundRobinDates(rules({}))), ["2024-05-15: today"]);
});

Deno.test("week slot: the archive of its own date holds it", () => {
  const kept = retained(["2024-05-05", "2024-05-06", "2024-05-07"], rules({ weeks: 2 }));
  assertEquals(kept, ["2024-05-07: ", "2024-05-06: week 2", "2024-05-05: oldest"]);
});

Deno.test("week slot: the earliest archive inside it stands in when its own date is missing", () => {
  const kept = retained(["2024-05-05", "2024-05-08", "2024-05-09"], rules({ weeks: 2 }));
  assertEquals(kept, ["2024-05-09: ", "2024-05-08: week 2 stand-in", "2024-05-05: oldest"]);
});

Deno.test("week slot: an archive of its last day stands in, one of the day after does not", () => {
  const given = rules({ weeks: 2 });
  assertEquals(retained(["2024-01-01", "2024-05-12"], given), [
    "2024-05-12: week 2 stand-in",
    "2024-01-01: oldest",
  ]);
  assertEquals(retained(["2024-01-01", "2024-05-13"], given), [
    "2024-05-13: week 1",
    "2024-01-01: oldest",
  ]);
});

Deno.test("month and year slots: the earliest archive inside stands in", () => {
  const kept = retained(
    ["2022-07-01", "2023-02-03", "2023-02-04", "2024-04-30", "2024-05-02", "2024-05-03"],
    rules({ months: 2, years: 2 }),
  );
  assertEquals(kept, [
    "2024-05-03: ",
    "2024-05-02: month 1 stand-in",
    "2024-04-30: month 2 stand-in, year 1 stand-in",
    "2023-02-04: ",
    "2023-02-03: year 2 stand-in",
    "2022-07-01: oldest",
  ]);
});

Deno.test("day slot: nothing stands in for a missed day", () => {
  const kept = retained(["2024-05-11", "2024-05-12", "2024-05-14"], rules({ days: 2 }));
  assertEquals(kept, ["2024-05-14: day 1", "2024-05-12: ", "2024-05-11: oldest"]);
});

Deno.test("newest slot: it runs up to today, so today's archive stands in where none is earlier", () => {
  const given = rules({ days: 6, weeks: 5, months: 6, years: 10 });
  assertEquals(retained(["2024-05-15"], given), [
    "2024-05-15: today, week 1 stand-in, month 1 stand-in, year 1 stand-in, oldest",
  ]);
});

Deno.test("one archive holds slots of several kinds, its reasons ordered by kind", () => {
  const kept = retained(["2023-12-31", "2024-05-13"], rules({ days: 2, weeks: 1, months: 1 }));
  assertEquals(kept, ["2024-05-13: day 2, week 1, month 1 stand-in", "2023-12-31: oldest"]);
});

Deno.test("today's archive is kept whatever the policy; yesterday's is not", () => {
  assertEquals(retained(["2024-05-01", "2024-05-14", "2024-05-15"], rules({})), [
    "2024-05-15: today",
    "2024-05-14: ",
    "2024-05-01: oldest",
  ]);
});

Deno.test("archives dated after today are kept, and hold no slot", () => {
  assertEquals(retained(["2024-05-10", "2024-05-16", "9999-12-31"], rules({ weeks: 1 })), [
    "9999-12-31: future",
    "2024-05-16: future",
    "2024-05-10: oldest",
  ]);
});

Deno.test("the oldest archive is kept, even the only one and one of the future", () => {
  assertEquals(retained(["2020-01-01"], rules({})), ["2020-01-01: oldest"]);
  assertEquals(retained(["2024-06-02", "2024-06-01"], rules({})), [
    "2024-06-02: future",
    "2024-06-01: future, oldest",
  ]);
});

Deno.test("the archive of the anchor's own date is kept, and only that", () => {
  const given = { ...rules({}), anchorDate: day("2024-05-03") };
  assertEquals(retained(["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04"], given), [
    "2024-05-04: ",
    "2024-05-03: anchor",
    "2024-05-02: ",
    "2024-05-01: oldest",
  ]);
  assertEquals(retained(["2024-05-01", "2024-05-04"], given), [
    "2024-05-04: ",
    "2024-05-01: oldest",
  ]);
});

Deno.test("no archives: nothing to keep", () => {
  assertEquals(retainedDates([], rules({ days: 6, years: 10 })), []);
});

Deno.test("a date given twice is answered once", () => {
  assertEquals(retained(["2024-05-15", "2024-05-15"], rules({})), ["2024-05-15: today, oldest"]);
});

Deno.test("anchor: a date gives its weekday, day of month and month", () => {
  assertEquals(anchorFromDate(day("2024-05-15")), { dayOfWeek: 3, dayOfMonth: 15, monthOfYear: 5 });
  assertEquals(anchorFromDate(day("2023-02-28")), { dayOfWeek: 2, dayOfMonth: 28, monthOfYear: 2 });
});

Deno.test("anchor: a day over 28 becomes day 1 of the next month, the weekday stays", () => {
  const cases: [string, number, number, number][] = [
    ["2024-01-29", 1, 1, 2],
    ["2024-01-31", 3, 1, 2],
    ["2024-02-29", 4, 1, 3],
    ["2024-11-30", 6, 1, 12],
    ["2023-12-31", 7, 1, 1],
  ];
  for (const [date, dayOfWeek, dayOfMonth, monthOfYear] of cases) {
    assertEquals(anchorFromDate(day(date)), { dayOfWeek, dayOfMonth, monthOfYear }, date);
  }
});

Deno.test("anchor: parts are taken as given up to day 28, and corrected above it", () => {
  const parts = { dayOfWeek: 7, dayOfMonth: 28, monthOfYear: 12 };
  assertEquals(anchorOf(parts), parts);
  assertEquals(anchorOf({ ...parts, dayOfMonth: 29 }), {
    dayOfWeek: 7,
    dayOfMonth: 1,
    monthOfYear: 1,
  });
});

Deno.test("anchor: a part out of its range is refused by name, value and range", () => {
  const cases = [
    ["dayOfWeek", "day of week", "1 to 7", [0, 8, -1, 1.5, NaN, Infinity]],
    ["dayOfMonth", "day of month", "1 to 31", [0, 32, -1, 28.5, NaN]],
    ["monthOfYear", "month of year", "1 to 12", [0, 13, -1, 1.5, NaN]],
  ] as const;
  for (const [key, name, range, values] of cases) {
    for (const value of values) {
      const { message } = assertThrows(
        () => anchorOf({ ...MONDAYS_AND_FIRSTS, [key]: value }),
        RangeError,
      );
      for (const part of [name, String(value), range]) assertStringIncludes(message, part);
    }
  }
});
