import { assertEquals, assertStringIncludes } from "@std/assert";
import { isGoodRun, type RunFacts, withheldReasons } from "../../lib/prune_brake.ts";

const NOW = Temporal.Instant.from("2026-11-22T02:30:00Z");

const GOOD: RunFacts = {
  files: 1000,
  lastGoodRun: { time: NOW.subtract({ hours: 24 }), files: 1000, bytes: 1, archive: "a" },
  now: NOW,
  destinationNow: NOW,
  acceptShrink: false,
  maxPruneGiven: false,
};

function causes(facts: Partial<RunFacts>): string[] {
  return withheldReasons({ ...GOOD, ...facts }).map(({ cause }) => cause);
}

function onlyMessage(facts: Partial<RunFacts>): string {
  const [reason, ...others] = withheldReasons({ ...GOOD, ...facts });
  assertEquals(others, []);
  return reason?.message ?? "";
}

Deno.test("brake: nothing is withheld after a complete run, nor after a first one", () => {
  assertEquals(causes({}), []);
  assertEquals(causes({ lastGoodRun: undefined }), []);
  assertEquals(causes({ files: undefined }), []);
});

Deno.test("brake: a partial run is withheld, and says what was partial", () => {
  assertEquals(causes({ partial: "some files could not be transferred" }), ["partial"]);
  assertStringIncludes(onlyMessage({ partial: "/x: Permission denied" }), "/x: Permission denied");
});

Deno.test("brake: a source of less than half of the files is withheld until that is accepted", () => {
  assertEquals(causes({ files: 500 }), []);
  assertEquals(causes({ files: 499 }), ["shrunk"]);
  assertEquals(causes({ files: 499, acceptShrink: true }), []);
  assertEquals(causes({ files: 499, maxPruneGiven: true }), ["shrunk"]);
  assertStringIncludes(onlyMessage({ files: 1 }), "from 1000 to 1 files");
  assertStringIncludes(onlyMessage({ files: 1 }), "--accept-shrink");
});

Deno.test("brake: clocks that differ by more than a day are withheld until a person has looked", () => {
  for (const hours of [24, -24]) {
    assertEquals(causes({ destinationNow: NOW.add({ hours }) }), []);
  }
  for (const hours of [25, -25]) {
    assertEquals(causes({ destinationNow: NOW.add({ hours }) }), ["clocks"]);
    assertEquals(causes({ destinationNow: NOW.add({ hours }), maxPruneGiven: true }), []);
  }
  const ahead = onlyMessage({ destinationNow: NOW.add({ hours: 72 }) });
  assertStringIncludes(ahead, "the clock of the destination is 3 days ahead");
  assertStringIncludes(ahead, "--max-prune");
  assertStringIncludes(
    onlyMessage({ destinationNow: NOW.subtract({ hours: 25 }) }),
    "1 day behind",
  );
});

Deno.test("brake: a last good run in the future is withheld, once", () => {
  const lastGoodRun = { time: NOW.add({ hours: 2 }), files: 1000, bytes: 1, archive: "a" };
  const [reason, ...others] = withheldReasons({ ...GOOD, lastGoodRun });
  assertEquals([reason?.cause, others], ["future", []]);
  // This run takes its place, and the next one compares with this one.
  assertEquals(isGoodRun(reason === undefined ? [] : [reason]), true);
  assertEquals(causes({ lastGoodRun: { ...lastGoodRun, time: NOW.add({ minutes: 30 }) } }), []);
});

Deno.test("brake: each reason is given, and a run with any other than the last is not a good one", () => {
  const reasons = withheldReasons({
    ...GOOD,
    partial: "partial",
    files: 1,
    destinationNow: NOW.add({ hours: 100 }),
  });
  assertEquals(reasons.map(({ cause }) => cause), ["partial", "shrunk", "clocks"]);
  for (const reason of reasons) assertEquals(isGoodRun([reason]), false);
  assertEquals(isGoodRun([]), true);
});
