import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { parseCommandLine } from "../../lib/command_line.ts";
import { UsageError } from "../../lib/errors.ts";
import { COMMANDS, DEFAULT_COMMAND, optionEntries, type OptionKey } from "../../lib/options.ts";

/** A backup's option as it is read from `--name=text`. */
function valueOf(key: OptionKey, option: string): unknown {
  return parseCommandLine([option, "--", "S", "D"]).options[key];
}

/** Asserts that each text is refused, by option, value and what is accepted. */
function assertBad(name: string, accepts: string, texts: string[]): void {
  const command = ["today", "archives"].includes(name) ? ["plan"] : [];
  for (const text of texts) {
    const { message } = assertThrows(
      () => parseCommandLine([...command, `--${name}=${text}`, "S", "D"]),
      UsageError,
    );
    for (const part of [`"${text}"`, `--${name}`, accepts]) assertStringIncludes(message, part);
  }
}

const NO_NUMBERS = [
  "x",
  "1.5",
  "1e3",
  "0x10",
  "+3",
  " 3",
  "3 ",
  "3\n",
  "-1",
  "-0",
  "٣",
  "1_0",
  "NaN",
];

Deno.test("counts: whole numbers from 0 to 99999", () => {
  for (const key of ["days", "weeks", "months", "years"] as const) {
    for (const [text, value] of [["0", 0], ["007", 7], ["99999", 99_999]] as const) {
      assertEquals(valueOf(key, `--${key}=${text}`), value);
    }
    assertBad(key, "a whole number from 0 to 99999", [...NO_NUMBERS, "100000", "9".repeat(30)]);
  }
});

Deno.test("counts: a negative number is a bad value of the option, not an option itself", () => {
  const { message } = assertThrows(() => parseCommandLine(["--days", "-3", "S", "D"]), UsageError);
  for (const part of ['"-3"', "--days", "0 to 99999"]) assertStringIncludes(message, part);
});

Deno.test("ssh port: 1 to 65535", () => {
  assertEquals(valueOf("sshPort", "--ssh-port=1"), 1);
  assertEquals(valueOf("sshPort", "--ssh-port=65535"), 65_535);
  assertBad("ssh-port", "a whole number from 1 to 65535", [...NO_NUMBERS, "0", "65536", "ssh"]);
});

Deno.test("anchor parts: within week, month and year", () => {
  const parts = [
    ["dayOfWeek", "day-of-week", 7],
    ["dayOfMonth", "day-of-month", 31],
    ["monthOfYear", "month-of-year", 12],
  ] as const;
  for (const [key, name, highest] of parts) {
    assertEquals(valueOf(key, `--${name}=1`), 1);
    assertEquals(valueOf(key, `--${name}=${highest}`), highest);
    assertBad(name, `a whole number from 1 to ${highest}`, [
      ...NO_NUMBERS,
      "0",
      String(highest + 1),
      "Monday",
    ]);
  }
});

Deno.test("dates: real ones written YYYY-MM-DD", () => {
  assertEquals(String(valueOf("anchorDate", "--anchor-date=2024-02-29")), "2024-02-29");
  for (const name of ["anchor-date", "today"]) {
    const texts = ["2026-02-30", "2024-5-1", "20240501", "today", "0000-01-01", "2024-05-01T00:00"];
    assertBad(name, "a date written YYYY-MM-DD", texts);
  }
});

Deno.test("backup prefix: any text of one file name", () => {
  for (const text of ["www.example.com-", "a b", "-", ".", "*", "it's", "ü", '"'] as const) {
    assertEquals(valueOf("backupPrefix", `--backup-prefix=${text}`), text);
  }
  assertBad("backup-prefix", "text without a slash or a control character", [
    "a/b",
    "/",
    "../",
    "a\nb",
    "a\tb",
    "\u001b[31m",
    "\u007f",
    "a\0b",
  ]);
});

Deno.test("rsync directory: one below the destination, and not our own", () => {
  const cases: [string, string][] = [
    ["mirror", "mirror"],
    ["mirror/", "mirror"],
    ["a/b", "a/b"],
    ["..a", "..a"],
    [".hidden", ".hidden"],
    ["a b's", "a b's"],
    ["-x", "-x"],
    ["latest/.roundrobinbackup", "latest/.roundrobinbackup"],
  ];
  for (const [text, value] of cases) {
    assertEquals(valueOf("rsyncDir", `--rsync-dir=${text}`), value);
  }
  assertBad("rsync-dir", "a relative directory name without . or .. in it", [
    ".",
    "..",
    "/",
    "/abs",
    "../up",
    "a/../..",
    "a/./b",
    "a//b",
    ".roundrobinbackup",
    ".roundrobinbackup/x",
    "a\nb",
    "a\0b",
    "la*st",
    "a?",
    "[a]",
  ]);
});

Deno.test("table: no name, short form or key twice", () => {
  const names = optionEntries().flatMap(([, { names }]) => [...names]);
  assertEquals(new Set(names).size, names.length);
  const shorts = optionEntries().flatMap(([, { short }]) => short ?? []);
  assertEquals(new Set(shorts).size, shorts.length);
});

Deno.test("table: names, short forms and help have the same shape throughout", () => {
  for (const [key, { names, short, help, group, commands, value }] of optionEntries()) {
    for (const name of names) assertMatch(name, /^[a-z]+(-[a-z]+)*$/);
    if (short !== undefined) assertMatch(short, /^[A-Za-z]$/);
    if (value !== undefined) assertMatch(value.label, /^[A-Z]+$/);
    assertMatch(help, /^[A-Z].*\.$/, key);
    assert(group !== "" && commands.length > 0, key);
    for (const command of commands) assert(COMMANDS.includes(command), key);
  }
});

Deno.test("table: every default is a value that the option would take", () => {
  for (const [key, { value, fallback, many }] of optionEntries()) {
    if (value === undefined) assertEquals(fallback, false, key);
    else if (many !== undefined) assertEquals(fallback, [], key);
    else if (fallback !== undefined) assertEquals(value.parse(String(fallback)), fallback, key);
  }
});

Deno.test("table: the default command is the first in the help", () => {
  assertEquals(COMMANDS[0], DEFAULT_COMMAND);
});

Deno.test("--splay: seconds, or a number with s, m or h, up to a day", () => {
  const good = [["0", 0], ["90", 90], ["90s", 90], ["30m", 1800], ["24h", 86_400]] as const;
  for (const [text, seconds] of good) assertEquals(valueOf("splay", `--splay=${text}`), seconds);
  const bad = [...NO_NUMBERS, "m", "1d", "30 m", "30M", "1h30m", "25h", "86401"];
  assertBad("splay", "24h at most", bad);
});

Deno.test("hooks: any command but an empty one", () => {
  const command = `dump "$x" | gzip >'%' && : --after`;
  for (const [key, name] of [["before", "before"], ["onFailure", "on-failure"]] as const) {
    assertEquals(valueOf(key, `--${name}=${command}`), command);
    assertBad(name, "a command for the shell", [" ", "\t\n", "a\0b"]);
  }
});
