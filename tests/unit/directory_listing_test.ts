/** The lines are those of coreutils `ls -lniAs --block-size=1 --time-style=+%s --quoting-style=c`. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type DirectoryEntry, parseListing } from "../../lib/directory_listing.ts";

function line(quoted: string, mode = "-rw-r--r--"): string {
  return `  1835013     4096 ${mode} 1 0 0     5 1732233600 ${quoted}`;
}

/** The names of a listing of such lines. */
function names(...quoted: string[]): string[] {
  return parseListing(quoted.map((each) => line(each))).map(({ name }) => name);
}

Deno.test("listing: every field of every kind of entry, in the order of ls", () => {
  const text = `total 151560192
1835010         0 lrwxrwxrwx 1    0    0         6 1732230001 "current" -> "latest"
1835013 151552000 -rw-r----- 1 1000 1000 151550321 1732233600 "automated-backup-2024-11-22.tar.bzip2"
1835011      4096 drwxr-xr-x 5    0    0      4096 1732230000 "latest"
     77         0 crw-rw-rw- 1    0    0    1,   3 1732230003 "null"
     78         0 brw-rw---- 1    0    6    8,  16 1732230004 "sdb"
     79         0 prw-r--r-- 1    0    0         0 1732230005 "fifo"
     80         0 srwxr-xr-x 1    0    0         0 1732230006 "socket"
`;
  const entry = (
    name: string,
    kind: DirectoryEntry["kind"],
    inode: string,
    [allocated, size, modified]: [number, number, number],
  ): DirectoryEntry => ({ name, kind, inode, allocated, size, modified });
  assertEquals(parseListing(text.split("\n")), [
    entry("current", "link", "1835010", [0, 6, 1732230001]),
    entry("automated-backup-2024-11-22.tar.bzip2", "file", "1835013", [
      151552000,
      151550321,
      1732233600,
    ]),
    entry("latest", "directory", "1835011", [4096, 4096, 1732230000]),
    entry("null", "other", "77", [0, 0, 1732230003]),
    entry("sdb", "other", "78", [0, 0, 1732230004]),
    entry("fifo", "other", "79", [0, 0, 1732230005]),
    entry("socket", "other", "80", [0, 0, 1732230006]),
  ]);
});

Deno.test("listing: an empty directory has no entries", () => {
  assertEquals(parseListing(["total 0", ""]), []);
  assertEquals(parseListing([]), []);
});

Deno.test("listing: marks for an access list or a context after the mode mean nothing", () => {
  const text = [line('"a"', "-rw-r--r--+"), line('"b"', "-rw-r--r--."), line('"c"', "-rwsr-xr-t")]
    .join("\n");
  assertEquals(parseListing(text.split("\n")).map(({ name, kind }) => [name, kind]), [
    ["a", "file"],
    ["b", "file"],
    ["c", "file"],
  ]);
});

Deno.test("listing: times before 1970, and sizes over 4 GiB, are whole numbers too", () => {
  const text = `9007199254740993 5368713216 -rw-r--r-- 1 0 0 5368709121 -86400 "old"`;
  assertEquals(parseListing(text.split("\n")), [{
    name: "old",
    kind: "file",
    inode: "9007199254740993",
    allocated: 5368713216,
    size: 5368709121,
    modified: -86400,
  }]);
});

Deno.test("listing: a name may have spaces, quotes, backslashes and what looks like a link", () => {
  assertEquals(
    names(
      '"a b  c"',
      '" lead"',
      '"it\'s \\"quoted\\""',
      '"back\\\\slash"',
      '"end\\\\"',
      '"a\\" -> \\"b"',
      '"total 12"',
      '"-rf"',
      '"$(x)*?[~]"',
    ),
    [
      "a b  c",
      " lead",
      'it\'s "quoted"',
      "back\\slash",
      "end\\",
      'a" -> "b',
      "total 12",
      "-rf",
      "$(x)*?[~]",
    ],
  );
});

