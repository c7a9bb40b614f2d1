import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  archiveOf,
  archivesIn,
  letADayPass,
  OLD_POLICY,
  TODAYS_ARCHIVE,
  writeOldDestination,
} from "../support/archives.ts";
import { fakeClock, fakeDate } from "../support/clock.ts";
import { outputOf } from "../support/command.ts";
import { Custody } from "../support/invariants.ts";
import { daysAgo, TODAY } from "../support/program.ts";
import { remoteTest, type Site, siteTest } from "../support/site.ts";
import { writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

/** Wrong times, and the dates that they make. */
const WRONG_CLOCKS: readonly { readonly time: string; readonly date: string }[] = [
  { time: "@1970-01-02 12:00:00", date: "1970-01-02" },
  { time: "@2038-01-20 12:00:00", date: "2038-01-20" },
  { time: "+2d", date: daysAgo(-2) },
  { time: "-2d", date: daysAgo(2) },
  { time: "+25h", date: daysAgo(-1) },
  { time: "-25h", date: daysAgo(1) },
];

for (const { time, date } of WRONG_CLOCKS) {
  remoteTest(`the client's clock at ${time}: archived, status 3, not pruned`, async (remote) => {
    const { site } = remote;
    await writeTree(site.source, { "file": "content" });
    const { kept, pruned } = await writeOldDestination(site.destination);
    assertEquals(await remote.backup("--no-prune"), SILENT_SUCCESS);
    const made = archiveOf(date);
    const custody = await Custody.of(site.destination, { made, prunable: [] });
    const before = await archivesIn(site.destination);
    const state = () => Deno.readTextFile(join(site.destination, ".roundrobinbackup/state.json"));
    const stateBefore = await state();
    const env = await fakeClock(time);
    const backup = [...remote.options, ...OLD_POLICY, site.source, remote.remote(site.destination)];
    const outcome = await remote.run(backup, { env });
    assertEquals({ code: outcome.code, stdout: outcome.stdout }, { code: 3, stdout: "" });
    for (const part of ["Nothing was pruned", "clock of the destination", "--max-prune N"]) {
      assertStringIncludes(outcome.stderr, part);
    }
    assertEquals(await archivesIn(site.destination), [...new Set([...before, made])].sort());
    await custody.afterFault();
    assertEquals(await state(), stateBefore);

    // With the right clock it goes on by itself, and leaves alone what is of the future.
    const later = await Custody.of(site.destination, { prunable: pruned });
    assertEquals(await remote.backup(...OLD_POLICY), SILENT_SUCCESS);
    await later.afterCleanRun();
    const left = [...new Set([...kept, made, TODAYS_ARCHIVE])].sort();
    assertEquals(await archivesIn(site.destination), left);
  }, ["root"]);
}

for (const time of ["+23h", "-23h"]) {
  remoteTest(`the client's clock at ${time}, as with a wrong time zone: normal`, async (remote) => {
    const { site } = remote;
    await writeTree(site.source, { "file": "content" });
    const env = await fakeClock(time);
    const backup = [...remote.options, site.source, remote.remote(site.destination)];
    assertEquals(await remote.run(backup, { env }), SILENT_SUCCESS);
  }, ["root"]);
}

remoteTest("--max-prune passes over clocks that disagree", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  const { pruned } = await writeOldDestination(site.destination);
  const made = archiveOf(daysAgo(-2));
  const custody = await Custody.of(site.destination, {
    made,
    prunable: [...pruned, archiveOf(daysAgo(1))],
  });
  const env = await fakeClock("+2d");
  const options = [...remote.options, ...OLD_POLICY, "--max-prune=1"];
  const backup = [...options, site.source, remote.remote(site.destination)];
  const before = await archivesIn(site.destination);
  const { code, stderr } = await remote.run(backup, { env });
  assertEquals(stderr.includes("clock"), false);
  assert(code === 0 || code === 3);
  await custody.afterFault();
  assertEquals((await archivesIn(site.destination)).length, before.length);
}, ["root"]);

