import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ANNOUNCEMENT, END_OF_GREETING, parseGreeting } from "../../lib/greeting.ts";

const LISTING = `total 4
1835013 4096 -rw-r--r-- 1 0 0 5 1732233600 "a-2024-11-22.tar.bzip2"
1835014 4096 drwxr-xr-x 1 0 0 5 1732233600 "latest"`;

function greeting(...lines: string[]): string {
  return [`${ANNOUNCEMENT} 1732233600`, ...lines, END_OF_GREETING].join("\n");
}

Deno.test("greeting: clock, state, record, compressors and entries", () => {
  const { clock, state, mirror, programs, entries } = parseGreeting(
    greeting(btoa('{"a":1}\n'), btoa("record"), "bzip2 zstd ", LISTING, "listed 0"),
  );
  assertEquals(clock.toString(), "2024-11-22T00:00:00Z");
  assertEquals([state, mirror, programs], ['{"a":1}\n', "record", ["bzip2", "zstd"]]);
  assertEquals(entries?.map(({ name, kind }) => [name, kind]), [
    ["a-2024-11-22.tar.bzip2", "file"],
    ["latest", "directory"],
  ]);
});

Deno.test("greeting: a directory that is not there, an empty one, and one without state", () => {
  assertEquals(parseGreeting(greeting("", "", "", "missing")).entries, undefined);
  const empty = parseGreeting(greeting("", "", "", "total 0", "listed 0"));
  assertEquals([empty.entries, empty.state, empty.mirror, empty.programs], [[], "", "", []]);
});

Deno.test("greeting: a name that has gone while ls was at work is no entry", () => {
  const gone = '      ?          ? -????????? ? ? ?      ?          ? "a-2024-11-21.tar.bzip2"';
  const { entries } = parseGreeting(greeting("", "", "", LISTING, gone, "listed 1"));
  assertEquals(entries?.length, 2);
});

Deno.test("greeting: what a login shell writes before it does not matter", () => {
  const text = greeting("", "", "", "missing");
  assertEquals(parseGreeting(`Welcome!\n\n${text}`).entries, undefined);
});

Deno.test("greeting: anything else is an error, and so is a directory that cannot be listed", () => {
  for (const text of ["", "garbage", greeting("", "", ""), greeting("", "", "", "total 0")]) {
    assertThrows(() => parseGreeting(text), Error);
  }
  const denied = "ls: cannot open directory '/x/': Permission denied";
  const { message } = assertThrows(() => parseGreeting(greeting("", "", "", denied, "listed 2")));
  assertStringIncludes(message, denied);
});
