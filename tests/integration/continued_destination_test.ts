import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  archiveOf,
  archivesIn,
  OLD_POLICY,
  TODAYS_ARCHIVE,
  writeForeignNames,
  writeOldDestination,
} from "../support/archives.ts";
import { daysAgo, TODAY } from "../support/program.ts";
import { siteTest } from "../support/site.ts";
import { assertSameTree, extract, namesIn, writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

siteTest("a destination of 0.8.4 is continued: same names, anchor, prunes", async (site) => {
  await writeTree(site.source, { "new file": "content" });
  const { kept } = await writeOldDestination(site.destination);
  const backup = [...OLD_POLICY, site.source, site.destination];
  assertEquals(await site.run(backup), SILENT_SUCCESS);
  assertEquals(await archivesIn(site.destination), [...kept, TODAYS_ARCHIVE].sort());
  await extract(join(site.destination, TODAYS_ARCHIVE), site.path("extracted"));
  await assertSameTree(site.path("extracted/latest/source"), site.source);
  assertEquals(await site.run(backup), SILENT_SUCCESS);
  assertEquals(await archivesIn(site.destination), [...kept, TODAYS_ARCHIVE].sort());
});

siteTest("what only resembles an archive survives a prune", async (site) => {
  await writeTree(site.source, { "new file": "content" });
  const { kept } = await writeOldDestination(site.destination);
  const foreign = await writeForeignNames(site.destination);
  assertEquals(await site.run([...OLD_POLICY, site.source, site.destination]), SILENT_SUCCESS);
  const own = [".roundrobinbackup", "latest", TODAYS_ARCHIVE, `${TODAYS_ARCHIVE}.sha256`];
  assertEquals(await namesIn(site.destination), [...kept, ...foreign, ...own].sort());
  const inside = archiveOf(daysAgo(3001)).replace(".bzip2", "");
  assertEquals(await namesIn(join(site.destination, inside)), ["inside"]);
});

siteTest("a prefix with dots: 0.8.4 removed every archive here", async (site) => {
  const prefix = "www.example.com-";
  await writeTree(site.source, { "new file": "content" });
  const { kept } = await writeOldDestination(site.destination, prefix);
  const other = archiveOf("2013-01-01", "www-example-com-");
  await writeTree(site.destination, { [other]: "" });
  const options = [...OLD_POLICY, `--backup-prefix=${prefix}`];
  assertEquals(await site.run([...options, site.source, site.destination]), SILENT_SUCCESS);
  const made = archiveOf(TODAY.toString(), prefix);
  assertEquals(await archivesIn(site.destination, "www"), [...kept, made, other].sort());
});

siteTest("two series in one directory do not touch each other", async (site) => {
  await writeTree(site.source, { "new file": "content" });
  const longer = await writeOldDestination(site.destination, "a-b-");
  const { kept } = await writeOldDestination(site.destination, "a-");
  const options = [...OLD_POLICY, "--backup-prefix=a-"];
  assertEquals(await site.run([...options, site.source, site.destination]), SILENT_SUCCESS);
  assertEquals(
    await archivesIn(site.destination, "a-"),
    [...longer.kept, ...longer.pruned, ...kept, archiveOf(TODAY.toString(), "a-")].sort(),
  );
}, ["unprivileged"]);

siteTest("archives of days after today are left alone", async (site) => {
  await writeTree(site.source, { "new file": "content" });
  const future = [archiveOf(daysAgo(-1)), archiveOf(daysAgo(-400)), archiveOf("9999-12-31")];
  await writeTree(site.destination, Object.fromEntries(future.map((name) => [name, ""])));
  const policy = ["--days=0", "--weeks=0", "--months=0", "--years=0"];
  assertEquals(await site.run([...policy, site.source, site.destination]), SILENT_SUCCESS);
  assertEquals(await archivesIn(site.destination), [...future, TODAYS_ARCHIVE].sort());
}, ["unprivileged"]);
