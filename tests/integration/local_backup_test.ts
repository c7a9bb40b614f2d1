import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  archivesIn,
  letADayPass,
  TODAYS_ARCHIVE,
  YESTERDAYS_ARCHIVE,
} from "../support/archives.ts";
import { siteTest } from "../support/site.ts";
import {
  archivedPaths,
  assertSameTree,
  extract,
  namesIn,
  writeTree,
  writeVariedTree,
} from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

siteTest("first backup: the archive holds the source, byte for byte", async (site) => {
  await writeVariedTree(site.source);
  assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);
  assertEquals(await namesIn(site.destination), [
    ".roundrobinbackup",
    TODAYS_ARCHIVE,
    `${TODAYS_ARCHIVE}.sha256`,
    "latest",
  ]);
  await extract(join(site.destination, TODAYS_ARCHIVE), site.path("extracted"));
  await assertSameTree(site.path("extracted/latest/source"), site.source);
  await site.assertNothingLeft();
});

siteTest("second day: the first archive stays, the second has what changed", async (site) => {
  await writeTree(site.source, { "same": "same", "changed": "first", "removed": "removed" });
  assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);
  await letADayPass(site.destination);
  await writeTree(site.source, { "changed": "second", "added/file": "added" });
  await Deno.remove(join(site.source, "removed"));
  assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);

  assertEquals(await archivesIn(site.destination), [YESTERDAYS_ARCHIVE, TODAYS_ARCHIVE]);
  await extract(join(site.destination, TODAYS_ARCHIVE), site.path("second"));
  await assertSameTree(site.path("second/latest/source"), site.source);
  await extract(join(site.destination, YESTERDAYS_ARCHIVE), site.path("first"));
  assertEquals(await Deno.readTextFile(site.path("first/latest/source/changed")), "first");
});

siteTest("second run on one day: the archive is replaced", async (site) => {
  await writeTree(site.source, { "file": "first" });
  assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);
  await writeTree(site.source, { "file": "second, longer" });
  assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);
  assertEquals(await archivesIn(site.destination), [TODAYS_ARCHIVE]);
  await extract(join(site.destination, TODAYS_ARCHIVE), site.path("extracted"));
  await assertSameTree(site.path("extracted/latest/source"), site.source);
});

siteTest("nothing unfinished stays in the work directory", async (site) => {
  await writeTree(site.source, { "file": "content" });
  assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);
  const work = await namesIn(join(site.destination, ".roundrobinbackup"));
  assertEquals(work.filter((name) => name.includes("automated-backup-")), []);
});

siteTest("a trailing slash: the contents, without the directory", async (site) => {
  await writeVariedTree(site.source);
  assertEquals(await site.run([`${site.source}/`, `${site.destination}/`]), SILENT_SUCCESS);
  await extract(join(site.destination, TODAYS_ARCHIVE), site.path("extracted"));
  await assertSameTree(site.path("extracted/latest"), site.source);
});

siteTest("relative paths are seen from where it runs", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const cwd = site.path("tmp");
  assertEquals(await site.run(["../source", "../destination"], { cwd }), SILENT_SUCCESS);
  assertEquals(await site.run([".", "../here"], { cwd: site.source }), SILENT_SUCCESS);
  assertEquals(await namesIn(join(site.destination, "latest")), ["source"]);
  assertEquals(await namesIn(site.path("here/latest")), ["file"]);
});

siteTest("a destination deep below directories that are missing is made", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const destination = site.path("a/b/c/d");
  assertEquals(await site.run([site.source, destination]), SILENT_SUCCESS);
  assertEquals(await archivesIn(destination), [TODAYS_ARCHIVE]);
});

siteTest("a missing source: status 1, one line, nothing made", async (site) => {
  const { code, stdout, stderr } = await site.run([site.path("missing"), site.destination]);
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertMatch(stderr, /^roundrobinbackup: [^\n]*missing[^\n]*does not exist[^\n]*\n$/);
  assert(!(await namesIn(site.directory)).includes("destination"));
});

siteTest("an empty source is no source, unless --allow-empty", async (site) => {
  const refused = await site.run([site.source, site.destination]);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "--allow-empty");
  assert(!(await namesIn(site.directory)).includes("destination"));

  const allowed = await site.run(["--allow-empty", site.source, site.destination]);
  assertEquals(allowed, SILENT_SUCCESS);
  assertEquals(await archivedPaths(join(site.destination, TODAYS_ARCHIVE)), [
    "latest/",
    "latest/source/",
  ]);
});

siteTest("a source that is a file: status 1, nothing made", async (site) => {
  await writeTree(site.source, { "file": "content" });
  const { code, stderr } = await site.run([join(site.source, "file"), site.destination]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "not a directory");
  assert(!(await namesIn(site.directory)).includes("destination"));
});

siteTest("a link as source is refused; with a slash it is what it points to", async (site) => {
  await writeTree(site.source, { "file": "content" });
  await Deno.symlink("source", site.path("link"));
  const refused = await site.run([site.path("link"), site.destination]);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "symbolic link");
  assertEquals(await site.run([`${site.path("link")}/`, site.destination]), SILENT_SUCCESS);
  assertEquals(await namesIn(join(site.destination, "latest")), ["file"]);
});

siteTest("exclusion: repeated, several words, all of rsync's patterns", async (site) => {
  await writeTree(site.source, {
    "keep": "",
    "b.log": "",
    "cache/x": "",
    "deep/cache/x": "",
    "top": "",
    "deep/top": "",
  });
  const exclude = ["-E", "*.log", "/source/top", "--exclude", "cache/"];
  assertEquals(await site.run([...exclude, site.source, site.destination]), SILENT_SUCCESS);
  assertEquals(await archivedPaths(join(site.destination, TODAYS_ARCHIVE)), [
    "latest/",
    "latest/source/",
    "latest/source/deep/",
    "latest/source/deep/top",
    "latest/source/keep",
  ]);
});

siteTest("an exclusion that comes later leaves what is mirrored, as in 0.8.4", async (site) => {
  await writeTree(site.source, { "keep": "", "secret": "" });
  assertEquals(await site.run([site.source, site.destination]), SILENT_SUCCESS);
  const excluding = ["--exclude=secret", site.source, site.destination];
  assertEquals(await site.run(excluding), SILENT_SUCCESS);
  // rsync deletes what is excluded only with --delete-excluded.
  assertEquals(await namesIn(join(site.destination, "latest/source")), ["keep", "secret"]);
});
