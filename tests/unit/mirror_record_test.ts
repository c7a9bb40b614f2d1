import { assertEquals } from "@std/assert";
import { mirrorRecordText, parseMirrorRecord } from "../../lib/mirror_record.ts";

const RECORD = { archive: "a-2026-11-22.tar.bzip2", stat: "1 2.000 3", sha256: "ab", made: "x" };

Deno.test("mirror record: comes back as it was written, on one line", () => {
  assertEquals(parseMirrorRecord(mirrorRecordText(RECORD)), RECORD);
  assertEquals(mirrorRecordText(RECORD).split("\n").length, 2);
});

Deno.test("mirror record: of anything else nothing is known", () => {
  const text = mirrorRecordText(RECORD);
  for (let length = 0; length < text.length - 2; length++) {
    assertEquals(parseMirrorRecord(text.slice(0, length)), undefined);
  }
  for (
    const other of ["null", "7", "[]", "{}", text.replace("1,", "2,"), text.replace('"ab"', "7")]
  ) {
    assertEquals(parseMirrorRecord(other), undefined, other);
  }
});
