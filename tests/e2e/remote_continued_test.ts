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
import { TODAY } from "../support/program.ts";
import { remoteTest } from "../support/site.ts";
import { assertSameTree, extract, namesIn, writeTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

remoteTest("a destination of 0.8.4 is continued: same names, anchor, prunes", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "new file": "content" });
  const { kept } = await writeOldDestination(site.destination);
  assertEquals(await remote.backup(...OLD_POLICY), SILENT_SUCCESS);
  assertEquals(await archivesIn(site.destination), [...kept, TODAYS_ARCHIVE].sort());
  await extract(join(site.destination, TODAYS_ARCHIVE), site.path("extracted"));
  await assertSameTree(site.path("extracted/latest/source"), site.source);
  assertEquals(await remote.backup(...OLD_POLICY), SILENT_SUCCESS);
  assertEquals(await archivesIn(site.destination), [...kept, TODAYS_ARCHIVE].sort());
});

remoteTest("what only resembles an archive survives a prune", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "new file": "content" });
  const { kept } = await writeOldDestination(site.destination);
  const foreign = await writeForeignNames(site.destination);
  const stateOf = async () =>
    (await site.stateOf(site.destination)).filter((line) => /README|notes|\.zip|\.part/.test(line));
  const before = await stateOf();
  assertEquals(await remote.backup(...OLD_POLICY), SILENT_SUCCESS);
  const own = [".roundrobinbackup", "latest", TODAYS_ARCHIVE, `${TODAYS_ARCHIVE}.sha256`];
  assertEquals(await namesIn(site.destination), [...kept, ...foreign, ...own].sort());
  assertEquals(await stateOf(), before);
});

remoteTest("a prefix with dots: 0.8.4 removed every archive here", async (remote) => {
  const { site } = remote;
  const prefix = "www.example.com-";
  await writeTree(site.source, { "new file": "content" });
  const { kept } = await writeOldDestination(site.destination, prefix);
  const other = archiveOf("2013-01-01", "www-example-com-");
  await writeTree(site.destination, { [other]: "" });
  assertEquals(await remote.backup(...OLD_POLICY, `--backup-prefix=${prefix}`), SILENT_SUCCESS);
  const made = archiveOf(TODAY.toString(), prefix);
  assertEquals(await archivesIn(site.destination, "www"), [...kept, made, other].sort());
});

remoteTest("list and plan of a remote destination agree with the prune", async (remote) => {
  const { site } = remote;
  const { kept, pruned } = await writeOldDestination(site.destination);
  const foreign = await writeForeignNames(site.destination);
  const before = await site.stateOf(site.destination);
  const operands = [...remote.options, ...OLD_POLICY, "--json", remote.remote(site.destination)];
  const planned = await remote.run(["plan", ...operands]);
  const listed = await remote.run(["list", ...operands]);
  assertEquals([planned.code, planned.stderr, listed.code, listed.stderr], [0, "", 0, ""]);
  assertEquals(namesBy(planned.stdout, "keep"), kept);
  assertEquals(namesBy(planned.stdout, "remove"), pruned);
  assertEquals(namesBy(planned.stdout, "ignore"), foreign);
  assertEquals(namesBy(listed.stdout, "keep"), kept);
  assertEquals(namesBy(listed.stdout, "remove"), pruned);
  assertEquals(await site.stateOf(site.destination), before);
  await remote.assertNothingLeft();
});

function namesBy(json: string, wanted: string): string[] {
  const { archives }: { archives: { name: string; action: string }[] } = JSON.parse(json);
  return archives.filter(({ action }) => action === wanted).map(({ name }) => name).sort();
}
