import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  archivesIn,
  letADayPass,
  OLD_POLICY,
  TODAYS_ARCHIVE,
  writeOldDestination,
  YESTERDAYS_ARCHIVE,
} from "../support/archives.ts";
import { type Outcome, outputOf } from "../support/command.ts";
import { type Site, siteTest } from "../support/site.ts";
import { archivedPaths, namesIn, writeTree } from "../support/tree.ts";

/** A destination with one archive, yesterday's, and a source that has changed since. */
async function backedUpYesterday(site: Site): Promise<void> {
  await writeTree(site.source, { "file": "content" });
  assertEquals((await site.run([site.source, site.destination])).code, 0);
  await letADayPass(site.destination);
  await writeTree(site.source, { "new": "content" });
}

/** Fails unless the run ended with 1 and one line, and left no trace of an archive. */
async function assertNoNewArchive(site: Site, outcome: Outcome, ...parts: string[]): Promise<void> {
  assertEquals({ code: outcome.code, stdout: outcome.stdout }, { code: 1, stdout: "" });
  assertMatch(outcome.stderr, /^roundrobinbackup: [^\n]+\n$/);
  for (const part of parts) assertStringIncludes(outcome.stderr, part);
  assertEquals(await archivesIn(site.destination), [YESTERDAYS_ARCHIVE]);
  const work = await namesIn(join(site.destination, ".roundrobinbackup"));
  assertEquals(work.filter((name) => name.startsWith("run-")), []);
}

siteTest("tar fails half-way: no dated archive, nothing half-written", async (site) => {
  await backedUpYesterday(site);
  // A fake, because a real tar cannot be made to fail so late.
  const tar =
    'while [ "${1#-c}" = "$1" ]; do shift; done; echo part >"$2"; echo broken >&2; exit 2';
  const PATH = await site.programs({ tar });
  const outcome = await site.run([site.source, site.destination], { env: { PATH } });
  await assertNoNewArchive(site, outcome, "tar", "broken");
});

siteTest("tar is killed half-way: no dated archive, nothing half-written", async (site) => {
  await backedUpYesterday(site);
  const tar = 'while [ "${1#-c}" = "$1" ]; do shift; done; echo part >"$2"; kill -KILL $$';
  const PATH = await site.programs({ tar });
  const outcome = await site.run([site.source, site.destination], { env: { PATH } });
  await assertNoNewArchive(site, outcome, "tar");
});

siteTest("bzip2 is missing: no dated archive", async (site) => {
  await backedUpYesterday(site);
  const PATH = await site.programs({ bzip2: undefined });
  const backup = ["--compress=bzip2", site.source, site.destination];
  const outcome = await site.run(backup, { env: { PATH } });
  await assertNoNewArchive(site, outcome, "bzip2");
});

for (const program of ["rsync", "tar"]) {
  siteTest(`${program} is missing: status 1 and a line that says so`, async (site) => {
    await backedUpYesterday(site);
    const PATH = await site.programs({ [program]: undefined });
    const outcome = await site.run([site.source, site.destination], { env: { PATH } });
    await assertNoNewArchive(site, outcome, `"${program}"`, "install");
  });
}

siteTest("a file changed while it was packed: status 3, archive made, no prune", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const { kept, pruned } = await writeOldDestination(site.destination);
  const PATH = await site.programs({ tar: '/usr/bin/tar "$@"; echo changed >&2; exit 1' });
  const backup = [...OLD_POLICY, site.source, site.destination];
  const outcome = await site.run(backup, { env: { PATH } });
  assertEquals({ code: outcome.code, stdout: outcome.stdout }, { code: 3, stdout: "" });
  assertStringIncludes(outcome.stderr, "nothing was pruned");
  assertEquals(
    await archivesIn(site.destination),
    [...kept, ...pruned, TODAYS_ARCHIVE].sort(),
  );
});

siteTest("a file vanished while it was read: normal, and pruned as ever", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const { kept } = await writeOldDestination(site.destination);
  const PATH = await site.programs({ rsync: '/usr/bin/rsync "$@"; exit 24' });
  const backup = [...OLD_POLICY, site.source, site.destination];
  assertEquals((await site.run(backup, { env: { PATH } })).code, 0);
  assertEquals(await archivesIn(site.destination), [...kept, TODAYS_ARCHIVE].sort());
});

