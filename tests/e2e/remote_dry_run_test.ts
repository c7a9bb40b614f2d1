import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  archivesIn,
  OLD_POLICY,
  TODAYS_ARCHIVE,
  writeForeignNames,
  writeOldDestination,
} from "../support/archives.ts";
import { remoteTest } from "../support/site.ts";
import { assertSameTree, extract, namesIn, writeTree } from "../support/tree.ts";

for (const flag of ["--noop", "--debug", "-n", "--dry-run"]) {
  remoteTest(`${flag} changes nothing, not even a missing destination`, async (remote) => {
    const { site } = remote;
    await writeTree(site.source, { "file": "content" });
    const before = await site.stateOf(site.source);
    const { code, stdout, stderr } = await remote.backup(flag);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    for (const program of ["rsync ", "tar ", TODAYS_ARCHIVE]) assertStringIncludes(stdout, program);
    assert(!(await namesIn(site.directory)).includes("destination"));
    assertEquals(await site.stateOf(site.source), before);
    await remote.assertNothingLeft();
  }, ["unprivileged"]);
}

remoteTest("dry run: its commands, pasted into a shell, make the backup", async (remote) => {
  const { site, server } = remote;
  // Names that have to survive two shells, ours and the remote one.
  const source = site.path("it's a $(touch executed) source");
  const destination = site.path('a "quoted" it\'s `x` destination');
  await writeTree(source, { "file": "content", "skip me": "", "sub/it's": "quoted" });
  const options = [...remote.options, "--exclude=skip *"];
  const shown = await remote.run([...options, "-n", source, remote.remote(destination)]);
  assertEquals({ code: shown.code, stderr: shown.stderr }, { code: 0, stderr: "" });

  const pasted = await site.command(["sh", "-e"], { stdin: shown.stdout, path: [server.bin] });
  assertEquals(pasted, { code: 0, stdout: "", stderr: "" });
  await extract(join(destination, TODAYS_ARCHIVE), site.path("extracted"));
  await Deno.remove(join(source, "skip me"));
  await outputWithoutTimes(site.path("extracted/latest/it's a $(touch executed) source"), source);
  await remote.assertNothingLeft();
});

remoteTest("dry run: its commands prune what the program would prune", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  const { kept, pruned } = await writeOldDestination(site.destination);
  const foreign = await writeForeignNames(site.destination);
  const before = await site.stateOf(site.destination);
  const shown = await remote.backup("-n", ...OLD_POLICY);
  assertEquals({ code: shown.code, stderr: shown.stderr }, { code: 0, stderr: "" });
  assertEquals(await site.stateOf(site.destination), before);
  for (const name of pruned) assertStringIncludes(shown.stdout, name);

  const pasted = await site.command(["sh", "-e"], { stdin: shown.stdout, path: [server.bin] });
  assertEquals(pasted, { code: 0, stdout: "", stderr: "" });
  const ours = foreign.filter((name) => name.startsWith("automated-backup-"));
  assertEquals(
    await archivesIn(site.destination),
    [...kept, ...ours, TODAYS_ARCHIVE].sort(),
  );
});

remoteTest("dry run of an unreachable host: status 75, as the backup itself", async (remote) => {
  const { site, server } = remote;
  await writeTree(site.source, { "file": "content" });
  await server[Symbol.asyncDispose]();
  const { code, stdout } = await remote.backup("--dry-run");
  assertEquals({ code, stdout }, { code: 75, stdout: "" });
  await site.assertNothingLeft();
}, ["unprivileged"]);

/** Removing a file has changed the time of its directory, and nothing else. */
async function outputWithoutTimes(actual: string, expected: string): Promise<void> {
  const { mtime } = await Deno.stat(actual);
  if (mtime !== null) await Deno.utime(expected, mtime, mtime);
  await assertSameTree(actual, expected);
}
