import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  ARCHIVE_EXTENSIONS,
  archiveName,
  DEFAULT_ENDING,
  parseArchiveName,
} from "../../lib/archive_name.ts";

const PREFIX = "automated-backup-";
const ENDINGS = [
  "",
  ".tar",
  ".tar.bzip2",
  ".tar.bz2",
  ".tar.gz",
  ".tar.xz",
  ".tar.zst",
];

/** The archive of `name` as text, or `undefined`. */
function read(name: string, prefix: string): string[] | undefined {
  const archive = parseArchiveName(name, prefix);
  return archive && [archive.name, archive.date.toString(), archive.ending];
}

function refuse(names: string[], prefix = PREFIX): void {
  for (const name of names) assertEquals(read(name, prefix), undefined, JSON.stringify(name));
}

Deno.test("archive: the prefix, a date, and nothing, .tar or .tar with a known ending", () => {
  for (const ending of ENDINGS) {
    const name = `${PREFIX}2026-11-22${ending}`;
    assertEquals(read(name, PREFIX), [name, "2026-11-22", ending]);
  }
});

Deno.test("archive: the known endings are those of the contract", () => {
  assertEquals([...ARCHIVE_EXTENSIONS], ["bzip2", "bz2", "gz", "xz", "zst"]);
  assertEquals(DEFAULT_ENDING, ".tar.bzip2");
});

Deno.test("archive: made with an ending that is not known, it is none", () => {
  const date = `${PREFIX}2026-11-22`;
  refuse([
    `${date}.tar.`,
    `${date}.tar.zip`,
    `${date}.tar.bzip`,
    `${date}.tar.bzip22`,
    `${date}.tar.gz.gpg`,
    `${date}.tar.tar`,
    `${date}.tar.bzip2.sha256`,
    `${date}.tar.bzip2.part`,
    `${date}.tar.bzip2~`,
    `${date}.tar.bzip2 `,
    `${date}.tar.bzip2\n`,
    `${date}.TAR.BZIP2`,
    `${date}.tar.GZ`,
    `${date}.Tar`,
    `${date}.tgz`,
    `${date}.bzip2`,
    `${date}.`,
    `${date}tar`,
    `${date}-notes.txt`,
    `${date}.txt`,
    `${date}.d`,
    `${date}1`,
    `${date} `,
    `${date}\n`,
    `${date}/`,
    `${date}T12:00`,
  ]);
});

Deno.test("archive: without a real calendar date it is none", () => {
  refuse([
    PREFIX,
    `${PREFIX}.tar.bzip2`,
    `${PREFIX}2026-02-30.tar.bzip2`,
    `${PREFIX}2026-02-29`,
    `${PREFIX}2026-13-01.tar`,
    `${PREFIX}2026-00-10.tar`,
    `${PREFIX}2026-01-00.tar`,
    `${PREFIX}0000-01-01.tar.bzip2`,
    `${PREFIX}0000-00-00.tar.bzip2`,
    `${PREFIX}20261122.tar.bzip2`,
    `${PREFIX}2026-1-1.tar.bzip2`,
    `${PREFIX}26-11-22.tar.bzip2`,
    `${PREFIX}12026-11-22.tar.bzip2`,
    `${PREFIX}latest.tar.bzip2`,
    `${PREFIX}+02026-11-22.tar`,
  ]);
});

Deno.test("archive: with another prefix, even one that contains ours, it is none", () => {
  refuse([
    "2026-11-22.tar.bzip2",
    "automated-backup2026-11-22.tar.bzip2",
    "my-automated-backup-2026-11-22.tar.bzip2",
    "automated-backup-db-2026-11-22.tar.bzip2",
    "automated-backup--2026-11-22.tar.bzip2",
    "automated-backup-automated-backup-2026-11-22.tar.bzip2",
    " automated-backup-2026-11-22.tar.bzip2",
    ".automated-backup-2026-11-22.tar.bzip2",
    "Automated-Backup-2026-11-22.tar.bzip2",
    "./automated-backup-2026-11-22.tar.bzip2",
    "latest",
    ".roundrobinbackup",
    "",
  ]);
});

