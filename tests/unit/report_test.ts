import { assertEquals, assertNotMatch } from "@std/assert";
import fc from "fast-check";
import type { DirectoryEntry } from "../../lib/directory_listing.ts";
import { prunePlan, type RetentionChoice, retentionRules } from "../../lib/prune_plan.ts";
import {
  archiveCount,
  listJson,
  listText,
  planJson,
  planText,
  policyJson,
  policyText,
  shownName,
  sizeText,
} from "../../lib/report.ts";

/** As of Wednesday 2024-05-15. */
const CHOICE: RetentionChoice = {
  today: Temporal.PlainDate.from("2024-05-15"),
  policy: { days: 1, weeks: 1, months: 0, years: 1 },
  anchorChoice: {},
};
const PARTS: RetentionChoice = { ...CHOICE, anchorChoice: { dayOfMonth: 31, monthOfYear: 12 } };

function entry(name: string, size: number, kind: DirectoryEntry["kind"] = "file"): DirectoryEntry {
  return { name, kind, size, allocated: size, inode: name, modified: 0 };
}

const ENTRIES = [
  entry("b-2024-05-15.tar.bzip2", 1536),
  entry("b-2024-05-14.tar.bzip2", 3 * 1024 ** 2),
  entry("b-2024-05-10.tar", 700),
  entry("b-2024-05-09.tar.gz", 12 * 1024 ** 2),
  entry("b-2023-01-01", 0),
  entry("latest", 4096, "directory"),
  entry("b-2024-05-01", 4096, "directory"),
];
const PLAN = prunePlan(ENTRIES, "b-", CHOICE);
const EMPTY = prunePlan([], "b-", CHOICE);

Deno.test("policy as JSON: today, the anchor and every round-robin date, newest first", () => {
  assertEquals(JSON.parse(policyJson(retentionRules(CHOICE, []))), {
    today: "2024-05-15",
    anchor: "2024-05-15",
    keep: [
      { date: "2024-05-15", reasons: ["today"] },
      { date: "2024-05-14", reasons: ["day 1"] },
      { date: "2024-05-08", reasons: ["week 1"] },
      { date: "2023-05-15", reasons: ["year 1"] },
    ],
  });
});

Deno.test("policy as JSON: an anchor given in parts shows the corrected parts", () => {
  const { anchor, keep } = JSON.parse(policyJson(retentionRules(PARTS, [])));
  assertEquals(anchor, { dayOfWeek: 1, dayOfMonth: 1, monthOfYear: 1 });
  assertEquals(keep.at(-1), { date: "2024-01-01", reasons: ["year 1"] });
});

Deno.test("policy as text: a heading, then a date and its reasons a line", () => {
  assertEquals(policyText(retentionRules(CHOICE, [])).split("\n"), [
    "Plan as of 2024-05-15: weeks on Wednesday, months on day 15, years in month 5 (anchor 2024-05-15)",
    "2024-05-15  today",
    "2024-05-14  day 1",
    "2024-05-08  week 1",
    "2023-05-15  year 1",
  ]);
});

Deno.test("policy as text: an anchor given in parts has no date", () => {
  assertEquals(
    policyText(retentionRules(PARTS, [])).split("\n")[0],
    "Plan as of 2024-05-15: weeks on Monday, months on day 1, years in month 1",
  );
});

Deno.test("plan as JSON: every name with date, action and reasons, archives newest first", () => {
  assertEquals(JSON.parse(planJson(PLAN)), {
    today: "2024-05-15",
    anchor: "2023-01-01",
    archives: [
      { name: "b-2024-05-15.tar.bzip2", date: "2024-05-15", action: "keep", reasons: ["today"] },
      {
        name: "b-2024-05-14.tar.bzip2",
        date: "2024-05-14",
        action: "keep",
        reasons: ["day 1", "week 1 stand-in"],
      },
      { name: "b-2024-05-10.tar", date: "2024-05-10", action: "remove", reasons: [] },
      {
        name: "b-2024-05-09.tar.gz",
        date: "2024-05-09",
        action: "keep",
        reasons: ["year 1 stand-in"],
      },
      { name: "b-2023-01-01", date: "2023-01-01", action: "keep", reasons: ["oldest", "anchor"] },
      {
        name: "b-2024-05-01",
        date: null,
        action: "ignore",
        reasons: ["a directory, not a file"],
      },
      {
        name: "latest",
        date: null,
        action: "ignore",
        reasons: ['not named "b-YYYY-MM-DD[.tar[.EXT]]"'],
      },
    ],
  });
});

