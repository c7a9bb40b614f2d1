import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { COMPRESSORS } from "../../lib/compression.ts";
import { archivesIn, PREFIX, TODAYS_ARCHIVE } from "../support/archives.ts";
import { outcomeOf, outputOf } from "../support/command.ts";
import { TODAY } from "../support/program.ts";
import { siteTest } from "../support/site.ts";
import { assertSameTree, extract, namesIn, writeTree, writeVariedTree } from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

for (const [name, { ending }] of Object.entries(COMPRESSORS)) {
  siteTest(`--compress ${name}: an archive that plain tar reads`, async (site) => {
    await writeVariedTree(site.source);
    const backup = [`--compress=${name}`, site.source, site.destination];
    assertEquals(await site.run(backup), SILENT_SUCCESS);
    const archive = `${PREFIX}${TODAY}${ending}`;
    assertEquals(await archivesIn(site.destination), [archive]);
    await extract(join(site.destination, archive), site.path("extracted"));
    await assertSameTree(site.path("extracted/latest/source"), site.source);
    const { stdout } = await site.run(["list", site.destination]);
    assertStringIncludes(stdout, archive);
  }, ["root"]);
}

siteTest("a compressor that is not there: an error before anything is synced", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const PATH = await site.programs({ zstd: undefined });
  const backup = ["--compress=zstd", site.source, site.destination];
  const { code, stderr } = await site.run(backup, { env: { PATH } });
  assertEquals(code, 1);
  assertStringIncludes(stderr, 'no "zstd"');
  assertStringIncludes(stderr, "--compress");
  assertEquals(await namesIn(join(site.destination, "latest")), []);
}, ["root"]);

siteTest("auto: lbzip2 where it is installed, else bzip2 as 0.8.4 called it", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const note = (name: string) => `echo "$0 $*" >>'${site.path(name)}'; exec /usr/bin/tar "$@"`;
  const backup = ["--always-archive", site.source, site.destination];
  const lbzip2 = await site.programs({ tar: note("with") });
  assertEquals(await site.run(backup, { env: { PATH: lbzip2 } }), SILENT_SUCCESS);
  assertStringIncludes(await Deno.readTextFile(site.path("with")), "-I lbzip2 -cf");
  const bzip2 = await site.programs({ tar: note("without"), lbzip2: undefined });
  assertEquals(await site.run(backup, { env: { PATH: bzip2 } }), SILENT_SUCCESS);
  assertStringIncludes(await Deno.readTextFile(site.path("without")), "-cjf");
}, ["root"]);

siteTest("the checksum is the same line with openssl and without", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const lines = [];
  for (const openssl of [undefined, 'exec /usr/bin/openssl "$@"', "echo no hash"]) {
    const PATH = await site.programs({ openssl });
    const backup = ["--always-archive", site.source, site.destination];
    assertEquals(await site.run(backup, { env: { PATH } }), SILENT_SUCCESS);
    await outputOf(["sh", "-c", 'cd "$1" && sha256sum -c *.sha256', "sh", site.destination]);
    lines.push(await Deno.readTextFile(join(site.destination, `${TODAYS_ARCHIVE}.sha256`)));
  }
  for (const line of lines) assertMatch(line, /^[0-9a-f]{64} {2}automated-backup-\S+\n$/);
}, ["root"]);

siteTest("--nice: rsync and the packing run at low priority", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const note = (name: string) => `nice >>'${site.path(name)}'; exec /usr/bin/${name} "$@"`;
  const PATH = await site.programs({ tar: note("tar"), rsync: note("rsync") });
  const env = { PATH };
  assertEquals(await site.run(["--nice", site.source, site.destination], { env }), SILENT_SUCCESS);
  for (const name of ["tar", "rsync"]) {
    assertEquals((await Deno.readTextFile(site.path(name))).trim().split("\n"), ["19"], name);
  }
}, ["root"]);

siteTest("--bwlimit and --rsync-option reach rsync", async (site) => {
  await writeTree(site.source, { "file": "content", "data.bin": "left out" });
  const options = ["--bwlimit=1m", "--rsync-option=--max-size=7"];
  const shown = await site.run(["-n", ...options, site.source, site.destination]);
  assertStringIncludes(shown.stdout, "--bwlimit=1m --max-size=7");
  assertEquals(await site.run([...options, site.source, site.destination]), SILENT_SUCCESS);
  const listed = await outputOf(["ls", join(site.destination, "latest/source")]);
  assertEquals(listed, "file\n");
}, ["root"]);

siteTest("an old compressor's archives and new ones lie in one series", async (site) => {
  await writeTree(site.source, { "file": "content" });
  await outcomeOf(["mkdir", site.destination]);
  const old = `${PREFIX}${TODAY.subtract({ days: 1 })}.tar.bzip2`;
  await writeTree(site.destination, { [old]: "" });
  const backup = ["--compress=gzip", site.source, site.destination];
  assertEquals(await site.run(backup), SILENT_SUCCESS);
  assertEquals(await archivesIn(site.destination), [old, `${PREFIX}${TODAY}.tar.gz`]);
}, ["root"]);