Deno.test("listing: control characters come as letters or in octal", () => {
  assertEquals(names('"\\a\\b\\t\\n\\v\\f\\r"', '"\\001\\033[31m\\177"', '"a\\nb"'), [
    "\u0007\b\t\n\v\f\r",
    "\u0001\u001b[31m\u007f",
    "a\nb",
  ]);
});

Deno.test("listing: digits after an octal escape belong to the name", () => {
  assertEquals(names('"\\0011"', '"\\303\\2740"', '"\\\\303"'), ["\u00011", "ü0", "\\303"]);
});

Deno.test("listing: bytes in octal are UTF-8", () => {
  assertEquals(names('"\\303\\274n\\303\\257"', '"\\360\\237\\230\\200"'), ["ünï", "😀"]);
});

Deno.test("listing: bytes that are no UTF-8 show as U+FFFD", () => {
  assertEquals(names('"\\377x"', '"\\303"'), ["\ufffdx", "\ufffd"]);
});

Deno.test("listing: a link's target is not part of its name", () => {
  const text = [
    line('"a" -> "b"', "lrwxrwxrwx"),
    line('"a\\" -> \\"x" -> "/etc/it\'s \\"q\\""', "lrwxrwxrwx"),
    line('"self" -> "self"', "lrwxrwxrwx"),
  ].join("\n");
  assertEquals(parseListing(text.split("\n")).map(({ name }) => name), ["a", 'a" -> "x', "self"]);
});

/** `text` as `ls --quoting-style=c` shows it in the locale C. */
function quotedAsInC(text: string): string {
  const letters: Record<string, string> = { "\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\" };
  const bytes = [...new TextEncoder().encode(text)].map((byte) => {
    const character = String.fromCharCode(byte);
    const plain = byte >= 32 && byte < 127;
    return letters[character] ??
      (plain ? character : `\\${byte.toString(8).padStart(3, "0")}`);
  });
  return `"${bytes.join("")}"`;
}

Deno.test("listing: whatever the name, it is read back", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.string({ unit: fc.constantFrom(...'"\\ \n\t01a->ü'), minLength: 1 }),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 5 }), (all) => {
      assertEquals(names(...all.map(quotedAsInC)), all);
    }),
    { numRuns: 500 },
  );
});

function assertUnreadable(strange: string): void {
  const { message } = assertThrows(() => parseListing(["total 8", line('"ok"'), strange]));
  assertStringIncludes(message, JSON.stringify(strange));
}

Deno.test("listing: a line that is none is an error that shows it, never skipped or guessed", () => {
  const strange = [
    "garbage",
    " ",
    "ls: cannot access 'x': Permission denied",
    "Last login: Fri Nov 22 2024",
    "total",
    "total 4.0K",
    line("unquoted"),
    line("'single'"),
    line(""),
    line('"'),
    line('"automated-backup-2024-11-2'),
    line('"ends in an escape\\'),
    line('"ends in an escaped quote\\"'),
    `1835013 4096 -rw-r--r-- 1 0 0 5 Nov 22 12:00 "a"`,
    `1835013 4096 -rw-r--r-- 1 root root 5 1732233600 "a"`,
    `1835013 4.0K -rw-r--r-- 1 0 0 5 1732233600 "a"`,
    `-rw-r--r-- 1 0 0 5 1732233600 "a"`,
    `      ?          ? -????????? ? ? ?      ?          ? "a"`,
    `1835013 4096 -rw-r--r-- 1 0 0 1732233600 "a"`,
  ];
  for (const each of strange) assertUnreadable(each);
});

Deno.test("listing: text after a file's name is not of the format", () => {
  for (const quoted of ['"a"x', '"a" "b"', '"a" -> "b"', '"a" ', '"a"\r']) {
    assertUnreadable(line(quoted));
  }
});
