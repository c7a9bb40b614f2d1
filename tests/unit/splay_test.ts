import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { splaySeconds } from "../../lib/splay.ts";

const KEY = { host: "web1", source: "/var/www/", destination: "deploy@backup:/srv/web1" };
/** Of a day. Another value would move every job of every fleet. */
const PINNED = 49_343;

Deno.test("splaySeconds() is the same for one job whenever it is asked", async () => {
  assertEquals(await splaySeconds(86_400, KEY), PINNED);
});

Deno.test("splaySeconds() differs by host, by source and by destination", async () => {
  const changes = [{ host: "web2" }, { source: "/home/" }, { destination: "backup2:/srv/web1" }];
  for (const change of changes) {
    assertNotEquals(await splaySeconds(86_400, { ...KEY, ...change }), PINNED);
  }
});

Deno.test("splaySeconds() stays below its limit, and 0 means no delay", async () => {
  for (const limit of [1, 60, 86_400]) assert(await splaySeconds(limit, KEY) < limit);
  assertEquals(await splaySeconds(0, KEY), 0);
});

Deno.test("splaySeconds() spreads a fleet: no tenth of the time gets twice its share", async () => {
  const tenths = new Array<number>(10).fill(0);
  for (let number = 0; number < 2000; number++) {
    const tenth = await splaySeconds(10, { ...KEY, host: `web${number}` });
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  assert(tenths.every((count) => count > 100 && count < 400), tenths.join(" "));
});
