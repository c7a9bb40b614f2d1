import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type AnchorChoice,
  type PlannedEntry,
  type PrunePlan,
  prunePlan,
  type RetentionChoice,
  retentionRules,
} from "../../lib/prune_plan.ts";

const PREFIX = "automated-backup-";

function day(text: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(text);
}

/** As of Wednesday 2024-05-15, with the defaults of 0.8.4 unless said otherwise. */
function choice(
  { anchor = {}, ...policy }: { anchor?: AnchorChoice } & Partial<RetentionChoice["policy"]> = {},
): RetentionChoice {
  return {
    today: day("2024-05-15"),
    policy: { days: 6, weeks: 5, months: 6, years: 10, ...policy },
    anchorChoice: anchor,
  };
}

const NOTHING = choice({ days: 0, weeks: 0, months: 0, years: 0 });

function files(names: Iterable<string>): PlannedEntry[] {
  return [...names].map((name) => ({ name, kind: "file" }));
}

function lines({ archives, ignored }: PrunePlan): string[] {
  return [...archives, ...ignored].map(({ action, name, reasons }) =>
    `${action} ${name}: ${reasons.join(", ")}`
  );
}

/** Anchor and anchor date as one text. */
function anchorText(anchor: AnchorChoice, dates: string[]): string {
  const rules = retentionRules(choice({ anchor }), dates.map(day));
  const { dayOfWeek, dayOfMonth, monthOfYear } = rules.anchor;
  return `${dayOfWeek} ${dayOfMonth} ${monthOfYear} ${rules.anchorDate ?? "no date"}`;
}

Deno.test("anchor: the chosen date comes first", () => {
  const anchorDate = day("2024-04-30");
  assertEquals(anchorText({ anchorDate }, ["2024-02-05"]), "2 1 5 2024-04-30");
  assertEquals(
    anchorText({ anchorDate, dayOfWeek: 7, dayOfMonth: 9, monthOfYear: 9 }, ["2024-02-05"]),
    "2 1 5 2024-04-30",
  );
});

Deno.test("anchor: the chosen parts come next, 1 for each that is missing", () => {
  const cases: [AnchorChoice, string][] = [
    [{ dayOfWeek: 7 }, "7 1 1 no date"],
    [{ dayOfMonth: 15 }, "1 15 1 no date"],
    [{ monthOfYear: 6 }, "1 1 6 no date"],
    [{ dayOfWeek: 3, monthOfYear: 12 }, "3 1 12 no date"],
    [{ dayOfWeek: 2, dayOfMonth: 31, monthOfYear: 12 }, "2 1 1 no date"],
  ];
  for (const [anchor, expected] of cases) {
    assertEquals(anchorText(anchor, ["2024-02-06"]), expected);
  }
});

Deno.test("anchor: then the oldest archive's date, wherever it stands in the list", () => {
  for (
    const dates of [
      ["2024-02-06", "2024-03-01", "2024-05-14"],
      ["2024-05-14", "2024-02-06", "2024-03-01"],
      ["2024-03-01", "2024-05-14", "2024-02-06"],
    ]
  ) assertEquals(anchorText({}, dates), "2 6 2 2024-02-06");
});

Deno.test("anchor: today when there is no archive", () => {
  assertEquals(anchorText({}, []), "3 15 5 2024-05-15");
});

Deno.test("anchor: only archives count, not names that resemble one", () => {
  const { rules } = prunePlan(
    [
      ...files([`${PREFIX}2024-02-06.tar.bzip2`, `${PREFIX}2023-01-01-notes.txt`]),
      { name: `${PREFIX}2022-01-01`, kind: "directory" },
    ],
    PREFIX,
    choice(),
  );
  assertEquals(rules.anchorDate?.toString(), "2024-02-06");
});

Deno.test("anchor: a part out of its range is refused", () => {
  const { message } = assertThrows(
    () => prunePlan([], PREFIX, choice({ anchor: { dayOfMonth: 32 } })),
    RangeError,
  );
  assertStringIncludes(message, "32");
});

