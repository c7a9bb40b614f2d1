import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { OLD_POLICY, writeForeignNames, writeOldDestination } from "../support/archives.ts";
import { daysAgo, TODAY } from "../support/program.ts";
import { siteTest } from "../support/site.ts";
import { namesIn, writeTree } from "../support/tree.ts";

siteTest("list: date, size, name and why, newest first", async (site) => {
  await writeTree(site.destination, {
    [`automated-backup-${daysAgo(60)}.tar`]: "x".repeat(2048),
    [`automated-backup-${daysAgo(3)}.tar.bzip2`]: "",
    [`automated-backup-${daysAgo(1)}.tar.bzip2`]: "x".repeat(100),
  });
  const list = ["list", ...OLD_POLICY, site.destination];
  const { code, stdout, stderr } = await site.run(list);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(stdout.trimEnd().split("\n").map((line) => line.split(/ {2,}/)), [
    [daysAgo(1), "100 B", `automated-backup-${daysAgo(1)}.tar.bzip2`, "day 1"],
    [daysAgo(3), "0 B", `automated-backup-${daysAgo(3)}.tar.bzip2`, "week 1 stand-in"],
    [daysAgo(60), "2.0 KiB", `automated-backup-${daysAgo(60)}.tar`, "oldest, anchor"],
    ["3 archives, 2.1 KiB"],
  ]);
});

siteTest("list --json: the archives and nothing else, sizes in bytes", async (site) => {
  const { kept, pruned } = await writeOldDestination(site.destination);
  await writeForeignNames(site.destination);
  const before = await site.stateOf(site.destination);
  const { code, stdout } = await site.run(["list", "--json", ...OLD_POLICY, site.destination]);
  assertEquals(code, 0);
  const { today, anchor, archives } = JSON.parse(stdout) as {
    today: string;
    anchor: string;
    archives: { name: string; date: string; size: number; reasons: string[] }[];
  };
  assertEquals([today, anchor], [TODAY.toString(), daysAgo(60)]);
  const newestFirst = [...kept, ...pruned].sort().reverse();
  assertEquals(archives.map(({ name }) => name), newestFirst);
  for (const { name, date, size, reasons } of archives) {
    assertEquals(name.slice("automated-backup-".length).slice(0, 10), date);
    assertEquals(size, (await Deno.stat(join(site.destination, name))).size);
    assertEquals(reasons.length > 0, kept.includes(name));
  }
  assertEquals(await site.stateOf(site.destination), before);
});

siteTest("list of a destination without archives", async (site) => {
  await writeTree(site.destination, { "README": "nothing yet" });
  const { code, stdout } = await site.run(["list", site.destination]);
  assertEquals({ code, stdout }, { code: 0, stdout: "0 archives, 0 B\n" });
  const { stdout: json } = await site.run(["list", "--json", site.destination]);
  assertEquals((JSON.parse(json) as { archives: unknown }).archives, []);
}, ["unprivileged"]);

siteTest("list of a destination that is not there: status 1, and it is not made", async (site) => {
  const { code, stdout, stderr } = await site.run(["list", site.destination]);
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertMatch(stderr, /^roundrobinbackup: [^\n]*destination[^\n]*\n$/);
  assertEquals((await namesIn(site.directory)).includes("destination"), false);
});

siteTest("list of a destination that may not be read: status 1, and why", async (site) => {
  await Deno.mkdir(site.destination, { mode: 0o300 });
  const { code, stderr } = await site.run(["list", site.destination]);
  assertEquals(code, 1);
  assertMatch(stderr, /^roundrobinbackup: [^\n]*Permission denied[^\n]*\n$/);
}, ["unprivileged"]);