Deno.test("archive: an empty prefix takes bare dates, not what ends in one", () => {
  assertEquals(read("2026-11-22.tar.bzip2", ""), [
    "2026-11-22.tar.bzip2",
    "2026-11-22",
    DEFAULT_ENDING,
  ]);
  assertEquals(read("2026-11-22", ""), ["2026-11-22", "2026-11-22", ""]);
  refuse(["automated-backup-2026-11-22.tar.bzip2", "latest", "", "-2026-11-22"], "");
});

Deno.test("archive: a prefix with dots or regular expression characters stands for itself", () => {
  const prefixes = [
    "www.example.com-",
    ".*",
    "a.c-",
    "^a|b$(c)[d]{2}+?*\\-",
    "$&-",
    "2026-11-22-",
    "2026-11-22.tar.",
    'it\'s "quoted" ',
    "ünïcode-😀-",
    "--",
  ];
  for (const prefix of prefixes) {
    const name = `${prefix}2026-11-22.tar.bzip2`;
    assertEquals(read(name, prefix), [name, "2026-11-22", DEFAULT_ENDING]);
  }
  refuse(["wwwXexampleXcom-2026-11-22.tar.bzip2"], "www.example.com-");
  refuse(["abc-2026-11-22.tar.bzip2"], "a.c-");
  refuse(["anything-2026-11-22.tar.bzip2", "2026-11-22.tar.bzip2"], ".*");
});

Deno.test("archive: a prefix that stands elsewhere in the name does not count", () => {
  refuse(["x2026-11-22", "x2026-11-22.tar.bzip2"], "-");
  refuse(["my-x-2026-11-22.tar"], ".tar");
  refuse(["x2026-11-22.tar"], "2");
});

Deno.test("archive name: the prefix, the date and .tar.bzip2 unless told otherwise", () => {
  const date = Temporal.PlainDate.from("2026-11-22");
  assertEquals(archiveName(PREFIX, date), "automated-backup-2026-11-22.tar.bzip2");
  assertEquals(archiveName(PREFIX, date, ".tar.zst"), "automated-backup-2026-11-22.tar.zst");
  assertEquals(archiveName("", date, ""), "2026-11-22");
  assertEquals(archiveName("x-", Temporal.PlainDate.from("0007-01-02")), "x-0007-01-02.tar.bzip2");
});

/** Prefixes of any characters, those of names and of regular expressions more often. */
const anyPrefix = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(..."ab.-*+?^$()[]{}|\\ 0129\n'\""), maxLength: 20 }),
);
const anyDate = fc.integer({ min: 0, max: 3_652_058 }).map((days) =>
  Temporal.PlainDate.from("0001-01-01").add({ days })
);

Deno.test("archive name: whatever the prefix, it is read back as what it was made of", () => {
  fc.assert(
    fc.property(anyPrefix, anyDate, fc.constantFrom(...ENDINGS), (prefix, date, ending) => {
      const name = archiveName(prefix, date, ending);
      assertEquals(read(name, prefix), [name, date.toString(), ending]);
    }),
    { numRuns: 500 },
  );
});

/** An independent reading of the contract: by regular expression and `Date`. */
function looksLikeArchive(name: string, prefix: string): boolean {
  if (name.slice(0, prefix.length) !== prefix) return false;
  const rest = /^(\d{4}-\d\d-\d\d)(\.tar(\.(bzip2|bz2|gz|xz|zst))?)?$/.exec(
    name.slice(prefix.length),
  );
  const midnight = new Date(`${rest?.[1]}T00:00:00Z`);
  if (rest === null || Number.isNaN(midnight.getTime()) || rest[1]?.startsWith("0000")) {
    return false;
  }
  return midnight.toISOString().startsWith(rest[1] ?? "");
}

Deno.test("archive: of names that are an archive's but for one character, just the real ones are read", () => {
  const edit = fc.record({
    at: fc.nat({ max: 40 }),
    removed: fc.nat({ max: 1 }),
    added: fc.constantFrom("", ..."0123456789-.tarbz2gx~ \n/"),
  });
  fc.assert(
    fc.property(
      anyPrefix,
      anyDate,
      fc.constantFrom(...ENDINGS),
      edit,
      (prefix, date, ending, e) => {
        const whole = archiveName(prefix, date, ending);
        const at = e.at % (whole.length + 1);
        const name = whole.slice(0, at) + e.added + whole.slice(at + e.removed);
        assertEquals(parseArchiveName(name, prefix) !== undefined, looksLikeArchive(name, prefix));
      },
    ),
    { numRuns: 2000 },
  );
});
