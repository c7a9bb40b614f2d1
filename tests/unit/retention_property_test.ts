/**
 * The rules of retention, held over random histories: any policy, any start, any pattern of
 * missed runs, pruned after every run.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type AnchorChoice, retentionRules } from "../../lib/prune_plan.ts";
import {
  type DatedReasons,
  retainedDates,
  type RetentionPolicy,
  type RetentionRules,
  retentionSlots,
  roundRobinDates,
} from "../../lib/retention.ts";

interface History {
  readonly policy: RetentionPolicy;
  readonly start: Temporal.PlainDate;
  /** Days from each run to the next. */
  readonly gaps: readonly number[];
  readonly anchorChoice: AnchorChoice;
}

/** One run: what was there with today's archive made, and what the rules say of it. */
interface Run {
  readonly rules: RetentionRules;
  /** Every archive ever made, removed ones too, as `YYYY-MM-DD`. */
  readonly made: readonly string[];
  readonly before: readonly Temporal.PlainDate[];
  readonly kept: readonly DatedReasons[];
}

/** A slot as text: comparable, and the same in every run that has it. */
interface SlotText {
  readonly id: string;
  readonly name: string;
  readonly start: string;
  readonly end: string;
}

const HISTORIES = { numRuns: 500 };

const policy = fc.record({
  days: fc.nat({ max: 8 }),
  weeks: fc.nat({ max: 6 }),
  months: fc.nat({ max: 7 }),
  years: fc.nat({ max: 5 }),
});
const date = fc.integer({ min: 0, max: 36_525 }).map((days) =>
  Temporal.PlainDate.from("1990-01-01").add({ days })
);
/** Mostly every day or nearly so, at times with weeks or months without a run. */
const gap = fc.oneof(
  { weight: 10, arbitrary: fc.constant(1) },
  { weight: 4, arbitrary: fc.integer({ min: 2, max: 9 }) },
  { weight: 2, arbitrary: fc.integer({ min: 10, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 61, max: 500 }) },
);
const anchorChoice: fc.Arbitrary<AnchorChoice> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: date.map((anchorDate) => ({ anchorDate })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 31 }).map((dayOfMonth) => ({ dayOfMonth })) },
);

function history(runs: { min: number; max: number }): fc.Arbitrary<History> {
  const gaps = fc.array(gap, { minLength: runs.min, maxLength: runs.max, size: "max" });
  return fc.record({ policy, start: date, gaps, anchorChoice });
}

const short = history({ min: 3, max: 25 });

/** Runs a backup and a prune on each of the history's days. */
function* runsOf({ policy, start, gaps, anchorChoice }: History): Generator<Run> {
  const made: string[] = [];
  let there: Temporal.PlainDate[] = [];
  let today = start;
  for (const days of [...gaps, 0]) {
    made.push(today.toString());
    const before = [...there, today];
    const rules = retentionRules({ today, policy, anchorChoice }, before);
    const kept = retainedDates(before, rules).filter(({ reasons }) => reasons.length > 0);
    yield { rules, made, before, kept };
    there = kept.map(({ date }) => date);
    today = today.add({ days });
  }
}

/** Asserts something of every run of random histories. */
function holds(check: (run: Run) => void): void {
  fc.assert(fc.property(short, (history) => [...runsOf(history)].forEach(check)), HISTORIES);
}

function slotTexts(rules: RetentionRules): SlotText[] {
  return retentionSlots(rules).map(({ kind, number, start, end }) => ({
    id: `${kind} from ${start}`,
    name: `${kind} ${number}`,
    start: start.toString(),
    end: end.toString(),
  }));
}

function within(slot: SlotText, day: string): boolean {
  return slot.start <= day && day <= slot.end;
}

function days(dated: readonly DatedReasons[]): string[] {
  return dated.map(({ date }) => date.toString());
}

function reasonsOf({ kept }: Run, day: string): readonly string[] {
  return kept.find(({ date }) => date.toString() === day)?.reasons ?? [];
}

function assertCovered(run: Run): void {
  const kept = days(run.kept);
  for (const slot of slotTexts(run.rules)) {
    if (!run.made.some((day) => within(slot, day))) continue;
    assert(kept.some((day) => within(slot, day)), `${run.rules.today}: nothing in ${slot.id}`);
  }
}

Deno.test("any history: every slot in which a backup was made still has an archive in it", () => {
  holds(assertCovered);
});