Deno.test("plan: the archive of the chosen anchor date is kept, beside the oldest", () => {
  const names = ["2024-05-01", "2024-05-02", "2024-05-03"].map((date) => PREFIX + date);
  const anchored = { ...NOTHING, anchorChoice: { anchorDate: day("2024-05-02") } };
  assertEquals(lines(prunePlan(files(names), PREFIX, anchored)), [
    "remove automated-backup-2024-05-03: ",
    "keep automated-backup-2024-05-02: anchor",
    "keep automated-backup-2024-05-01: oldest",
  ]);
});

Deno.test("plan: newest first, then by name, and the ignored names after them by name", () => {
  const names = [
    "zebra",
    `${PREFIX}2024-05-13.tar.bzip2`,
    "latest",
    `${PREFIX}2024-05-15.tar.bzip2`,
    `${PREFIX}2024-05-13.tar`,
    "Zebra",
    `${PREFIX}2024-05-14`,
  ];
  const plan = prunePlan(files(names), PREFIX, choice());
  assertEquals(plan.archives.map(({ name }) => name), [
    `${PREFIX}2024-05-15.tar.bzip2`,
    `${PREFIX}2024-05-14`,
    `${PREFIX}2024-05-13.tar`,
    `${PREFIX}2024-05-13.tar.bzip2`,
  ]);
  assertEquals(plan.ignored.map(({ name }) => name), ["Zebra", "latest", "zebra"]);
});

Deno.test("plan: two files of one date are kept together and removed together", () => {
  const plan = prunePlan(
    files([
      `${PREFIX}2024-05-01.tar.bzip2`,
      `${PREFIX}2024-05-10.tar.bzip2`,
      `${PREFIX}2024-05-10.tar`,
      `${PREFIX}2024-05-15.tar.gz`,
      `${PREFIX}2024-05-15`,
    ]),
    PREFIX,
    NOTHING,
  );
  assertEquals(lines(plan), [
    "keep automated-backup-2024-05-15: today",
    "keep automated-backup-2024-05-15.tar.gz: today",
    "remove automated-backup-2024-05-10.tar: ",
    "remove automated-backup-2024-05-10.tar.bzip2: ",
    "keep automated-backup-2024-05-01.tar.bzip2: oldest, anchor",
  ]);
});

Deno.test("plan: directories, links and special files with an archive's name are ignored, and said to be", () => {
  const kinds = ["directory", "link", "other"];
  const entries = kinds.map((kind, index) => ({
    name: `${PREFIX}2020-01-0${index + 1}.tar`,
    kind,
  }));
  assertEquals(lines(prunePlan(entries, PREFIX, NOTHING)), [
    `ignore ${PREFIX}2020-01-01.tar: a directory, not a file`,
    `ignore ${PREFIX}2020-01-02.tar: a link, not a file`,
    `ignore ${PREFIX}2020-01-03.tar: a special file, not a file`,
  ]);
});

Deno.test("plan: what only resembles an archive is ignored, with the form that is wanted", () => {
  const names = [
    ".roundrobinbackup",
    `${PREFIX}2020-01-01.tar.bzip2.sha256`,
    `${PREFIX}2020-02-30.tar.bzip2`,
    "latest",
    `my-${PREFIX}2020-01-01.tar.bzip2`,
  ];
  const plan = prunePlan(files(names), PREFIX, NOTHING);
  assertEquals(plan.archives, []);
  assertEquals(
    lines(plan),
    names.map((name) => `ignore ${name}: not named "automated-backup-YYYY-MM-DD[.tar[.EXT]]"`),
  );
});

Deno.test("plan: a destination made by 0.8.4, whatever the endings, is one series", () => {
  const plan = prunePlan(
    files([
      "automated-backup-2013-01-01.tar.bzip2",
      "automated-backup-2023-05-15.tar",
      "automated-backup-2024-01-01",
      "automated-backup-2024-05-07.tar.bzip2",
      "automated-backup-2024-05-08.tar",
      "automated-backup-2024-05-14",
    ]),
    PREFIX,
    choice({ days: 1, weeks: 2, months: 1, years: 2 }),
  );
  assertEquals(lines(plan), [
    "keep automated-backup-2024-05-14: day 1, week 1",
    "remove automated-backup-2024-05-08.tar: ",
    "keep automated-backup-2024-05-07.tar.bzip2: week 2, month 1 stand-in",
    "keep automated-backup-2024-01-01: year 1",
    "keep automated-backup-2023-05-15.tar: year 2 stand-in",
    "keep automated-backup-2013-01-01.tar.bzip2: oldest, anchor",
  ]);
});