Deno.test("plan as text: aligned columns, and how many of each", () => {
  assertEquals(planText(PLAN).split("\n").slice(1), [
    "keep    b-2024-05-15.tar.bzip2  today",
    "keep    b-2024-05-14.tar.bzip2  day 1, week 1 stand-in",
    "remove  b-2024-05-10.tar        no rule holds it",
    "keep    b-2024-05-09.tar.gz     year 1 stand-in",
    "keep    b-2023-01-01            oldest, anchor",
    "ignore  b-2024-05-01            a directory, not a file",
    'ignore  latest                  not named "b-YYYY-MM-DD[.tar[.EXT]]"',
    "4 kept, 1 removed, 2 ignored",
  ]);
});

Deno.test("list as JSON: the archives with their sizes in bytes", () => {
  const { today, anchor, archives } = JSON.parse(listJson(PLAN, ENTRIES));
  assertEquals([today, anchor], ["2024-05-15", "2023-01-01"]);
  assertEquals(archives.length, 5);
  assertEquals(archives[0], {
    name: "b-2024-05-15.tar.bzip2",
    date: "2024-05-15",
    size: 1536,
    unchanged: false,
    action: "keep",
    reasons: ["today"],
  });
  assertEquals(archives[2], {
    name: "b-2024-05-10.tar",
    date: "2024-05-10",
    size: 700,
    unchanged: false,
    action: "remove",
    reasons: [],
  });
});

Deno.test("list as text: date, size, name and why, then the total", () => {
  assertEquals(listText(PLAN, ENTRIES).split("\n"), [
    "2024-05-15   1.5 KiB  b-2024-05-15.tar.bzip2  today",
    "2024-05-14   3.0 MiB  b-2024-05-14.tar.bzip2  day 1, week 1 stand-in",
    "2024-05-10     700 B  b-2024-05-10.tar        no rule holds it: a prune will remove it",
    "2024-05-09    12 MiB  b-2024-05-09.tar.gz     year 1 stand-in",
    "2023-01-01       0 B  b-2023-01-01            oldest, anchor",
    "5 archives, 15 MiB",
  ]);
});

Deno.test("list: an archive that shares its content with an older one is unchanged, counted once", () => {
  const entries = ENTRIES.map((entry) =>
    /05-1[45]/.test(entry.name) ? { ...entry, inode: "shared", size: 1024 } : entry
  );
  const { total, archives } = JSON.parse(listJson(PLAN, entries));
  assertEquals(archives.slice(0, 3).map((each: { unchanged: boolean }) => each.unchanged), [
    true,
    false,
    false,
  ]);
  const others = JSON.parse(listJson(PLAN, ENTRIES)).total - 1536 - 3 * 1024 ** 2;
  assertEquals(total, others + 1024);
  assertEquals(listText(PLAN, entries).split("\n").slice(0, 2), [
    "2024-05-15   1.0 KiB  b-2024-05-15.tar.bzip2  today (unchanged)",
    "2024-05-14   1.0 KiB  b-2024-05-14.tar.bzip2  day 1, week 1 stand-in",
  ]);
});

Deno.test("nothing there: the lists are empty and the totals 0", () => {
  assertEquals(JSON.parse(planJson(EMPTY)).archives, []);
  assertEquals(JSON.parse(listJson(EMPTY, [])).archives, []);
  assertEquals(planText(EMPTY).split("\n").slice(1), ["0 kept, 0 removed, 0 ignored"]);
  assertEquals(listText(EMPTY, []), "0 archives, 0 B");
});

Deno.test("archive count: one archive, more archives", () => {
  assertEquals([0, 1, 2].map(archiveCount), ["0 archives", "1 archive", "2 archives"]);
});

Deno.test("size: in powers of 1024, two digits or more", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [1, "1 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [9.9 * 1024, "9.9 KiB"],
    [10 * 1024, "10 KiB"],
    [1023 * 1024, "1023 KiB"],
    [1024 ** 2 - 1, "1.0 MiB"],
    [12 * 1024 ** 2, "12 MiB"],
    [1.5 * 1024 ** 3, "1.5 GiB"],
    [2 * 1024 ** 4, "2.0 TiB"],
    [3000 * 1024 ** 5, "3000 PiB"],
  ];
  for (const [bytes, text] of cases) assertEquals(sizeText(bytes), text);
});

Deno.test("name: a plain one is shown as it is", () => {
  for (const name of ["latest", "a b", "it's", "ünï 😀", '"', "\\", ""]) {
    assertEquals(shownName(name), name);
  }
});

Deno.test("name: one with a line break or an escape is shown quoted", () => {
  assertEquals(shownName("a\nb"), '"a\\nb"');
  assertEquals(shownName("\u001b[31mred"), '"\\u001b[31mred"');
  assertEquals(shownName('"\t"'), '"\\"\\t\\""');
});

Deno.test("name: whatever it contains, it has no effect on a terminal", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom(..."a\u0000\n\r\u001b\u007f\u0085\u009b\u200f\u202e\ufeff"),
    }),
  );
  fc.assert(fc.property(name, (name) => assertNotMatch(shownName(name), /[\p{Cc}\p{Cf}\p{Cs}]/u)));
});
