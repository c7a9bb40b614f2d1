import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  archiveOf,
  archivesIn,
  letADayPass,
  OLD_POLICY,
  TODAYS_ARCHIVE,
  writeOldDestination,
  YESTERDAYS_ARCHIVE,
} from "../support/archives.ts";
import { type Outcome, outcomeOf, outputOf } from "../support/command.ts";
import { Custody } from "../support/invariants.ts";
import { workIn } from "../support/namespace.ts";
import { daysAgo } from "../support/program.ts";
import { type Site, siteTest } from "../support/site.ts";
import { namesIn, writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

async function backup(site: Site, ...options: string[]): Promise<Outcome> {
  return await site.run([...options, site.source, site.destination]);
}

/** A destination with one archive, yesterday's, made by the program. */
async function backedUpYesterday(site: Site): Promise<Custody> {
  await writeTree(site.source, { "file": "content" });
  assertEquals(await backup(site), SILENT_SUCCESS);
  await letADayPass(site.destination);
  return await Custody.of(site.destination);
}

siteTest("the anchor's archive is deleted by hand: the anchor stays", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const { kept, pruned } = await writeOldDestination(site.destination);
  assertEquals(await backup(site, ...OLD_POLICY), SILENT_SUCCESS);
  const anchor = async () => {
    const { stdout } = await site.run(["plan", "--json", ...OLD_POLICY, site.destination]);
    return JSON.parse(stdout).anchor;
  };
  const before = await anchor();
  const oldest = `automated-backup-${daysAgo(60)}.tar`;
  assertEquals(kept.includes(oldest), true);
  await Deno.remove(join(site.destination, oldest));
  await letADayPass(site.destination);
  const custody = await Custody.of(site.destination, { prunable: pruned });
  await custody.afterFault();
  assertEquals(await anchor(), before);
  for (let run = 1; run <= 2; run++) {
    assertEquals(await backup(site, ...OLD_POLICY), SILENT_SUCCESS);
    await custody.afterCleanRun();
    assertEquals(await anchor(), before);
  }
});

const FOREIGN_STATES: Readonly<Record<string, string>> = {
  "garbage": "\u0000\u0001garbage'; touch executed\n\n{",
  "the line that ends a greeting": "roundrobinbackup: ready\n",
  "a list": "[]",
  "no date": '{"version":1,"anchorDate":"2013-02-30"}',
  "another version": '{"version":999,"anchorDate":"2013-02-01"}',
  "a last run of another shape":
    '{"version":1,"anchorDate":"2013-02-01","lastGoodRun":{"files":-1}}',
};

for (const [what, text] of Object.entries(FOREIGN_STATES)) {
  siteTest(`the state is ${what}: status 0, said, and written anew`, async (site) => {
    const custody = await backedUpYesterday(site);
    const state = join(workIn(site.destination), "state.json");
    await Deno.writeTextFile(state, text);
    await assertRebuilt(site, custody);
  }, ["root"]);
}

async function assertRebuilt(site: Site, custody: Custody): Promise<void> {
  const { code, stdout, stderr } = await backup(site);
  assertEquals({ code, stdout }, { code: 0, stdout: "" }, stderr);
  assertMatch(stderr, /^roundrobinbackup: [^\n]*state file[^\n]*written anew\n$/);
  assertStringIncludes(stderr, site.destination);
  await custody.afterFault();
  const text = await Deno.readTextFile(join(workIn(site.destination), "state.json"));
  const { version, anchorDate, lastGoodRun } = JSON.parse(text);
  assertEquals({ version, anchorDate }, { version: 1, anchorDate: daysAgo(1) });
  assertEquals(lastGoodRun.archive, TODAYS_ARCHIVE);
  assertEquals(await backup(site), SILENT_SUCCESS);
  await custody.afterCleanRun();
}

siteTest("the state is truncated, at every length: said, and written anew", async (site) => {
  const custody = await backedUpYesterday(site);
  const state = join(workIn(site.destination), "state.json");
  const lengths = [() => 1, (size: number) => Math.floor(size / 2), (size: number) => size - 3];
  for (const length of lengths) {
    // Its size differs from run to run: the time of the last good run has as many digits as it needs.
    const { size } = await Deno.stat(state);
    await Deno.truncate(state, length(size));
    await assertRebuilt(site, custody);
  }
}, ["root"]);