Deno.test("plan: with a prefix full of dots the same archives stay as with the default one", () => {
  const dates = Array.from({ length: 40 }, (_, ago) => day("2024-05-15").subtract({ days: ago }));
  const kept = (prefix: string) =>
    prunePlan(files(dates.map((date) => `${prefix}${date}.tar.bzip2`)), prefix, choice())
      .archives.filter(({ action }) => action === "keep").map(({ date }) => date.toString());
  assertEquals(kept("www.example.com-"), kept(PREFIX));
  // Today, 6 days, 4 more Saturdays, 6 May, and 6 April, which is the oldest.
  assertEquals(kept("www.example.com-").length, 13);
});

Deno.test("plan: archives of another site in the same directory are nobody's but its own", () => {
  const plan = prunePlan(
    files(["www.example.com-2024-05-10", "example.com-2024-05-10", "wwwXexampleXcom-2024-05-10"]),
    "example.com-",
    NOTHING,
  );
  assertEquals(plan.archives.map(({ name }) => name), ["example.com-2024-05-10"]);
});

Deno.test("plan: the checksum of an archive is neither ignored nor planned; any other one is foreign", () => {
  const archive = `${PREFIX}2024-05-10.tar.bzip2`;
  const names = [archive, `${archive}.sha256`, `${PREFIX}2024-05-11.tar.sha256`, "notes.sha256"];
  const plan = prunePlan(files([...names, "notes"]), PREFIX, NOTHING);
  assertEquals(plan.archives.map(({ name }) => name), [archive]);
  assertEquals(plan.ignored.map(({ name }) => name), [
    `${PREFIX}2024-05-11.tar.sha256`,
    "notes",
    "notes.sha256",
  ]);
});

Deno.test("plan: the anchor of the state goes before the oldest archive, after any choice", () => {
  const stateAnchor = day("2024-01-31");
  const plan = (anchor: AnchorChoice) =>
    prunePlan(files([`${PREFIX}2024-05-10`]), PREFIX, { ...choice({ anchor }), stateAnchor });
  assertEquals(plan({}).rules.anchorDate?.toString(), "2024-01-31");
  assertEquals(plan({ anchorDate: day("2024-03-03") }).rules.anchorDate?.toString(), "2024-03-03");
  assertEquals(plan({ dayOfWeek: 2 }).rules.anchorDate, undefined);
});

Deno.test("plan: an empty destination has an empty plan, anchored today", () => {
  const plan = prunePlan([], PREFIX, choice());
  assertEquals([plan.archives, plan.ignored], [[], []]);
  assertEquals(plan.rules.anchorDate?.toString(), "2024-05-15");
});

Deno.test("plan: whatever the order of the names, it is the same", () => {
  const names = fc.uniqueArray(
    fc.oneof(
      fc.tuple(fc.integer({ min: -900, max: 9 }), fc.constantFrom("", ".tar", ".tar.bzip2", ".txt"))
        .map(([offset, ending]) => `${PREFIX}${day("2024-05-15").add({ days: offset })}${ending}`),
      fc.string(),
    ),
    { maxLength: 40 },
  );
  const orders = names.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))
  );
  fc.assert(fc.property(orders, ([all, shuffled]) => {
    assertEquals(
      lines(prunePlan(files(shuffled), PREFIX, choice())),
      lines(prunePlan(files(all), PREFIX, choice())),
    );
  }));
});

Deno.test("plan: every name is decided once, and just the archives without a reason are removed", () => {
  const names = fc.uniqueArray(
    fc.integer({ min: -900, max: 9 }).map((offset) =>
      `${PREFIX}${day("2024-05-15").add({ days: offset })}.tar`
    ),
    { maxLength: 60 },
  );
  fc.assert(fc.property(names, (all) => {
    const { archives } = prunePlan(files([...all, "latest"]), PREFIX, choice());
    assertEquals(archives.map(({ name }) => name).sort(), [...all].sort());
    for (const { action, reasons } of archives) {
      assertEquals(action, reasons.length > 0 ? "keep" : "remove");
    }
  }));
});
