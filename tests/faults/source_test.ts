import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  archivesIn,
  letADayPass,
  OLD_POLICY,
  TODAYS_ARCHIVE,
  writeOldDestination,
} from "../support/archives.ts";
import type { Outcome } from "../support/command.ts";
import { Custody } from "../support/invariants.ts";
import { Namespace } from "../support/namespace.ts";
import { type RemoteSite, remoteTest, type Site, siteTest } from "../support/site.ts";
import { archivedPaths, namesIn, writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

/** Ten files in the source, and archives of which three are to be pruned. */
async function tenFilesAndOldArchives(site: Site): Promise<{ kept: string[]; pruned: string[] }> {
  for (let file = 0; file < 10; file++) {
    await writeTree(site.source, { [`file-${file}`]: "content" });
  }
  return await writeOldDestination(site.destination);
}

function assertWarned({ code, stdout, stderr }: Outcome, status: number, ...parts: string[]): void {
  assertEquals({ code, stdout }, { code: status, stdout: "" }, stderr);
  assertMatch(stderr, /^roundrobinbackup: [^\n]+\n$/);
  for (const part of parts) assertStringIncludes(stderr, part);
}

async function assertUnreadable(site: Site, backup: () => Promise<Outcome>): Promise<void> {
  const { kept, pruned } = await tenFilesAndOldArchives(site);
  const custody = await Custody.of(site.destination, { prunable: pruned });
  const secrets = ["file-3", "file-7"].map((name) => join(site.source, name));
  for (const secret of secrets) await Deno.chmod(secret, 0);
  const outcome = await backup();
  assertWarned(outcome, 3, ...secrets, "Permission denied", TODAYS_ARCHIVE, "nothing was pruned");
  await custody.afterFault();
  assertEquals(await archivesIn(site.destination), [...kept, ...pruned, TODAYS_ARCHIVE].sort());
  const paths = await archivedPaths(join(site.destination, TODAYS_ARCHIVE));
  assertEquals(paths.filter((path) => path.includes("/file-")).length, 8);
  for (const secret of secrets) await Deno.chmod(secret, 0o600);
  assertEquals(await backup(), SILENT_SUCCESS);
  await custody.afterCleanRun();
  assertEquals(await archivesIn(site.destination), [...kept, TODAYS_ARCHIVE].sort());
}

siteTest("files that may not be read: archived, status 3, named, not pruned", async (site) => {
  await assertUnreadable(site, () => site.run([...OLD_POLICY, site.source, site.destination]));
}, ["unprivileged"]);

remoteTest("files that may not be read, over ssh: likewise", async (remote) => {
  await assertUnreadable(remote.site, () => remote.backup(...OLD_POLICY));
}, ["unprivileged"]);

siteTest("a directory that may not be read: status 3, and it is not deleted", async (site) => {
  const { pruned } = await tenFilesAndOldArchives(site);
  await writeTree(join(site.source, "closed"), { "inside": "content" });
  const custody = await Custody.of(site.destination, { prunable: pruned });
  const backup = () => site.run([...OLD_POLICY, site.source, site.destination]);
  assertEquals(await backup(), SILENT_SUCCESS);
  await letADayPass(site.destination);
  await custody.takeOver();
  await Deno.chmod(join(site.source, "closed"), 0);
  assertWarned(await backup(), 3, join(site.source, "closed"), "nothing was pruned");
  await custody.afterFault();
  // The mirror has the directory's mode, so tar cannot look into it either; it is all there.
  const paths = await archivedPaths(join(site.destination, TODAYS_ARCHIVE));
  assertEquals(paths.includes("latest/source/closed/inside"), false);
  const mirror = join(site.destination, "latest/source/closed");
  await Deno.chmod(mirror, 0o700);
  assertEquals(await namesIn(mirror), ["inside"]);
  await Deno.chmod(join(site.source, "closed"), 0o700);
  assertEquals(await backup(), SILENT_SUCCESS);
  await custody.afterCleanRun();
}, ["unprivileged"]);

/** Fails unless `backup` fails before anything is touched, as long as the source is gone. */
async function assertRefused(
  site: Site,
  { backup, gone, back, parts }: {
    backup: () => Promise<Outcome>;
    gone: () => Promise<unknown>;
    back: () => Promise<unknown>;
    parts: readonly string[];
  },
): Promise<void> {
  assertEquals(await backup(), SILENT_SUCCESS);
  await letADayPass(site.destination);
  const custody = await Custody.of(site.destination);
  const before = await site.stateOf(site.destination);
  await gone();
  for (let night = 1; night <= 3; night++) {
    assertWarned(await backup(), 1, ...parts);
    assertEquals(await site.stateOf(site.destination), before);
    await custody.afterFault();
  }
  await back();
  assertEquals(await backup(), SILENT_SUCCESS);
  await custody.afterCleanRun();
}

for (const demanded of [false, true]) {
  const option = demanded ? "with --require-mount" : "without --require-mount";
  for (const slash of ["", "/"]) {
    const name = `a source "mounted${slash}" that is not mounted, ${option}: status 1, untouched`;
    siteTest(name, async (site) => {
      await using mounts = await Namespace.open("true");
      const mount = async () => {
        await mounts.output(["mount", "-t", "tmpfs", "none", site.source]);
        await mounts.output(["sh", "-c", 'echo content >"$1/file"', "sh", site.source]);
      };
      await mount();
      const options = demanded ? ["--require-mount", site.source] : [];
      const operands = [...options, `${site.source}${slash}`, site.destination];
      await assertRefused(site, {
        backup: async () =>
          await site.command(mounts.argv([...await site.programArgv(), ...operands])),
        gone: () => mounts.output(["umount", site.source]),
        back: mount,
        parts: [site.source, demanded ? "not a mount point" : "empty"],
      });
    }, ["root"]);
  }
}

siteTest("--require-mount sees through files that lie under the mount", async (site) => {
  await using mounts = await Namespace.open("true");
  await writeTree(site.source, { "DISK NOT MOUNTED": "" });
  const mount = async () => {
    await mounts.output(["mount", "-t", "tmpfs", "none", site.source]);
    await mounts.output(["sh", "-c", 'echo content >"$1/file"', "sh", site.source]);
  };
  await mount();
  const operands = ["--require-mount", site.source, site.source, site.destination];
  await assertRefused(site, {
    backup: async () => await site.command(mounts.argv([...await site.programArgv(), ...operands])),
    gone: () => mounts.output(["umount", site.source]),
    back: mount,
    parts: [site.source, "not a mount point"],
  });
}, ["root"]);

async function assertMissing(remote: RemoteSite | undefined, site: Site): Promise<void> {
  await writeTree(site.source, { "file": "content" });
  const away = site.path("away");
  await assertRefused(site, {
    backup: () => remote?.backup() ?? site.run([site.source, site.destination]),
    gone: () => Deno.rename(site.source, away),
    back: () => Deno.rename(away, site.source),
    parts: [site.source, "does not exist"],
  });
}

siteTest("a source that is gone: status 1, night after night", async (site) => {
  await assertMissing(undefined, site);
});

remoteTest("a source that is gone, over ssh: status 1, night after night", async (remote) => {
  await assertMissing(remote, remote.site);
});

siteTest("source and destination inside each other: status 1, nothing made", async (site) => {
  await writeTree(site.source, { "file": "content", "deep/file": "content" });
  await Deno.symlink(site.source, site.path("link"));
  const inside = [
    [site.source, join(site.source, "backup")],
    [site.source, site.source],
    [`${site.source}/`, join(site.source, "deep/er/backup")],
    [site.source, site.path("link/backup")],
    [`${site.path("link")}/`, join(site.source, "backup")],
    [join(site.source, "deep"), site.source],
    [join(site.source, "deep/"), site.path("link")],
  ];
  const before = await site.stateOf(site.directory);
  for (const [source = "", destination = ""] of inside) {
    assertWarned(await site.run([source, destination]), 1, "inside");
    const after = await site.stateOf(site.directory);
    assertEquals(after, before, `${source} to ${destination}`);
  }
  // A name that only begins alike is another directory.
  assertEquals(await site.run([site.source, `${site.source}-backup`]), SILENT_SUCCESS);
  assertEquals(await namesIn(site.source), ["deep", "file"]);
});

async function assertShrink(
  site: Site,
  backup: (...options: string[]) => Promise<Outcome>,
): Promise<void> {
  const { kept, pruned } = await tenFilesAndOldArchives(site);
  assertEquals(await backup("--no-prune"), SILENT_SUCCESS);
  await letADayPass(site.destination);
  const custody = await Custody.of(site.destination, { prunable: pruned });
  for (let file = 4; file < 10; file++) await Deno.remove(join(site.source, `file-${file}`));
  for (let night = 1; night <= 3; night++) {
    assertWarned(await backup(), 3, "Nothing was pruned", "shrank", "--accept-shrink");
    await custody.afterFault();
    assertEquals(await archivesIn(site.destination), [...kept, ...pruned, TODAYS_ARCHIVE].sort());
  }
  assertEquals(await backup("--accept-shrink"), SILENT_SUCCESS);
  await custody.afterCleanRun();
  assertEquals(await archivesIn(site.destination), [...kept, TODAYS_ARCHIVE].sort());
  assertEquals(await backup(), SILENT_SUCCESS);
}

siteTest("a source of less than half: status 3 until --accept-shrink, once", async (site) => {
  await assertShrink(
    site,
    (...options) => site.run([...OLD_POLICY, ...options, site.source, site.destination]),
  );
});

remoteTest("a source of less than half, over ssh: likewise", async (remote) => {
  await assertShrink(remote.site, (...options) => remote.backup(...OLD_POLICY, ...options));
});
