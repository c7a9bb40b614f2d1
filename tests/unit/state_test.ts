import { assertEquals } from "@std/assert";
import { parseState, type State, stateText } from "../../lib/state.ts";

const STATE: State = {
  anchorDate: Temporal.PlainDate.from("2013-01-31"),
  lastGoodRun: {
    time: Temporal.Instant.from("2026-11-22T02:30:00Z"),
    files: 1234,
    bytes: 56_789,
    archive: "automated-backup-2026-11-22.tar.bzip2",
  },
};

Deno.test("state: comes back as it was written", () => {
  assertEquals(stateText(parseState(stateText(STATE)) as State), stateText(STATE));
  const first = { anchorDate: STATE.anchorDate };
  assertEquals(parseState(stateText(first))?.lastGoodRun, undefined);
  assertEquals(parseState(stateText(first))?.anchorDate.toString(), "2013-01-31");
});

Deno.test("state: is readable by people", () => {
  assertEquals(stateText(STATE).split("\n").slice(0, 3), [
    "{",
    '  "version": 1,',
    '  "anchorDate": "2013-01-31",',
  ]);
});

Deno.test("state: garbage, a truncated file and another version are none", () => {
  const text = stateText(STATE);
  for (let length = 0; length < text.length - 2; length++) {
    assertEquals(parseState(text.slice(0, length)), undefined, text.slice(0, length));
  }
  const foreign = [
    "null",
    "7",
    "[]",
    '"text"',
    "{}",
    text.replace("1,", "2,"),
    text.replace("2013-01-31", "2013-02-30"),
    text.replace("1234", "-1"),
    text.replace("1234", '"1234"'),
    text.replace("56789", "1e99"),
    text.replace("2026-11-22T02", "yesterday"),
    text.replace('"automated-backup-2026-11-22.tar.bzip2"', "null"),
  ];
  for (const each of foreign) assertEquals(parseState(each), undefined, each);
});