remoteTest("a first run at 1970 does not move the anchor of old archives", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "content" });
  await writeOldDestination(site.destination);
  const plan = ["plan", "--json", ...remote.options, remote.remote(site.destination)];
  const anchor = async () => JSON.parse((await remote.run(plan)).stdout).anchor;
  const custody = await Custody.of(site.destination, { made: archiveOf("1970-01-02") });
  const before = await anchor();
  const env = await fakeClock("@1970-01-02 12:00:00");
  const backup = [...remote.options, site.source, remote.remote(site.destination)];
  assertEquals((await remote.run(backup, { env })).code, 3);
  await custody.afterFault();
  assertEquals(await anchor(), before);
}, ["root"]);

/** A history as the default policy keeps it. */
async function writeHistory(site: Site): Promise<void> {
  await writeTree(site.source, { "file": "content" });
  const dates = [1, 2, 3, 4, 5, 6].map(daysAgo);
  for (let week = 1; week <= 5; week++) dates.push(TODAY.subtract({ weeks: week }).toString());
  for (let month = 1; month <= 6; month++) dates.push(TODAY.subtract({ months: month }).toString());
  for (let year = 1; year <= 3; year++) dates.push(TODAY.subtract({ years: year }).toString());
  const names = [...new Set(dates)].map((date) => archiveOf(date)).sort();
  await Deno.mkdir(site.destination);
  for (const name of names) {
    await outputOf(["tar", "-C", site.directory, "-cjf", join(site.destination, name), "source"]);
  }
}

for (
  const [time, date] of [
    ["@1970-01-02 12:00:00", "1970-01-02"],
    ["@2038-01-20 12:00:00", "2038-01-20"],
    ["+60d", daysAgo(-60)],
    ["-60d", daysAgo(60)],
  ] as const
) {
  siteTest(`both clocks at ${time} for one run: the pace is all that it costs`, async (site) => {
    await writeHistory(site);
    const backup = [site.source, site.destination];
    assertEquals(await site.run(backup), SILENT_SUCCESS);
    await letADayPass(site.destination);
    const kept = await archivesIn(site.destination);
    assert(kept.length > 15);
    const made = archiveOf(date);
    const custody = await Custody.of(site.destination, { made, prunable: kept });
    const PATH = await site.programs({ date: await fakeDate(time) });
    const { code, stderr } = await site.run(backup, { env: { ...await fakeClock(time), PATH } });
    assert(code === 0 || code === 3, stderr);
    await custody.afterFault();
    const left = new Set(await archivesIn(site.destination));
    const lost = kept.filter((name) => !left.has(name));
    assert(lost.length <= 4, `lost ${lost}`);
    if (date < daysAgo(0)) assertEquals(lost.filter((name) => name > made), []);

    // The right clock again: what was made of the future stays, and is warned of once.
    const future = date > daysAgo(0);
    const later = await Custody.of(site.destination, { prunable: future ? [] : [made] });
    const first = await site.run(backup);
    if (future) {
      assertEquals(first.code, 3);
      assertMatch(first.stderr, /lies in the future.*--max-prune N/);
    } else {
      assertEquals(first, SILENT_SUCCESS);
    }
    await later.afterCleanRun();
    assertEquals(await site.run(backup), SILENT_SUCCESS);
    await later.afterCleanRun();
    if (future) assert((await archivesIn(site.destination)).includes(made));
  }, ["root"]);
}

siteTest("a run that crosses midnight has one date", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const time = `@${TODAY} 23:59:57`;
  const PATH = await site.programs({ tar: 'sleep 4; exec /usr/bin/tar "$@"' });
  const env = { ...await fakeClock(time), PATH };
  assertEquals(await site.run([site.source, site.destination], { env }), SILENT_SUCCESS);
  assertEquals(await archivesIn(site.destination), [TODAYS_ARCHIVE]);
  const state = await Deno.readTextFile(join(site.destination, ".roundrobinbackup/state.json"));
  assertEquals(JSON.parse(state).lastGoodRun.archive, TODAYS_ARCHIVE);
  const custody = await Custody.of(site.destination);
  await custody.afterFault();
  // That run lies half a day ahead of the right clock: said once.
  assertEquals((await site.run([site.source, site.destination])).code, 3);
  assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);
  await custody.afterCleanRun();
}, ["root"]);