siteTest("an unreadable file: status 3, named, the rest archived, no prune", async (site) => {
  await writeTree(site.source, { "readable": "content", "secret": "unreadable" });
  await Deno.chmod(join(site.source, "secret"), 0);
  const { kept, pruned } = await writeOldDestination(site.destination);
  const outcome = await site.run([...OLD_POLICY, site.source, site.destination]);
  assertEquals({ code: outcome.code, stdout: outcome.stdout }, { code: 3, stdout: "" });
  assertMatch(outcome.stderr, /^roundrobinbackup: [^\n]+\n$/);
  for (const part of [TODAYS_ARCHIVE, join(site.source, "secret"), "nothing was pruned"]) {
    assertStringIncludes(outcome.stderr, part);
  }
  assertEquals(
    await archivesIn(site.destination),
    [...kept, ...pruned, TODAYS_ARCHIVE].sort(),
  );
  const paths = await archivedPaths(join(site.destination, TODAYS_ARCHIVE));
  assertEquals(paths, ["latest/", "latest/source/", "latest/source/readable"]);
}, ["unprivileged"]);

siteTest("an unreadable source: status 1, nothing made", async (site) => {
  await writeTree(site.source, { "file": "content" });
  await Deno.chmod(site.source, 0o300);
  const outcome = await site.run([site.source, site.destination]);
  assertEquals(outcome.code, 1);
  assertStringIncludes(outcome.stderr, "permission denied");
  assertEquals((await namesIn(site.directory)).includes("destination"), false);
}, ["unprivileged"]);

siteTest("a destination that may not be written to: status 1, one line", async (site) => {
  await backedUpYesterday(site);
  await Deno.chmod(join(site.destination, ".roundrobinbackup"), 0o500);
  const outcome = await site.run([site.source, site.destination]);
  await assertNoNewArchive(site, outcome, "Permission denied");
}, ["unprivileged"]);

siteTest("a full disk: status 1, every earlier archive as it was", async (site) => {
  await Deno.mkdir(site.destination);
  for (let part = 0; part < 24; part++) {
    const random = crypto.getRandomValues(new Uint8Array(65_536));
    await Deno.writeFile(join(site.source, `${part}`), random);
  }
  const program = await site.programArgv();
  // A disk of 2 MiB, seen by this shell and its children alone.
  const script = `mount -t tmpfs -o size=2m,mode=777 none "$2" && echo old >"$2/$3" || exit 99
    source=$1 destination=$2 old=$3; shift 3
    "$@" "$source" "$destination"; echo $?; cat "$destination/$old"
    ls "$destination"; ls "$destination/.roundrobinbackup"`;
  const shell = ["unshare", "-m", "sh", "-c", script, "sh"];
  const outcome = await site.command([
    ...[...shell, site.source, site.destination, YESTERDAYS_ARCHIVE, ...program],
  ]);
  assertEquals(outcome.stdout.split("\n"), [
    "1",
    "old",
    YESTERDAYS_ARCHIVE,
    "latest",
    "lock",
    "workers",
    "",
  ]);
  assertMatch(outcome.stderr, /^roundrobinbackup: [^\n]*(No space|Wrote only)[^\n]*\n$/);
}, ["root"]);

siteTest("a name that is taken by a directory: status 1, which stays", async (site) => {
  await backedUpYesterday(site);
  const taken = join(site.destination, TODAYS_ARCHIVE);
  await writeTree(taken, { "inside": "content" });
  const outcome = await site.run([site.source, site.destination]);
  assertEquals(outcome.code, 1);
  assertStringIncludes(outcome.stderr, TODAYS_ARCHIVE);
  assertEquals(await namesIn(taken), ["inside"]);
  await outputOf(["tar", "-tjf", join(site.destination, YESTERDAYS_ARCHIVE)]);
});

siteTest("an old archive that cannot be removed: status 3, today's is made", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const { kept, pruned } = await writeOldDestination(site.destination);
  const rm =
    'case "$*" in *automated-backup-*) echo refused >&2; exit 1 ;; esac; exec /usr/bin/rm "$@"';
  const PATH = await site.programs({ rm });
  const backup = [...OLD_POLICY, site.source, site.destination];
  const outcome = await site.run(backup, { env: { PATH } });
  assertEquals({ code: outcome.code, stdout: outcome.stdout }, { code: 3, stdout: "" });
  assertMatch(outcome.stderr, /^roundrobinbackup: [^\n]*was made[^\n]*removed[^\n]*refused\n$/);
  assertEquals(await archivesIn(site.destination), [...kept, ...pruned, TODAYS_ARCHIVE].sort());
  assertEquals((await site.run(backup)).code, 0);
  assertEquals(await archivesIn(site.destination), [...kept, TODAYS_ARCHIVE].sort());
}, ["root"]);
