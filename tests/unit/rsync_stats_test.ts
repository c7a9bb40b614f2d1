import { assertEquals } from "@std/assert";
import { parseSyncStats, SyncOutput } from "../../lib/rsync_stats.ts";

const STATS = `
Number of files: 1,234 (reg: 1,000, dir: 230, link: 4)
Number of created files: 0
Number of deleted files: 0
Number of regular files transferred: 0
Total file size: 5,678,901 bytes
Total transferred file size: 0 bytes
`;

Deno.test("stats: files and bytes, digits grouped as the rsync does", () => {
  assertEquals(parseSyncStats(STATS), { files: 1234, bytes: 5_678_901 });
  assertEquals(parseSyncStats(STATS.replaceAll(",", ".")), { files: 1234, bytes: 5_678_901 });
  assertEquals(parseSyncStats(STATS.replaceAll(",", "")), { files: 1234, bytes: 5_678_901 });
});

Deno.test("stats: none when rsync ended before it printed them", () => {
  assertEquals(parseSyncStats(""), undefined);
  assertEquals(parseSyncStats("Number of files: 3\n"), undefined);
});

const CHANGES = [
  "cd+++++++++",
  "<f+++++++++",
  ".d..t......",
  ">f.st......",
  "cL+++++++++",
  "hf+++++++++",
  ".f...p.....",
  "*deleting  ",
];

Deno.test("output: changes are counted, however it is cut into pieces", () => {
  const text = `${CHANGES.join("\n")}\n${STATS}`;
  for (const size of [1, 7, 100, 10_000]) {
    const output = new SyncOutput();
    for (let start = 0; start < text.length; start += size) {
      output.add(text.slice(start, start + size));
    }
    assertEquals(output.changes, CHANGES.length);
    assertEquals(output.stats, { files: 1234, bytes: 5_678_901 });
  }
});

Deno.test("output: statistics are no changes", () => {
  const output = new SyncOutput();
  output.add(`${STATS}\nsent 144 bytes  received 62 bytes  412.00 bytes/sec\n`);
  output.add("total size is 7  speedup is 0.03\n");
  assertEquals(output.changes, 0);
});
