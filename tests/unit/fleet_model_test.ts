import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Costs, parseCosts } from "../../bench/fleet_costs.ts";
import { type Night, refusalChance, simulateNight } from "../../bench/fleet_model.ts";
import { stepsOfRun } from "../../bench/fleet_steps.ts";

const NOTHING = { cpu: 0, clientCpu: 0, wall: 0, wire: 0 };

/** Round figures: a login 0.1 s, an unchanged run 1 s, a GiB 100 CPU seconds to pack. */
const COSTS: Costs = {
  date: "2026-01-01",
  machine: "one of round figures",
  cores: 2,
  disk: 100,
  tree: { mebibytes: 1, files: 1000 },
  login: { cpu: 0.1, clientCpu: 0.1, wall: 0.1, wire: 0 },
  unchanged: { cpu: 0.2, clientCpu: 0.2, wall: 1, wire: 0 },
  thousandFiles: NOTHING,
  receivedGibibyte: { cpu: 10, clientCpu: 0, wall: 0, wire: 512 },
  packedGibibyte: {
    one: { cpu: 100, wall: 100, ratio: 0.5, memory: 10, parallel: false },
    all: { cpu: 100, wall: 50, ratio: 0.5, memory: 20, parallel: true },
  },
  runMemory: 5,
};

function night(changes: Partial<Night> = {}): Night {
  return {
    clients: 1,
    splay: 0,
    server: { cores: 4, disk: 1e9, net: 1e9 },
    workload: { size: 1024, delta: 0, changed: 0, compressor: "one" },
    retries: 2,
    ...changes,
  };
}

function assertNear(actual: number | undefined, expected: number): void {
  assert(Math.abs((actual ?? NaN) - expected) < 1e-6, `${actual}, expected ${expected}`);
}

Deno.test("night: an unchanged client alone takes what was measured, and packs nothing", () => {
  const { durations, used, refused, gaveUp } = simulateNight(COSTS, night());
  assertEquals([durations.length, refused, gaveUp], [1, 0, 0]);
  assertNear(durations[0], 1);
  assertNear(used.cpu, 0.2);
});

Deno.test("night: a changed client packs, on one core or on all", () => {
  const workload = { size: 1024, delta: 0, changed: 1, compressor: "one" };
  assertNear(simulateNight(COSTS, night({ workload })).end, 101);
  const all = simulateNight(COSTS, night({ workload: { ...workload, compressor: "all" } }));
  assertNear(all.end, 26);
  // On twice the cores measured, with twice the memory of the compressor.
  assertEquals(all.peakMemory, 45);
});

Deno.test("night: disk and network bound a run as the cores do", () => {
  const workload = { size: 1024, delta: 1024, changed: 1, compressor: "all" };
  const slowDisk = simulateNight(
    COSTS,
    night({ workload, server: { cores: 4, disk: 10, net: 1e9 } }),
  );
  assertNear(slowDisk.end, 0.1 + 102.4 + 153.6);
  const slowNet = simulateNight(
    COSTS,
    night({ workload, server: { cores: 4, disk: 1e9, net: 1 } }),
  );
  assertNear(slowNet.end, 0.1 + 512 + 25);
});

Deno.test("night: every client ends once, made or given up, and the same each time", () => {
  for (const clients of [1, 30, 300]) {
    const wanted = night({ clients });
    const result = simulateNight(COSTS, wanted);
    assertEquals(result.durations.length + result.gaveUp, clients);
    assertEquals(simulateNight(COSTS, wanted), result);
  }
});

Deno.test("night: splay spares a fleet the refusals of a common start", () => {
  const atOnce = simulateNight(COSTS, night({ clients: 300 }));
  assert(atOnce.refused > 0 && atOnce.gaveUp > 0);
  const spread = simulateNight(COSTS, night({ clients: 300, splay: 3600 }));
  assertEquals([spread.refused, spread.gaveUp], [0, 0]);
  assert(spread.peakRuns < atOnce.peakRuns);
});

Deno.test("night: the share of changed clients is exact, evenly among them", () => {
  const workload = { size: 1024, delta: 0, changed: 0.3, compressor: "one" };
  const { durations } = simulateNight(COSTS, night({ clients: 10, splay: 1e6, workload }));
  assertEquals(durations.filter((seconds) => seconds > 50).length, 3);
});

Deno.test("refusals: none below 10 unauthenticated, 30 % from there, all at 100", () => {
  assertEquals([0, 9, 10, 100, 200].map(refusalChance), [0, 0, 0.3, 1, 1]);
  assertNear(refusalChance(55), 0.65);
});

Deno.test("costs: what was written is read, and a gap is named", () => {
  assertEquals(parseCosts(JSON.parse(JSON.stringify(COSTS))), COSTS);
  assertThrows(() => parseCosts({ ...COSTS, login: {} }), TypeError, '"cpu"');
  assertThrows(() => parseCosts({ ...COSTS, cores: "2" }), TypeError, '"cores"');
  assertThrows(() => parseCosts(null), TypeError, '"costs"');
});

Deno.test("steps: a compressor that was not measured is named", () => {
  const { server, workload } = night();
  assertThrows(
    () =>
      stepsOfRun(COSTS, { server, workload: { ...workload, compressor: "xz" }, changed: false }),
    RangeError,
    '"xz"',
  );
});
