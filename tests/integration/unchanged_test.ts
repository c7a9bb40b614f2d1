import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  archivesIn,
  letADayPass,
  TODAYS_ARCHIVE,
  YESTERDAYS_ARCHIVE,
} from "../support/archives.ts";
import { outputOf } from "../support/command.ts";
import { type Site, siteTest } from "../support/site.ts";
import { namesIn, writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

/** A destination with yesterday's archive of what is still in the source. */
async function backedUpYesterday(site: Site, ...options: string[]): Promise<void> {
  await writeTree(site.source, { "file": "content", "directory/other": "other" });
  assertEquals(await site.run([...options, site.source, site.destination]), SILENT_SUCCESS);
  await letADayPass(site.destination);
}

/** Backs up; says whether today's archive is yesterday's. */
async function isLinked(site: Site, ...options: string[]): Promise<boolean> {
  assertEquals(await site.run([...options, site.source, site.destination]), SILENT_SUCCESS);
  await outputOf(["sh", "-c", 'cd "$1" && sha256sum --quiet -c *.sha256', "sh", site.destination]);
  await outputOf(["tar", "-tjf", join(site.destination, TODAYS_ARCHIVE)]);
  return await inodeOf(site, TODAYS_ARCHIVE) === await inodeOf(site, YESTERDAYS_ARCHIVE);
}

async function inodeOf(site: Site, name: string): Promise<number | null> {
  return (await Deno.stat(join(site.destination, name))).ino;
}

siteTest(
  "nothing changed: today's archive is a hard link, with a checksum of its own",
  async (site) => {
    await backedUpYesterday(site);
    assert(await isLinked(site));
    const { stdout } = await site.run(["list", site.destination]);
    assertStringIncludes(stdout.split("\n")[0] ?? "", "(unchanged)");
    // Once more on the same day: nothing to be done.
    assert(await isLinked(site));
    assertEquals(await archivesIn(site.destination), [YESTERDAYS_ARCHIVE, TODAYS_ARCHIVE]);
    const work = await namesIn(join(site.destination, ".roundrobinbackup"));
    assertEquals(work, ["lock", "mirror.json", "state.json", "workers"]);
  },
);

siteTest("nothing changed: removing one of the two links leaves the other whole", async (site) => {
  await backedUpYesterday(site);
  assert(await isLinked(site));
  await Deno.remove(join(site.destination, YESTERDAYS_ARCHIVE));
  await outputOf(["tar", "-tjf", join(site.destination, TODAYS_ARCHIVE)]);
  const sum = ["sh", "-c", 'cd "$1" && sha256sum --quiet -c "$2"', "sh", site.destination];
  await outputOf([...sum, `${TODAYS_ARCHIVE}.sha256`]);
}, ["root"]);

siteTest("nothing changed, and today's archive is that file under another name", async (site) => {
  await backedUpYesterday(site);
  assert(await isLinked(site));
  // As after a run whose clock was wrong: the record names the other one of the two.
  const record = join(site.destination, ".roundrobinbackup/mirror.json");
  const text = await Deno.readTextFile(record);
  await Deno.writeTextFile(record, text.replace(TODAYS_ARCHIVE, YESTERDAYS_ARCHIVE));
  assert(await isLinked(site));
}, ["root"]);

siteTest("--always-archive packs a new one", async (site) => {
  await backedUpYesterday(site);
  assertEquals(await isLinked(site, "--always-archive"), false);
}, ["root"]);

const CHANGES: Record<string, (site: Site) => Promise<unknown>> = {
  "a file with another content": (site) => writeTree(site.source, { "file": "another content" }),
  "a new empty directory": (site) => Deno.mkdir(join(site.source, "new")),
  "a removed file": (site) => Deno.remove(join(site.source, "directory/other")),
  "another mode": (site) => Deno.chmod(join(site.source, "file"), 0o600),
  "another time": (site) => Deno.utime(join(site.source, "file"), 1, 1),
  "a file that somebody put into the mirror": (site) =>
    writeTree(join(site.destination, "latest/source"), { "foreign": "foreign" }),
  "yesterday's archive was altered": (site) =>
    Deno.writeTextFile(join(site.destination, YESTERDAYS_ARCHIVE), "x", { append: true }),
  "yesterday's archive was replaced by one of the same size": async (site) => {
    const archive = join(site.destination, YESTERDAYS_ARCHIVE);
    await Deno.copyFile(archive, `${archive}.copy`);
    await Deno.rename(`${archive}.copy`, archive);
  },
  "yesterday's checksum is another": (site) =>
    Deno.writeTextFile(join(site.destination, `${YESTERDAYS_ARCHIVE}.sha256`), "other  name\n"),
  "the mirror's record is garbage": (site) =>
    Deno.writeTextFile(join(site.destination, ".roundrobinbackup/mirror.json"), "{"),
};

for (const [name, change] of Object.entries(CHANGES)) {
  siteTest(`a new archive: ${name}`, async (site) => {
    await backedUpYesterday(site);
    await change(site);
    assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);
    assertNotEquals(
      await inodeOf(site, TODAYS_ARCHIVE),
      await inodeOf(site, YESTERDAYS_ARCHIVE),
    );
  }, ["root"]);
}

siteTest("a new archive: other patterns, another compressor, another level", async (site) => {
  for (const option of ["--exclude=x", "--compress=bzip2", "--compress-level=1"]) {
    await backedUpYesterday(site, "--compress=auto");
    assertEquals(await isLinked(site, option), false, option);
    await Deno.remove(site.destination, { recursive: true });
  }
}, ["root"]);

siteTest("a new archive: a run that did not finish lies between", async (site) => {
  await backedUpYesterday(site);
  await writeTree(site.source, { "file": "changed for a while" });
  const PATH = await site.programs({ tar: "exit 2" });
  assertEquals((await site.run([site.source, site.destination], { env: { PATH } })).code, 1);
  // rsync has nothing to do now, but the mirror is not what yesterday's archive holds.
  assertEquals(await isLinked(site), false);
}, ["root"]);

siteTest("a file system without hard links: a new archive", async (site) => {
  await backedUpYesterday(site);
  const PATH = await site.programs({ ln: "echo 'Operation not permitted' >&2; exit 1" });
  assertEquals(
    await site.run([site.source, site.destination], { env: { PATH } }),
    SILENT_SUCCESS,
  );
  assertNotEquals(await inodeOf(site, TODAYS_ARCHIVE), await inodeOf(site, YESTERDAYS_ARCHIVE));
}, ["root"]);
