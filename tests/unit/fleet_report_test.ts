import { assertEquals, assertThrows } from "@std/assert";
import { fleetOptions, parseDuration } from "../../bench/fleet_options.ts";
import { UsageError } from "../../lib/errors.ts";
import { duration, isKept } from "../../bench/fleet_report.ts";

Deno.test("fleet's options: a duration has a unit", () => {
  assertEquals(
    ["90s", "30m", "4h", "1.5h", "none"].map((text) => parseDuration("splay", text)),
    [90, 1800, 14_400, 5400, 0],
  );
  for (const text of ["", "4", "h", "-1h", "4 h", "1d"]) {
    assertThrows(() => parseDuration("splay", text), UsageError, `not "${text}"`);
  }
});

Deno.test("fleet's options: the splay leaves a quarter of the window to those that start last", () => {
  const { window, splay } = fleetOptions(["--window", "8h"]);
  assertEquals([window, splay], [28_800, 21_600]);
  assertEquals(fleetOptions(["--splay", "none"]).splay, 0);
});

Deno.test("fleet's options: a client sends a hundredth of its size, unless it is said", () => {
  assertEquals(fleetOptions(["--size", "500"]).delta, 5);
  assertEquals(fleetOptions(["--size", "500", "--delta", "50"]).delta, 50);
});

Deno.test("fleet's options: what is wrong is named", () => {
  const wrong: [string[], string][] = [
    [["--client", "10"], '"client"'],
    [["--clients", "10,0"], '"0"'],
    [["--cores", "many"], '"many"'],
    [["--changed", "101"], '"101"'],
    [["--window", "none"], "--window"],
    [["compare"], '"compare"'],
  ];
  for (const [argv, named] of wrong) assertThrows(() => fleetOptions(argv), UsageError, named);
});

Deno.test("a night is kept: nobody gave up, and the last one ended within the margin", () => {
  const night = { refused: 1, gaveUp: 0, durations: [], end: 110 };
  const result = { ...night, used: { cpu: 0, disk: 0, net: 0 }, peakRuns: 1, peakMemory: 1 };
  assertEquals(isKept(result, 100), true);
  assertEquals(isKept({ ...result, end: 111 }, 100), false);
  assertEquals(isKept({ ...result, gaveUp: 1 }, 100), false);
});

Deno.test("durations: in the unit that a person would take", () => {
  assertEquals([0.42, 42, 600, 9000, NaN].map(duration), ["0.4 s", "42 s", "10 min", "2.5 h", ""]);
});
