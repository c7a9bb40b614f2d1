import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  RoundRobinBackup,
  RoundRobinDate,
  type RoundRobinDateOptions,
  UsageError,
} from "../../lib/mod.ts";
import vectors from "../fixtures/round_robin_dates.json" with { type: "json" };

Deno.test("RoundRobinDate: the dates of round-robin-date 1.2.0, by its own option names", () => {
  for (const { options, dates } of vectors.cases) {
    const made = new RoundRobinDate(options as RoundRobinDateOptions);
    assertEquals(made.getDatesAsStrings(), dates, JSON.stringify(options));
    assertEquals([...made.getDates().values()].map(String), dates);
    assertEquals(made.getToday(), options.current_date);
  }
});

Deno.test("RoundRobinDate: options change one at a time, and keep what was given", () => {
  const dates = new RoundRobinDate({ current_date: "2012-02-29", days_to_retain: "2" });
  dates.setOptions({ weeks_to_retain: 0 });
  const options = dates.getOptions();
  assertEquals([options.days_to_retain, options.weeks_to_retain], [2, 0]);
  assertEquals([options.months_to_retain, options.years_to_retain], [6, 10]);
  options.days_to_retain = 99;
  assertEquals(dates.getOptions().days_to_retain, 2);
});

Deno.test("RoundRobinDate: an anchor date gives the parts, a day over 28 the next month", () => {
  const { backup_day_of_week, backup_day_of_month, backup_month_of_year } = new RoundRobinDate({
    current_date: "2013-02-01",
    anchor_date: Temporal.PlainDate.from("2012-12-31"),
  }).getOptions();
  assertEquals([backup_day_of_week, backup_day_of_month, backup_month_of_year], [1, 1, 1]);
});

Deno.test("RoundRobinDate: values out of range are errors that name them", () => {
  const cases: [RoundRobinDateOptions, string][] = [
    [{ backup_day_of_week: 0 }, "day of week"],
    [{ backup_day_of_week: 8 }, "day of week"],
    [{ backup_day_of_month: 32 }, "day of month"],
    [{ backup_month_of_year: 13 }, "month of year"],
    [{ days_to_retain: -1 }, "days_to_retain"],
    [{ weeks_to_retain: "two" }, "weeks_to_retain"],
    [{ current_date: "2013-02-30" }, "current_date"],
    [{ anchor_date: "yesterday" }, "anchor_date"],
    [{ backup_day_of_month: 29, auto_correct_backup_dates: false }, "at most 28"],
    [{ anchor_date: "2012-01-31", auto_correct_backup_dates: false }, "at most 28"],
  ];
  for (const [options, part] of cases) {
    const dates = new RoundRobinDate({ current_date: "2013-02-01" });
    const before = dates.getOptions();
    const { message } = assertThrows(() => dates.setOptions(options), RangeError);
    assertStringIncludes(message, part);
    assertEquals(dates.getOptions(), before);
  }
});

Deno.test("RoundRobinBackup: options in force, defaults filled in, with the destination's parts", () => {
  const job = new RoundRobinBackup({
    source: "--odd source",
    destination: "deploy@backup.example.com:/srv/b",
    ssh_port: 2222,
    exclude: [".git*", "-x"],
    days: "3",
  });
  assertEquals(job.getOptions(), {
    source: "--odd source",
    destination_user: "deploy",
    destination_host: "backup.example.com",
    destination_path: "/srv/b",
    ssh_port: 2222,
    ssh_identity_file: undefined,
    exclude: [".git*", "-x"],
    rsync_dir: "latest",
    backup_prefix: "automated-backup-",
    days: 3,
    weeks: 5,
    months: 6,
    years: 10,
  });
});

Deno.test("RoundRobinBackup: a bad value is refused as on the command line", () => {
  const { message } = assertThrows(
    () => new RoundRobinBackup({ source: "/s", destination: "/d", months: "many" }),
    UsageError,
  );
  assertStringIncludes(message, '"many" for --months');
  assertThrows(() => new RoundRobinBackup({ source: "/s", destination: "h::m" }), UsageError);
});

Deno.test("RoundRobinBackup: a source that is named as a command is a source", () => {
  const job = new RoundRobinBackup({ source: "./list", destination: "/d" });
  assertEquals(job.getOptions().source, "./list");
});