for (const how of ["missing", "empty"]) {
  siteTest(`the state is ${how}: status 0, said, and written anew`, async (site) => {
    const custody = await backedUpYesterday(site);
    const state = join(workIn(site.destination), "state.json");
    await (how === "missing" ? Deno.remove(state) : Deno.truncate(state));
    await assertRebuilt(site, custody);
  }, ["root"]);
}

siteTest("the state is a directory: archived, said, status 3", async (site) => {
  const custody = await backedUpYesterday(site);
  const state = join(workIn(site.destination), "state.json");
  await Deno.remove(state);
  await Deno.mkdir(state);
  const { code, stderr } = await backup(site);
  assertEquals(code, 3);
  assertStringIncludes(stderr, "state");
  await custody.afterFault();
  await Deno.remove(state);
  await assertRebuilt(site, custody);
}, ["root"]);

siteTest("archives truncated by hand: left alone, and sha256sum reports them", async (site) => {
  await backedUpYesterday(site);
  const other = archiveOf(daysAgo(2));
  for (const ending of ["", ".sha256"]) {
    const [from, to] = [YESTERDAYS_ARCHIVE, other].map((name) =>
      join(site.destination, name + ending)
    );
    await Deno.copyFile(`${from}`, `${to}`);
  }
  const sum = join(site.destination, `${other}.sha256`);
  const text = await Deno.readTextFile(sum);
  await Deno.writeTextFile(sum, text.replace(YESTERDAYS_ARCHIVE, other));
  await Deno.truncate(join(site.destination, other), 20);
  await Deno.truncate(join(site.destination, YESTERDAYS_ARCHIVE));
  const truncated = [other, YESTERDAYS_ARCHIVE];
  const state = async () =>
    (await site.stateOf(site.destination)).filter((line) =>
      truncated.some((name) => line.includes(name))
    );
  const before = await state();
  assertEquals(await backup(site), SILENT_SUCCESS);
  assertEquals(await state(), before);
  assertEquals(await archivesIn(site.destination), [...truncated, TODAYS_ARCHIVE]);
  for (const name of truncated) {
    const check = ["sha256sum", "-c", `${name}.sha256`];
    const { code, stdout } = await outcomeOf(check, { cwd: site.destination });
    assertEquals(code, 1);
    assertStringIncludes(stdout, "FAILED");
  }
  for (const name of truncated) await Deno.remove(join(site.destination, name));
  const custody = await Custody.of(site.destination);
  await custody.afterFault();
  assertEquals(await backup(site), SILENT_SUCCESS);
}, ["root"]);

for (const name of ["latest", ".roundrobinbackup"]) {
  for (const [what, target] of [["elsewhere", "/"], ["nowhere", "/missing/"]] as const) {
    siteTest(`"${name}" is a symbolic link to ${what}: status 1, and it stays`, async (site) => {
      const custody = await backedUpYesterday(site);
      const elsewhere = site.path(`elsewhere${target}`);
      await writeTree(site.path("elsewhere"), { "precious": "content" });
      const path = join(site.destination, name);
      await Deno.rename(path, site.path("away"));
      await Deno.symlink(elsewhere, path);
      const before = await site.stateOf(site.path("elsewhere"));
      const { code, stderr } = await backup(site);
      assertEquals(code, 1);
      assertMatch(stderr, /^roundrobinbackup: [^\n]+ is a symbolic link; remove it by hand\n$/);
      assertStringIncludes(stderr, path);
      assertEquals(await site.stateOf(site.path("elsewhere")), before);
      assertEquals(await archivesIn(site.destination), [YESTERDAYS_ARCHIVE]);
      await custody.afterFault();
      await Deno.remove(path);
      await Deno.rename(site.path("away"), path);
      assertEquals(await backup(site), SILENT_SUCCESS);
      await custody.afterCleanRun();
    }, ["root"]);
  }

  siteTest(`"${name}" is a file: status 1, and it stays`, async (site) => {
    const custody = await backedUpYesterday(site);
    const path = join(site.destination, name);
    await Deno.remove(path, { recursive: true });
    await Deno.writeTextFile(path, "precious\n");
    const { code, stderr } = await backup(site);
    assertEquals(code, 1);
    assertMatch(stderr, /^roundrobinbackup: [^\n]+ is not a directory; remove it by hand\n$/);
    assertStringIncludes(stderr, path);
    assertEquals(await Deno.readTextFile(path), "precious\n");
    await custody.afterFault();
    await Deno.remove(path);
    assertEquals((await backup(site)).code, 0);
    await custody.afterCleanRun();
  }, ["root"]);
}

