import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { compareDates, oldestDate, parseDate } from "../../lib/calendar.ts";

function day(text: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(text);
}

Deno.test("date: real calendar dates from year 1 to year 9999 are read", () => {
  const cases = [
    "0001-01-01",
    "0099-12-31",
    "1900-02-28",
    "2000-02-29",
    "2024-02-29",
    "2026-12-31",
    "9999-12-31",
  ];
  for (const text of cases) assertEquals(parseDate(text)?.toString(), text);
});

Deno.test("date: days and months that no calendar has are no dates", () => {
  const cases = [
    "2026-02-30",
    "2026-02-29",
    "1900-02-29",
    "2026-04-31",
    "2026-01-32",
    "2026-01-00",
    "2026-00-01",
    "2026-13-01",
    "0000-01-01",
    "0000-00-00",
  ];
  for (const text of cases) assertEquals(parseDate(text), undefined, text);
});

Deno.test("date: only YYYY-MM-DD, though Temporal itself takes more", () => {
  const cases = [
    "",
    "2026-1-1",
    "26-01-01",
    "20260101",
    "2026-01-01T00:00",
    "2026-01-01[u-ca=gregory]",
    "+002026-01-01",
    "-002026-01-01",
    "12026-01-01",
    " 2026-01-01",
    "2026-01-01 ",
    "2026-01-01\n",
    "\n2026-01-01",
    "2026/01/01",
    "2026-01-0१",
    "２０２６-01-01",
    "2026-01-01x",
    "YYYY-MM-DD",
  ];
  for (const text of cases) assertEquals(parseDate(text), undefined, JSON.stringify(text));
});

Deno.test("date: every date from year 1 to year 9999 is read back from its text", () => {
  const days = fc.integer({ min: 0, max: 3_652_058 });
  fc.assert(fc.property(days, (count) => {
    const text = day("0001-01-01").add({ days: count }).toString();
    assertEquals(parseDate(text)?.toString(), text);
  }));
});

Deno.test("dates are compared by time, oldest first", () => {
  const texts = ["2024-01-10", "2023-12-31", "2024-01-09", "0001-01-01"];
  assertEquals(
    texts.map(day).sort(compareDates).map(String),
    ["0001-01-01", "2023-12-31", "2024-01-09", "2024-01-10"],
  );
  assertEquals(compareDates(day("2024-01-10"), day("2024-01-10")), 0);
});

Deno.test("the oldest date is found wherever it stands", () => {
  for (
    const texts of [
      ["2023-12-31", "2024-01-01", "2024-02-01"],
      ["2024-01-01", "2023-12-31", "2024-02-01"],
      ["2024-02-01", "2024-01-01", "2023-12-31"],
      ["2023-12-31"],
    ]
  ) assertEquals(oldestDate(texts.map(day))?.toString(), "2023-12-31");
});

Deno.test("the oldest of no dates is none", () => {
  assertEquals(oldestDate([]), undefined);
});
