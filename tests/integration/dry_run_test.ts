import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  archivesIn,
  OLD_POLICY,
  TODAYS_ARCHIVE,
  writeOldDestination,
} from "../support/archives.ts";
import { siteTest } from "../support/site.ts";
import { assertSameTree, extract, namesIn, writeTree, writeVariedTree } from "../support/tree.ts";

for (const flag of ["--noop", "--debug", "-n", "--dry-run"]) {
  siteTest(`${flag} changes nothing and prints what would run`, async (site) => {
    await writeTree(site.source, { "file": "content" });
    const { pruned } = await writeOldDestination(site.destination);
    const before = await site.stateOf(site.directory);
    const operands = [site.source, site.destination];
    const { code, stdout, stderr } = await site.run([flag, ...OLD_POLICY, ...operands]);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    for (const text of ["rsync ", "tar ", TODAYS_ARCHIVE, ...pruned]) {
      assertStringIncludes(stdout, text);
    }
    const after = await site.stateOf(site.directory);
    assertEquals(after.filter(notTemporary), before.filter(notTemporary));

    /** The program may have used its temporary directory, which changes that one's times. */
    function notTemporary(line: string): boolean {
      return !line.startsWith(`${site.temporary}\t`);
    }
  }, ["unprivileged"]);
}

siteTest("dry run of a first backup does not make the destination", async (site) => {
  await writeTree(site.source, { "file": "content" });
  assertEquals((await site.run(["-n", site.source, site.destination])).code, 0);
  assert(!(await namesIn(site.directory)).includes("destination"));
});

siteTest("dry run: its commands, pasted into a shell, make the backup", async (site) => {
  await writeVariedTree(site.path("it's a $(touch executed)\nsource"));
  const source = site.path("it's a $(touch executed)\nsource");
  const destination = site.path('a "quoted" it\'s `x` *\ndestination');
  const shown = await site.run(["-n", "--exclude=it's\n*.log", source, destination]);
  assertEquals({ code: shown.code, stderr: shown.stderr }, { code: 0, stderr: "" });
  const pasted = await site.command(["sh", "-e"], { stdin: shown.stdout });
  assertEquals(pasted, { code: 0, stdout: "", stderr: "" });
  await extract(join(destination, TODAYS_ARCHIVE), site.path("extracted"));
  await assertSameTree(
    site.path("extracted/latest/it's a $(touch executed)\nsource"),
    source,
  );
});

siteTest("dry run: its commands prune what the program would prune", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const { kept } = await writeOldDestination(site.destination);
  const shown = await site.run(["-n", ...OLD_POLICY, site.source, site.destination]);
  const pasted = await site.command(["sh", "-e"], { stdin: shown.stdout });
  assertEquals(pasted, { code: 0, stdout: "", stderr: "" });
  assertEquals(await archivesIn(site.destination), [...kept, TODAYS_ARCHIVE].sort());
});

siteTest("dry run of a missing source: status 1, as the backup itself", async (site) => {
  const { code, stdout, stderr } = await site.run(["-n", site.path("missing"), site.destination]);
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertStringIncludes(stderr, "does not exist");
}, ["unprivileged"]);