siteTest("leftovers of dead runs are cleared, and nothing else", async (site) => {
  const custody = await backedUpYesterday(site);
  const work = workIn(site.destination);
  await writeTree(work, {
    [`run-0/${TODAYS_ARCHIVE}`]: "part",
    [`run-1/${TODAYS_ARCHIVE}`]: "part",
    [`run-1/${TODAYS_ARCHIVE}.sha256`]: "part",
    "run-2/with space/and more": "part",
    "mine": "precious",
    "mine-too/run-3/file": "precious",
    "my-run-4": "precious",
  });
  await writeTree(site.destination, { "run-5/file": "precious" });
  await custody.afterFault();
  assertEquals(await backup(site), SILENT_SUCCESS);
  await custody.afterCleanRun();
  const own = ["lock", "mirror.json", "state.json", "workers"];
  const others = (await namesIn(work)).filter((name) => !own.includes(name));
  assertEquals(others, ["mine", "mine-too", "my-run-4"]);
  assertEquals(await namesIn(join(work, "mine-too/run-3")), ["file"]);
  assertEquals(await namesIn(join(site.destination, "run-5")), ["file"]);
}, ["root"]);

siteTest("a dead run's directory is a symbolic link: what it points to stays", async (site) => {
  const custody = await backedUpYesterday(site);
  await writeTree(site.path("elsewhere"), { "precious": "content" });
  await Deno.symlink(site.path("elsewhere"), join(workIn(site.destination), "run-0"));
  await custody.afterFault();
  assertEquals(await backup(site), SILENT_SUCCESS);
  await custody.afterCleanRun();
  assertEquals(await namesIn(site.path("elsewhere")), ["precious"]);
}, ["root"]);

siteTest("a run that died between its two last renames is completed", async (site) => {
  const custody = await backedUpYesterday(site);
  // As if it had died yesterday: another archive under an old checksum, its own one pending.
  await writeTree(site.source, { "file": "other content" });
  assertEquals(await backup(site), SILENT_SUCCESS);
  const [archive, sum] = [YESTERDAYS_ARCHIVE, `${YESTERDAYS_ARCHIVE}.sha256`]
    .map((name) => join(site.destination, name));
  await Deno.copyFile(join(site.destination, TODAYS_ARCHIVE), `${archive}`);
  const digest = await outputOf(["sha256sum", YESTERDAYS_ARCHIVE], { cwd: site.destination });
  assertNotEquals(await Deno.readTextFile(`${sum}`), digest);
  const pending = `run-0/${YESTERDAYS_ARCHIVE}.sha256`;
  await writeTree(workIn(site.destination), { [pending]: digest });
  await custody.takeOver();
  await custody.afterFault();
  assertEquals(await backup(site), SILENT_SUCCESS);
  assertEquals(await Deno.readTextFile(`${sum}`), digest);
  await custody.afterCleanRun();
}, ["root"]);

for (const what of ["archive", "checksum"]) {
  siteTest(`mv is killed when it has renamed the ${what}: all is in its place`, async (site) => {
    const custody = await backedUpYesterday(site);
    // A second run of the day: the first one's checksum must not stay beside the other archive.
    assertEquals(await backup(site), SILENT_SUCCESS);
    await custody.takeOver();
    await writeTree(site.source, { "file": "other content" });
    const pattern = what === "archive" ? "*.bzip2" : "*.sha256";
    const mv = `/usr/bin/mv "$@" || exit; case "$*" in ${pattern}) kill -KILL $$ ;; esac`;
    const env = { PATH: await site.programs({ mv }) };
    assertEquals(await site.run([site.source, site.destination], { env }), SILENT_SUCCESS);
    await custody.afterCleanRun();
  }, ["root"]);
}
