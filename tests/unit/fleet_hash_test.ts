import { assert, assertEquals, assertThrows } from "@std/assert";
import { clientName, fullestServer, serverFor, stableFraction } from "../../bench/fleet_hash.ts";
import { largestThat, percentile, serversNeeded } from "../../bench/fleet_limit.ts";

const CLIENTS = Array.from({ length: 5000 }, (_, index) => clientName(index));

Deno.test("stable fraction: from 0 to under 1, the same each time, evenly spread", () => {
  const tenths = new Array<number>(10).fill(0);
  for (const client of CLIENTS) {
    const fraction = stableFraction(client);
    assertEquals(stableFraction(client), fraction);
    const tenth = Math.floor(fraction * 10);
    tenths[tenth] = (tenths[tenth] ?? NaN) + 1;
  }
  for (const number of tenths) assert(number > 420 && number < 580, `${tenths}`);
});

Deno.test("server of a client: a fifth server moves a fifth of the clients, all of them to it", () => {
  const four = ["a", "b", "c", "d"];
  const moved = CLIENTS.map((client) => serverFor(client, [...four, "e"]))
    .filter((server, index) => server !== serverFor(CLIENTS[index] ?? "", four));
  assert(moved.every((server) => server === "e"));
  assert(moved.length > 900 && moved.length < 1100, `${moved.length}`);
});

Deno.test("server of a client: one that goes moves its own clients alone, in any order of names", () => {
  for (const client of CLIENTS) {
    const before = serverFor(client, ["a", "b", "c"]);
    const after = serverFor(client, ["c", "a"]);
    assert(before === after || before === "b");
  }
  assertThrows(() => serverFor("client", []), RangeError);
});

Deno.test("percentile: the value below which a share lies", () => {
  assertEquals(percentile([3, 1, 2], 0.5), 2);
  assertEquals(percentile([4, 1, 3, 2], 0.95), 4);
  assertEquals(percentile([7], 0), 7);
  assertEquals(percentile([], 0.5), NaN);
});

Deno.test("largest that: exact for small numbers, within a percent for large ones", () => {
  assertEquals(largestThat(() => false, 1000), 0);
  assertEquals(largestThat((number) => number <= 1, 1000), 1);
  assertEquals(largestThat((number) => number <= 37, 1000), 37);
  assertEquals(largestThat(() => true, 1000), 1000);
  const found = largestThat((number) => number <= 6789, 10_000);
  assert(found <= 6789 && found > 6700, `${found}`);
});

Deno.test("servers needed: the fullest one gets no more than one can take", () => {
  assertEquals(serversNeeded(100, 100), 1);
  const servers = serversNeeded(1000, 300);
  assert(fullestServer(1000, servers) <= 300);
  assert(fullestServer(1000, servers - 1) > 300);
  assertEquals(serversNeeded(10, 0), Infinity);
  assertEquals(serversNeeded(10_000, 10), Infinity);
});
