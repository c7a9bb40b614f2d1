import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  archivesIn,
  letADayPass,
  TODAYS_ARCHIVE,
  YESTERDAYS_ARCHIVE,
} from "../support/archives.ts";
import { remoteTest } from "../support/site.ts";
import {
  archivedPaths,
  assertSameTree,
  extract,
  namesIn,
  writeTree,
  writeVariedTree,
} from "../support/tree.ts";

const SILENT_SUCCESS = { code: 0, stdout: "", stderr: "" };

remoteTest("first backup: the archive holds the source, byte for byte", async (remote) => {
  const { site } = remote;
  await writeVariedTree(site.source);
  assertEquals(await remote.backup(), SILENT_SUCCESS);
  assertEquals(await namesIn(site.destination), [
    ".roundrobinbackup",
    TODAYS_ARCHIVE,
    `${TODAYS_ARCHIVE}.sha256`,
    "latest",
  ]);
  await extract(join(site.destination, TODAYS_ARCHIVE), site.path("extracted"));
  await assertSameTree(site.path("extracted/latest/source"), site.source);
  await remote.assertNothingLeft();
});

remoteTest("second day: a second archive, with what changed; the first stays", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "same": "same", "changed": "first", "removed": "removed" });
  assertEquals(await remote.backup(), SILENT_SUCCESS);
  await letADayPass(site.destination);
  const first = await Deno.readFile(join(site.destination, YESTERDAYS_ARCHIVE));

  await writeTree(site.source, { "changed": "second", "added/file": "added" });
  await Deno.remove(join(site.source, "removed"));
  assertEquals(await remote.backup(), SILENT_SUCCESS);

  assertEquals(await archivesIn(site.destination), [YESTERDAYS_ARCHIVE, TODAYS_ARCHIVE]);
  await extract(join(site.destination, TODAYS_ARCHIVE), site.path("extracted"));
  await assertSameTree(site.path("extracted/latest/source"), site.source);
  assertEquals(await Deno.readFile(join(site.destination, YESTERDAYS_ARCHIVE)), first);
  await remote.assertNothingLeft();
});

remoteTest("second run on one day: today's archive is replaced by the new one", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { "file": "first" });
  assertEquals(await remote.backup(), SILENT_SUCCESS);
  await writeTree(site.source, { "file": "second, longer" });
  assertEquals(await remote.backup(), SILENT_SUCCESS);
  assertEquals(await archivesIn(site.destination), [TODAYS_ARCHIVE]);
  await extract(join(site.destination, TODAYS_ARCHIVE), site.path("extracted"));
  await assertSameTree(site.path("extracted/latest/source"), site.source);
});

remoteTest("exclusion: what matches is in neither the mirror nor the archive", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, {
    "keep": "",
    "cache/file": "",
    "deep/cache/file": "",
    "debug.log": "",
    "it's a name": "",
  });
  const exclusions = ["--exclude=cache/", "-E", "*.log", "--exclude", "it's a *"];
  assertEquals(
    await remote.run([
      ...[...remote.options, ...exclusions],
      ...["--days", "3", site.source, remote.remote(site.destination)],
    ]),
    SILENT_SUCCESS,
  );
  const paths = await archivedPaths(join(site.destination, TODAYS_ARCHIVE));
  assertEquals(paths, [
    "latest/",
    "latest/source/",
    "latest/source/deep/",
    "latest/source/keep",
  ]);
  assertEquals(await namesIn(join(site.destination, "latest/source")), ["deep", "keep"]);
});

remoteTest("exclusion by a pattern that the shell of a cron line expands", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { ".git/HEAD": "", ".gitignore": "", ".gitmodules": "", "a": "" });
  const program = await site.programArgv();
  // "$@" is the program with its options; .git* becomes three words, then two operands.
  const script = 'source=$1 destination=$2; shift 2; "$@" --exclude .git* $source $destination';
  const argv = ["sh", "-c", script, "sh", site.source, remote.remote(site.destination)];
  assertEquals(
    await site.command([...argv, ...program, ...remote.options], {
      cwd: site.source,
      path: [remote.server.bin],
    }),
    SILENT_SUCCESS,
  );
  assertEquals(await archivedPaths(join(site.destination, TODAYS_ARCHIVE)), [
    "latest/",
    "latest/source/",
    "latest/source/a",
  ]);
});

remoteTest("exclusion in the order of a 0.8.4 cron line: after the operands", async (remote) => {
  const { site } = remote;
  await writeTree(site.source, { ".git/HEAD": "", "a": "" });
  const destination = remote.remote(site.destination);
  assertEquals(
    await remote.run([site.source, destination, ...remote.options, "--exclude", ".git", "*.tmp"]),
    SILENT_SUCCESS,
  );
  assertEquals(await namesIn(join(site.destination, "latest/source")), ["a"]);
});