Deno.test("any history: an archive of a round-robin date, which 0.8.4 would keep, is kept", () => {
  holds(({ rules, before, kept }) => {
    const roundRobin = new Set(days(roundRobinDates(rules)));
    const left = new Set(days(kept));
    const held = before.map(String).filter((day) => roundRobin.has(day));
    assertEquals(held.filter((day) => !left.has(day)), []);
  });
});

function assertOnePerSlot(run: Run): void {
  const held = new Map<string, string>();
  const slots = new Map(slotTexts(run.rules).map((slot) => [slot.name, slot]));
  for (const { date, reasons } of run.kept) {
    for (const reason of reasons) {
      const slot = slots.get(reason.replace(/ stand-in$/, ""));
      if (slot === undefined) {
        assert(["today", "oldest", "anchor"].includes(reason), `${date}: strange "${reason}"`);
        continue;
      }
      const day = date.toString();
      assert(within(slot, day), `${day} is not in ${slot.id}`);
      assertEquals(reason.endsWith(" stand-in"), day !== slot.start);
      assert(!held.has(slot.name), `${slot.id}: ${held.get(slot.name)} and ${day}`);
      held.set(slot.name, day);
    }
  }
}

Deno.test("any history: no slot holds two archives, and only today, oldest and anchor need none", () => {
  holds(assertOnePerSlot);
});

/** Asserts, run by run, that what held a slot is kept as long as there is that slot. */
function holdersStay(): (run: Run) => void {
  let holders = new Map<string, string[]>();
  return (run) => {
    const now = new Map<string, string[]>();
    const kept = days(run.kept);
    for (const slot of slotTexts(run.rules)) {
      const holder = kept.find((day) =>
        reasonsOf(run, day).some((reason) => reason.replace(/ stand-in$/, "") === slot.name)
      );
      const earlier = holders.get(slot.id) ?? [];
      for (const day of earlier) {
        assert(kept.includes(day), `${run.rules.today}: ${day} held ${slot.id} and was removed`);
        // Today on the anchor's weekday is still in the newest slot, tomorrow it opens the next.
        if (within(slot, day)) assertEquals(holder, day, `${run.rules.today}: ${slot.id}`);
      }
      now.set(slot.id, [...new Set([...earlier, ...holder === undefined ? [] : [holder]])]);
    }
    holders = now;
  };
}

Deno.test("any history: what holds a slot, in its own name or as a stand-in, stays until the slot expires", () => {
  fc.assert(
    fc.property(short, (history) => [...runsOf(history)].forEach(holdersStay())),
    HISTORIES,
  );
});

Deno.test("any history: planning twice changes nothing", () => {
  holds(({ rules, kept }) => {
    assertEquals(lines(retainedDates(kept.map(({ date }) => date), rules)), lines(kept));
  });
});

function lines(dated: readonly DatedReasons[]): string[] {
  return dated.map(({ date, reasons }) => `${date}: ${reasons.join(", ")}`);
}

/** Archives around `today`, future ones too, and the same archives in another order. */
const anyOrder = fc.tuple(
  fc.array(fc.oneof(fc.integer({ min: -90, max: 5 }), fc.integer({ min: -3000, max: 5 })), {
    maxLength: 60,
  }),
).chain(([offsets]) =>
  fc.tuple(
    fc.constant(offsets),
    fc.shuffledSubarray(offsets, { minLength: offsets.length }),
  )
);

Deno.test("any archives: the order in which they are given does not matter", () => {
  fc.assert(
    fc.property(
      anyOrder,
      policy,
      date,
      anchorChoice,
      ([offsets, shuffled], policy, today, choice) => {
        const retained = (days: readonly number[]) => {
          const dates = days.map((offset) => today.add({ days: offset }));
          return lines(
            retainedDates(dates, retentionRules({ today, policy, anchorChoice: choice }, dates)),
          );
        };
        assertEquals(retained(shuffled), retained(offsets));
      },
    ),
    HISTORIES,
  );
});

Deno.test("histories of years: slots stay covered, each by one archive that does not change", () => {
  fc.assert(
    fc.property(history({ min: 400, max: 500 }), (long) => {
      const stay = holdersStay();
      for (const run of runsOf(long)) {
        for (const check of [assertCovered, assertOnePerSlot, stay]) check(run);
      }
    }),
    { numRuns: 6 },
  );
});
