import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { EventQueue } from "../../bench/fleet_event_queue.ts";
import { type Capacity, type Demand, SharedResource } from "../../bench/fleet_sharing.ts";

/** When each job is done; all are added at the times given. */
function ends(
  capacity: Capacity,
  jobs: readonly (Demand & { name: string; at: number })[],
): Record<string, number> {
  const resource = new SharedResource<string>(capacity);
  const done: Record<string, number> = {};
  const takeUntil = (time: number) => {
    while (resource.nextTime <= time && resource.nextTime !== Infinity) {
      const end = resource.nextTime;
      done[resource.take() ?? ""] = end;
    }
  };
  for (const { name, at, ...demand } of jobs) {
    takeUntil(at);
    resource.add(at, name, demand);
  }
  takeUntil(Infinity);
  return done;
}

Deno.test("event queue: by time, and at one time as they came", () => {
  fc.assert(fc.property(fc.array(fc.nat(20)), (times) => {
    const queue = new EventQueue<{ time: number; order: number }>();
    times.forEach((time, order) => queue.add(time, { time, order }));
    const taken = times.map(() => queue.take());
    const expected = times.map((time, order) => ({ time, order }))
      .sort((a, b) => a.time - b.time || a.order - b.order);
    assertEquals(taken, expected);
    assertEquals(queue.take(), undefined);
    assertEquals(queue.nextTime, Infinity);
  }));
});

Deno.test("sharing: one job alone gets all, or what one thread can have", () => {
  assertEquals(ends({ total: 100 }, [{ name: "a", at: 0, work: 50 }]), { a: 0.5 });
  assertEquals(ends({ total: 4, each: 1 }, [{ name: "a", at: 0, work: 8 }]), { a: 8 });
  assertEquals(ends({ total: 4, each: 1 }, [{ name: "a", at: 0, work: 8, threads: 4 }]), { a: 2 });
});

Deno.test("sharing: two jobs on one core halve it until the shorter one is done", () => {
  const capacity = { total: 1, each: 1 };
  assertEquals(
    ends(capacity, [{ name: "a", at: 0, work: 1 }, { name: "b", at: 0, work: 2 }]),
    { a: 2, b: 3 },
  );
  assertEquals(
    ends(capacity, [{ name: "a", at: 0, work: 2 }, { name: "b", at: 1, work: 2 }]),
    { a: 3, b: 4 },
  );
});

Deno.test("sharing: a job of many threads takes its cores from the others", () => {
  const jobs = [{ name: "many", at: 0, work: 6, threads: 3 }, { name: "one", at: 0, work: 1 }];
  // Four threads on two cores: each gets half of one.
  assertEquals(ends({ total: 2, each: 1 }, jobs), { one: 2, many: 3.5 });
});

Deno.test("sharing: all work is done once, and never faster than there is capacity", () => {
  const job = fc.record({
    at: fc.nat(20),
    work: fc.integer({ min: 1, max: 50 }),
    threads: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(fc.property(fc.array(job, { minLength: 1 }), fc.integer({ min: 1, max: 8 }), (
    jobs,
    total,
  ) => {
    const sorted = jobs.map((each, index) => ({ ...each, name: `${index}` }))
      .sort((a, b) => a.at - b.at);
    const done = ends({ total, each: 1 }, sorted);
    assertEquals(Object.keys(done).length, jobs.length);
    const first = sorted[0]?.at ?? 0;
    const work = jobs.reduce((sum, each) => sum + each.work, 0);
    const last = Math.max(...Object.values(done));
    return last - first >= work / total - 1e-6 &&
      sorted.every(({ name, at, work, threads }) =>
        (done[name] ?? 0) - at >= work / Math.min(threads, total) - 1e-6
      );
  }));
});
