import { assertEquals } from "@std/assert";
import { parseSyncStats } from "../../lib/rsync_stats.ts";

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
