import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { archiveOf, archivesIn, TODAYS_ARCHIVE } from "../support/archives.ts";
import { TODAY } from "../support/program.ts";
import { siteTest } from "../support/site.ts";
import {
  assertSameTree,
  extract,
  namesIn,
  ODD_NAMES,
  writeOddNames,
  writeTree,
} from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

siteTest("file names of any bytes come out of the archive as they went in", async (site) => {
  await writeOddNames(site.source);
  assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);
  await extract(join(site.destination, TODAYS_ARCHIVE), site.path("extracted"));
  await assertSameTree(site.path("extracted/latest/source"), site.source);
});

siteTest("sources and destinations of any name, one inside odd directories", async (site) => {
  const sources = site.path("sources");
  const destinations = site.path("destinations");
  for (const name of ODD_NAMES) await writeTree(join(sources, name), { "file": name });
  for (const name of ODD_NAMES) {
    const outcome = await site.run([join(sources, name), join(destinations, name)]);
    assertEquals(outcome, SILENT_SUCCESS, JSON.stringify(name));
    const mirrored = join(destinations, name, "latest", name, "file");
    assertEquals(await Deno.readTextFile(mirrored), name);
    assertEquals(await archivesIn(join(destinations, name)), [TODAYS_ARCHIVE]);
  }
  assertEquals(await namesIn(destinations), [...ODD_NAMES].sort());
}, ["unprivileged"]);

siteTest("a colon in a local path, written ./a:b, is no host", async (site) => {
  await writeTree(site.path("a:b"), { "file": "content" });
  const outcome = await site.run(["a:b", "./c:d"], { cwd: site.directory });
  assertEquals(outcome, SILENT_SUCCESS);
  assertEquals(await archivesIn(site.path("c:d")), [TODAYS_ARCHIVE]);
});

siteTest("a source of a command's name is written ./list", async (site) => {
  await writeTree(site.path("list"), { "file": "content" });
  const outcome = await site.run(["./list", "./destination"], { cwd: site.directory });
  assertEquals(outcome, SILENT_SUCCESS);
  assertEquals(await namesIn(join(site.destination, "latest")), ["list"]);
});

siteTest("an odd --rsync-dir and --backup-prefix are names, no more", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const prefix = "-it's $(touch executed) [a-z]* ";
  const options = ["--rsync-dir", "my mirror's/-copy", `--backup-prefix=${prefix}`];
  for (let run = 1; run <= 2; run++) {
    assertEquals(await site.run([...options, site.source, site.destination]), SILENT_SUCCESS);
  }
  const archive = TODAYS_ARCHIVE.replace("automated-backup-", prefix);
  assertEquals(await archivesIn(site.destination, prefix), [archive]);
  await extract(join(site.destination, archive), site.path("extracted"));
  await assertSameTree(site.path("extracted/my mirror's/-copy/source"), site.source);
});

siteTest("an empty --backup-prefix: archives are named by their date alone", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const backup = ["--backup-prefix=", site.source, site.destination];
  assertEquals(await site.run(backup), SILENT_SUCCESS);
  assertEquals(
    (await namesIn(site.destination)).filter((name) => name.endsWith("bzip2")),
    [archiveOf(TODAY.toString(), "")],
  );
}, ["unprivileged"]);

siteTest("a mirror that would leave the destination is refused", async (site) => {
  await writeTree(site.source, { "file": "content" });
  for (const name of ["..", "/etc", "a/../../b", ".roundrobinbackup", "a*"]) {
    const outcome = await site.run([`--rsync-dir=${name}`, site.source, site.destination]);
    assertEquals(outcome.code, 2, JSON.stringify(name));
    assertStringIncludes(outcome.stderr, "--rsync-dir");
  }
  assertEquals((await namesIn(site.directory)).includes("destination"), false);
}, ["unprivileged"]);

siteTest("names that resemble nothing are listed on one line each", async (site) => {
  await writeTree(site.destination, Object.fromEntries(ODD_NAMES.map((name) => [name, ""])));
  const { code, stdout, stderr } = await site.run(["plan", site.destination]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.length, ODD_NAMES.length + 2);
  assertMatch(lines.at(-1) ?? "", new RegExp(`0 kept, 0 removed, ${ODD_NAMES.length} ignored`));
  // deno-lint-ignore no-control-regex -- what must not reach a terminal
  assertEquals(lines.filter((line) => /[\x00-\x1f\x7f-\x9f\u202e]/.test(line)), []);
}, ["unprivileged"]);
