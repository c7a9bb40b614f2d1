import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { archiveName } from "../../lib/archive_name.ts";
import { pacedPrune } from "../../lib/prune_pace.ts";
import { prunePlan, type RetentionChoice } from "../../lib/prune_plan.ts";

const PREFIX = "a-";
const POLICY = { days: 6, weeks: 5, months: 6, years: 10 };
const PACE = 4;

function date(text: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(text);
}

function planOf(names: Iterable<string>, choice: RetentionChoice) {
  return prunePlan([...names].map((name) => ({ name, kind: "file" })), PREFIX, choice);
}

/** Runs on the given days, each pruned at the pace; the state keeps the anchor. */
class Destination {
  readonly names = new Set<string>();
  #anchor: Temporal.PlainDate | undefined;

  /** Backs up on `today`; gives how many archives went and how many wait. */
  run(today: Temporal.PlainDate): { removed: number; waiting: number; unusual: boolean } {
    this.names.add(archiveName(PREFIX, today));
    this.#anchor ??= today;
    const stateAnchor = this.#anchor;
    const plan = planOf(this.names, { today, policy: POLICY, anchorChoice: {}, stateAnchor });
    const { now, waiting, unusual } = pacedPrune(plan, PACE);
    for (const { name } of now) this.names.delete(name);
    return { removed: now.length, waiting, unusual };
  }
}

function after(days: number, start = date("2020-03-01")): Destination {
  const destination = new Destination();
  for (let day = 0; day < days; day++) destination.run(start.add({ days: day }));
  return destination;
}

Deno.test("pace: steady daily runs never feel it, over 2,600 days", () => {
  const destination = new Destination();
  const start = date("2018-05-17");
  for (let day = 0; day < 2600; day++) {
    const { waiting, unusual } = destination.run(start.add({ days: day }));
    assertEquals({ waiting, unusual }, { waiting: 0, unusual: false }, `day ${day}`);
  }
});

Deno.test("pace: a wrong clock for one run, in either direction, costs at most the pace", () => {
  for (const wrong of ["1970-01-01", "2021-03-01", "2022-12-31", "2038-01-19"]) {
    const destination = after(800);
    const before = new Set(destination.names);
    const { removed } = destination.run(date(wrong));
    const lost = [...before].filter((name) => !destination.names.has(name));
    assert(removed <= PACE, `${wrong} removed ${removed}`);
    assert(lost.length <= PACE, `${wrong} lost ${lost}`);
  }
});

Deno.test("pace: after two months off, old archives leave over days, as new ones come", () => {
  const destination = after(800);
  const back = date("2020-03-01").add({ days: 860 });
  const first = destination.run(back);
  assertEquals(first.removed, PACE);
  assert(first.waiting > 0, "two months off leave more to remove than the pace");
  const count = destination.names.size;
  let run = 0;
  while (destination.run(back.add({ days: ++run })).waiting > 0) {
    assert(run < 10, "the rest never drains");
  }
  assert(destination.names.size >= count - PACE * run, "more went than the pace");
});

Deno.test("pace: what goes first is what the history misses least", () => {
  const names = ["2026-01-01", "2026-03-01", "2026-05-01", "2026-05-02", "2026-05-03", "2026-09-01"]
    .map((text) => archiveName(PREFIX, date(text)));
  const policy = { days: 0, weeks: 0, months: 0, years: 0 };
  const plan = planOf(names, { today: date("2026-09-01"), policy, anchorChoice: {} });
  const order = (most: number) => pacedPrune(plan, most).now.map((each) => each.date.toString());
  // Kept are the oldest and today's; the neighbours of 2 May are two days apart.
  assertEquals(order(1), ["2026-05-02"]);
  // Then those of 1 May are 63 days apart, of 3 May 123, of 1 March 120.
  assertEquals(order(4), ["2026-05-02", "2026-05-01", "2026-03-01", "2026-05-03"]);
  assertEquals(pacedPrune(plan, 3), { ...pacedPrune(plan, 3), waiting: 1, unusual: true });
  assertEquals(pacedPrune(plan, 4).unusual, false);
});

Deno.test("pace: of any plan it removes only what the plan removes, and never more than allowed", () => {
  const day = fc.integer({ min: 0, max: 2000 }).map((days) => date("2020-01-01").add({ days }));
  fc.assert(
    fc.property(fc.array(day, { maxLength: 40 }), fc.nat(12), (days, most) => {
      const names = days.map((each) => archiveName(PREFIX, each));
      const plan = planOf(names, { today: date("2025-06-01"), policy: POLICY, anchorChoice: {} });
      const { now, waiting } = pacedPrune(plan, most);
      const total = plan.archives.filter(({ action }) => action === "remove").length;
      assertEquals(now.length, Math.min(most, total));
      assertEquals(now.length + waiting, total);
      assert(now.every(({ action }) => action === "remove"));
      assertEquals(new Set(now).size, now.length);
    }),
  );
});

Deno.test("pacedPrune() counts days over the ends of years, leap years and centuries", () => {
  // Of the neighbours' distances one is 11 days and another 10. A day too few before the
  // second archive, or one too many before the fourth, would make them equal.
  const spans = [
    { days: [0, 10, 11, 20, 60], endAfter: 3, gone: 11 },
    { days: [0, 5, 11, 15, 40], endAfter: 13, gone: 11 },
  ];
  for (const end of ["1900-12-31", "2000-12-31", "2023-12-31", "2024-02-28", "2024-12-31"]) {
    for (const { days, endAfter, gone } of spans) {
      const first = date(end).subtract({ days: endAfter });
      const choice = {
        today: first.add({ days: 400 }),
        policy: { days: 0, weeks: 0, months: 0, years: 0 },
        anchorChoice: { dayOfWeek: 1 },
      };
      const names = days.map((day) => archiveName(PREFIX, first.add({ days: day })));
      const { now } = pacedPrune(planOf(names, choice), 1);
      assertEquals(now.map(({ name }) => name), [archiveName(PREFIX, first.add({ days: gone }))]);
    }
  }
});
